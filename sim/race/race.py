"""A race: dated submissions by named miners, laid on the subnet's clock."""

from dataclasses import dataclass, field

import numpy as np

from sim.clock import BLOCKS_PER_DAY

UNITS = {
    "nats": "nats per token",
    "bpb": "bits per byte",
    "minutes": "minutes to a fixed loss; the pair rule compares ratios, so progress is -log time",
}
"""The units a race's losses may have; all are positive, lower is better, and only ratios matter to the mechanism."""


@dataclass(frozen=True)
class Observed:
    """Losses that a real validator measured, in place of simulated noise.

    Attributes:
        block: block of each step, int64 `[steps]`, rising.
        loss: float64 `[steps, submissions]`, inf where a model was not evaluated.
    """

    block: np.ndarray
    loss: np.ndarray


@dataclass(frozen=True)
class Race:
    """Submissions in the order of their blocks; arrays are `[submissions]`.

    Attributes:
        name: what tables and pictures call it.
        unit: one of `UNITS`.
        block: commit blocks, int64, non-decreasing, the first at 0.
        miner: who submitted.
        loss: true losses, float64, positive.
        sd: sd of the paired loss difference to another model in one evaluation, in the unit of the loss; NaN where the
            table does not say.
        builds_on: indices of the earlier submissions that each one builds on.
        source: where the numbers were taken from.
        observed: a validator's own measurements; then no noise is added.
    """

    name: str
    unit: str
    block: np.ndarray
    miner: tuple[str, ...]
    loss: np.ndarray
    sd: np.ndarray
    builds_on: tuple[tuple[int, ...], ...]
    source: str = ""
    observed: Observed | None = field(default=None, compare=False)

    def __len__(self) -> int:
        """Number of submissions."""
        return len(self.loss)

    @property
    def days(self) -> float:
        """Days from the first submission to the last."""
        return float(self.block[-1]) / BLOCKS_PER_DAY

    def best(self) -> np.ndarray:
        """The best published loss after each submission, float64 `[submissions]`."""
        return np.minimum.accumulate(self.loss)
