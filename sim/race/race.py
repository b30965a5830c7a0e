"""A race: dated submissions by named miners, and the setting in which they are run."""

from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Annotated, Literal

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.settings import About, Settings

UNITS = {
    "nats": "nats per token",
    "bpb": "bits per byte",
    "minutes": "minutes to a fixed loss; the pair rule compares ratios, so progress is -log time",
}
"""The units a race's losses may have; all are positive, lower is better, and only ratios matter to the mechanism."""


@dataclass(frozen=True)
class Observed:
    """Losses that a real validator measured, in place of simulated noise."""

    block: np.ndarray  #: block of each step, int64 `[steps]`, rising
    loss: np.ndarray  #: float64 `[steps, submissions]`, inf where a model was not evaluated


@dataclass(frozen=True)
class Race:
    """Submissions in the order of their blocks; arrays are `[submissions]`."""

    name: str  #: what tables and pictures call it
    unit: str  #: one of `UNITS`
    block: np.ndarray  #: commit blocks, int64, non-decreasing, the first at 0
    miner: tuple[str, ...]  #: names of the submitters
    loss: np.ndarray  #: true losses, float64, positive
    #: sd of the paired difference to another model's loss in one evaluation, in the unit of the loss; NaN where the
    #: table does not say
    sd: np.ndarray
    builds_on: tuple[tuple[int, ...], ...]  #: the earlier submissions that each one builds on, by number
    source: str = ""  #: where the numbers were taken from
    #: a validator's own measurements; then no noise is added
    observed: Observed | None = field(default=None, compare=False)

    def __len__(self) -> int:
        """How many submissions there are."""
        return len(self.loss)

    @property
    def days(self) -> float:
        """Days from the first submission to the last."""
        return float(self.block[-1]) / BLOCKS_PER_DAY

    def best(self) -> np.ndarray:
        """The best published loss after each submission, float64 `[submissions]`."""
        return np.minimum.accumulate(self.loss)

    @property
    def has_lineage(self) -> bool:
        """Whether it says of any submission what it builds on."""
        return any(self.builds_on)

    def lineages(self) -> list[int]:
        """Each submission and those that it builds on, directly or not, as the bits of a number."""
        lines: list[int] = []
        for number, parents in enumerate(self.builds_on):
            lines.append(reduce(or_, (lines[parent] for parent in parents), 1 << number))
        return lines


@dataclass(frozen=True)
class NoiseLevel(Settings):
    """How large the noise of a race's evaluations is, as fractions of the loss."""

    # 0.0012 nats at 2.45: the middle of what 500 samples give (0.0006 to 0.0018; SN9 logs of 2023-11 and 2024-08)
    paired: Annotated[
        float, About("sd of the difference of two models in one evaluation, as a fraction of the loss", 0, 0.5)
    ] = 0.0005
    # 0.034 nats at 2.45: a page effect with sd 0.14 over 20 pages, and 500 samples with sd 0.29
    common: Annotated[
        float, About("sd of the shift that all models of one evaluation share, as a fraction of the loss", 0, 0.5)
    ] = 0.014
    samples: Annotated[
        int, About("samples of one evaluation, for rules that compare sample by sample (53 in 2023-11)", 1, 10_000)
    ] = 50


@dataclass(frozen=True)
class Setting(Settings):
    """How a race is run."""

    noise: Annotated[NoiseLevel, About("noise of an evaluation")] = field(default_factory=NoiseLevel)
    step_blocks: Annotated[
        int, About("blocks between two evaluations; 150 is the subnet's shared-data window of 30 minutes", 1, 100_000)
    ] = 150
    tail_days: Annotated[float, About("days that the contest goes on after the last submission", 0, 3650)] = 7.0
    hotkeys: Annotated[
        Literal["submission", "miner"],
        About("each `submission` from a hotkey of its own, or one per `miner`: a new model replaces the old one"),
    ] = "submission"
