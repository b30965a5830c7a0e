"""A scenario: everything about a contest that does not depend on a policy, except what is drawn by lot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from policies.errors import InputError
from sim.bounds import Bound, within
from sim.clock import BLOCKS_PER_DAY, blocks
from sim.miners.hardware import Fleet
from sim.miners.progress.course import Progress
from sim.miners.progress.law import LawProgress
from sim.miners.script import Script
from sim.validators.noise import Level, NoiseLevel

if TYPE_CHECKING:
    from sim.data import Data

MOST_MINERS = 4096
MOST_DAYS = 3650.0
USUAL_SIZE = 3e9
"""Parameters of a model that takes `model_seconds`, and of one whose size nobody knows."""
EFFORT_EXPONENT = 0.56
"""How the time of an evaluation grows with the size; see `Validation.effort`."""


@dataclass(frozen=True)
class Validation:
    """How validators work (sn9-mechanism A3 to A8), rules and epsilon apart.

    Attributes:
        step_blocks: blocks between two moments at which a validator may begin a step.
        window_blocks: blocks for which evaluation data stay the same: 150, the subnet's shared seed.
        queue: models that may be pending or under evaluation at once; later ones wait.
        load_seconds: what a step costs whatever is in it.
        model_seconds: what a model of 3 billion parameters costs in it, for others see `effort`; with 0 and 0 steps
            take no time.
        limit_blocks: a step that would take longer is lost: 600 blocks, two hours.
        retry_blocks: how often dropped models are looked at again; 0 never.
        competitions: of the subnet, this one included; the validator takes them in turns, with the same work in each.
        validators: how many look independently (older eras drew their data privately); with a shared seed they are one.
        commit_blocks: blocks that a miner must wait between two commitments: the chain's rate limit, 100.
    """

    step_blocks: int = 150
    window_blocks: int = 150
    queue: int = 25
    load_seconds: float = 30.0
    model_seconds: float = 60.0
    limit_blocks: int = 600
    retry_blocks: int = 300
    competitions: int = 1
    validators: int = 1
    commit_blocks: int = 100

    def effort(self, parameters: np.ndarray) -> np.ndarray:
        """How much longer looking at models of that size takes than at one of 3 billion parameters, `[some]`.

        `(N / 3e9)^0.56`. The exponent joins two facts of the subnet's logs (sn9-mechanism A4): 772M models took 56 to
        115 s in August 2024, 80 s in the geometric mean, and 14B models just under 400 s two months later:
        ln(400 / 80) / ln(14 / 0.772) = 0.56. It is below 1 because loading data and starting a process cost the same
        for all, and rough, because the number of batches was not the same.
        """
        return (np.asarray(parameters, dtype=np.float64) / USUAL_SIZE) ** EFFORT_EXPONENT

    def __post_init__(self) -> None:
        within(self, _LIMITS)


_LIMITS: tuple[Bound, ...] = (
    ("step_blocks", 1, 100_000),
    ("window_blocks", 1, 100_000),
    ("queue", 1, 1_000_000),
    ("load_seconds", 0.0, 1e6),
    ("model_seconds", 0.0, 1e6),
    ("limit_blocks", 1, 1_000_000),
    ("retry_blocks", 0, 1_000_000),
    ("competitions", 1, 100),
    ("validators", 1, 64),
    ("commit_blocks", 0, 1_000_000),
)


@dataclass(frozen=True)
class Economy:
    """What mining pays and costs.

    Attributes:
        usd_per_day: value of all that is emitted to miners in a day. An assumption: about 120 TAO at 400 USD.
        registration_usd: price of a place in the subnet.
        entry_days: miners enter over so many days, evenly; 0: all are there when the contest begins.
    """

    usd_per_day: float = 50_000.0
    registration_usd: float = 300.0
    entry_days: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """A contest.

    Attributes:
        name: what tables call it.
        days: how long it lasts.
        miners: how many there are.
        progress: ways of making progress with the share of the miners that go each way.
        fleet: what they train on.
        noise: of an evaluation.
        validation: how validators work.
        economy: what mining pays.
        data: what is trained on and what is judged; when left out, everybody trains on what is judged.
        wake_blocks: blocks between two looks of a miner.
        in_turn: miners look one after the other, evenly, instead of each at a phase by lot.
        public_blocks: blocks after its commitment until others can begin from the king's model.
        local_samples: samples of a miner's own evaluation against the king.
        seed_sd: sd of the log loss between runs that differ in their seed only (traces.md 6.2).
        copy_penalty: h, what a perturbation of relative size s costs a copy: h s^2 / 2 in log loss (theory C2).
        copy_noise: kappa, its paired noise against the original: kappa s in log loss.
        founded: whether the contest begins with a king: the public model, under the name of a miner by lot.
        target: log loss to be gained for the metric "time to target".
        script: what is committed when, whatever the policy; when left out, miners train and decide.
    """

    name: str = "world"
    days: float = 60.0
    miners: int = 256
    progress: tuple[tuple[Progress, float], ...] = ((LawProgress(), 1.0),)
    fleet: Fleet = field(default_factory=Fleet)
    noise: Level = field(default_factory=NoiseLevel)
    validation: Validation = field(default_factory=Validation)
    economy: Economy = field(default_factory=Economy)
    data: "Data | None" = None
    wake_blocks: int = 1800
    in_turn: bool = False
    public_blocks: int = 600
    local_samples: int = 2000
    seed_sd: float = 0.0002
    copy_penalty: float = 0.1
    copy_noise: float = 0.005
    founded: bool = True
    target: float = 0.02
    script: Script | None = None

    def __post_init__(self) -> None:
        if self.script is None:
            within(self, _BOUNDS)
        total = sum(share for _, share in self.progress)
        if not self.progress or abs(total - 1.0) > 1e-9 or min(share for _, share in self.progress) < 0:
            raise InputError(f"the shares of progress sum to {total:.12g}, but must sum to 1", ("progress",))

    @property
    def horizon(self) -> int:
        """Length in blocks."""
        return max(1, blocks(self.days))

    @property
    def owners(self) -> int:
        """Miners that lineages of models tell of; none where a script does not say who builds on whom."""
        return self.miners if self.script is None or self.script.line is not None else 0

    @property
    def starts(self) -> Sequence[int]:
        """Blocks at which steps of the clock begin."""
        if self.script is not None and self.script.starts:
            return self.script.starts
        return range(0, self.horizon, self.validation.step_blocks)

    @property
    def steps(self) -> int:
        """Steps of the clock."""
        return len(self.starts)

    def clock(self) -> Iterator[tuple[int, int]]:
        """Begin and end of each step, in blocks."""
        return zip(self.starts, chain(self.starts[1:], [self.horizon]), strict=True)


_BOUNDS: tuple[Bound, ...] = (
    ("days", 1.0 / BLOCKS_PER_DAY, MOST_DAYS),
    ("miners", 2, MOST_MINERS),
    ("wake_blocks", 1, 1_000_000),
    ("public_blocks", 0, 1_000_000),
    ("local_samples", 1, 10_000_000),
    ("seed_sd", 0.0, 0.1),
    ("copy_penalty", 0.0, 1e6),
    ("copy_noise", 0.0, 1e3),
    ("target", 0.0, 10.0),
)
