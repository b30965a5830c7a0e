"""A scenario: everything about a contest that does not depend on a policy, except what is drawn by lot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import numpy as np

from policies.errors import InputError
from sim.clock import blocks
from sim.miners.hardware import Fleet
from sim.miners.progress.course import Progress
from sim.miners.progress.draws import DrawsProgress
from sim.miners.progress.law import LawProgress
from sim.miners.responses import Choosing, Effort, Entry, Fixed, Given
from sim.miners.script import Script
from sim.settings import About, Settings, require_shares
from sim.validators.noise import Level, NoiseLevel

if TYPE_CHECKING:
    from sim.data.data import Data

MOST_MINERS = 4096
MOST_DAYS = 3650.0
USUAL_SIZE = 3e9
"""Parameters of a model that takes `model_seconds`, and of one whose size nobody knows."""
EFFORT_EXPONENT = 0.56
"""How the time of an evaluation grows with the size; see `Validation.effort`."""


@dataclass(frozen=True)
class Validation(Settings):
    """How validators work, rules and epsilon apart."""

    step_blocks: Annotated[
        int, About("blocks between two moments at which a validator may begin a step", 1, 100_000)
    ] = 150
    window_blocks: Annotated[
        int, About("blocks for which evaluation data stay the same: 150, the subnet's shared seed", 1, 100_000)
    ] = 150
    queue: Annotated[
        int, About("models that may be pending or under evaluation at once; later ones wait", 1, 1_000_000)
    ] = 25
    load_seconds: Annotated[float, About("what a step costs whatever is in it", 0, 1e6)] = 30.0
    model_seconds: Annotated[
        float,
        About(
            "what a model of 3 billion parameters costs in it, and others (N / 3e9)^0.56 of that; with 0 and 0 steps "
            "take no time",
            0,
            1e6,
        ),
    ] = 60.0
    limit_blocks: Annotated[
        int, About("a step that would take longer is lost: 600 blocks, two hours", 1, 1_000_000)
    ] = 600
    retry_blocks: Annotated[int, About("how often dropped models are looked at again; 0 never", 0, 1_000_000)] = 300
    competitions: Annotated[
        int,
        About(
            "of the subnet, this one included; the validator takes them in turns, with the same work in each", 1, 100
        ),
    ] = 1
    validators: Annotated[
        int,
        About(
            "how many look independently (older eras drew their data privately); with a shared seed they are one",
            1,
            64,
        ),
    ] = 1
    commit_blocks: Annotated[
        int,
        About("blocks that a miner must wait between two commitments: the chain's rate limit, 100", 0, 1_000_000),
    ] = 100

    def effort(self, parameters: np.ndarray) -> np.ndarray:
        """How much longer looking at models of that size takes than at one of 3 billion parameters, `[some]`.

        `(N / 3e9)^0.56`. The exponent joins two facts of the subnet's logs: 772M models took 56 to
        115 s in August 2024, 80 s in the geometric mean, and 14B models just under 400 s two months later:
        ln(400 / 80) / ln(14 / 0.772) = 0.56. It is below 1 because loading data and starting a process cost the same
        for all, and rough, because the number of batches was not the same.
        """
        return (np.asarray(parameters, dtype=np.float64) / USUAL_SIZE) ** EFFORT_EXPONENT


@dataclass(frozen=True)
class Economy(Settings):
    """What mining pays and costs."""

    usd_per_day: Annotated[
        float,
        About("value of all that miners are paid in a day; an assumption: about 120 TAO at 400 USD", 0, 1e9, "USD"),
    ] = 50_000.0
    registration_usd: Annotated[float, About("price of a place in the subnet", 0, 1e9, "USD")] = 300.0
    entry_days: Annotated[
        float,
        About("miners enter over so many days, evenly; 0: all are there when the contest begins", 0, MOST_DAYS),
    ] = 0.0


@dataclass(frozen=True)
class Copies(Settings):
    """What copies of the king's model are worth."""

    penalty: Annotated[
        float, About("h, what a perturbation of relative size s costs a copy: h s^2 / 2 in log loss", 0, 1e6)
    ] = 0.1
    noise: Annotated[float, About("kappa, its paired noise against the original: kappa s in log loss", 0, 1e3)] = 0.005


@dataclass(frozen=True, kw_only=True)
class Contest(Settings):
    """What a recipe says of a world, and the engine reads as it stands."""

    days: Annotated[float, About("how long it lasts", 0.01, MOST_DAYS, "days")] = 60.0
    miners: Annotated[int, About("how many there are", 2, MOST_MINERS)] = 256
    in_turn: Annotated[bool, About("miners look one after the other, evenly, instead of each at a phase by lot")] = (
        False
    )
    fleet: Annotated[Fleet, About("what miners train on")] = field(default_factory=Fleet)
    validation: Annotated[Validation, About("how validators work")] = field(default_factory=Validation)
    economy: Annotated[Economy, About("what mining pays and costs")] = field(default_factory=Economy)
    copies: Annotated[Copies, About("what copies of the king's model are worth")] = field(default_factory=Copies)
    effort: Annotated[Effort, About("how much compute miners buy, by their pay")] = field(default_factory=Fixed)
    entry: Annotated[Entry, About("when miners enter and leave")] = field(default_factory=Given)
    choosing: Annotated[Choosing, About("how miners choose from the menu")] = field(default_factory=Choosing)
    disruption_days: Annotated[
        float, About("days of training that everybody loses when the crown changes hands", 0, MOST_DAYS)
    ] = 0.0
    local_samples: Annotated[int, About("samples of a miner's own evaluation against the king", 1, 10_000_000)] = 2000
    seed_sd: Annotated[float, About("sd of the log loss between runs that differ in their seed only", 0, 0.1)] = 0.0002
    founded: Annotated[
        bool, About("whether the contest begins with a king: the public model, under the name of a miner by lot")
    ] = True
    target: Annotated[float, About('log loss to be gained for the metric "time to target"', 0, 10)] = 0.02


@dataclass(frozen=True, kw_only=True)
class Scenario(Contest):
    """A contest as the engine runs it."""

    name: str = field(default="world", kw_only=False)  #: what tables call it
    #: ways of making progress with the share of the miners that go each way
    progress: tuple[tuple[Progress, float], ...] = ((LawProgress(), 1.0),)
    #: courses by name, among which a miner chooses when it begins again; they stand in the place of `progress`
    menu: tuple[tuple[str, Progress], ...] = ()
    noise: Level = field(default_factory=NoiseLevel)  #: of an evaluation
    #: what is trained on and what is judged; when left out, everybody trains on what is judged
    data: "Data | None" = None
    wake_blocks: Annotated[int, About("blocks between two looks of a miner", 1, 1_000_000)] = 1800
    public_blocks: Annotated[
        int,
        About("blocks after its commitment until others can begin from the king's model", 0, 1_000_000),
    ] = 600
    script: Script | None = None  #: what is committed when, whatever the policy; when left out, miners train and decide

    def __post_init__(self) -> None:
        """Check the numbers of a contest of miners that decide; a script has its own."""
        if self.script is None:
            super().__post_init__()
        shares = ((type(way).__name__.removesuffix("Progress").lower(), share) for way, share in self.progress)
        require_shares("shares of progress", shares, "progress")
        for i, (way, _) in enumerate(self.ways):
            if self.responds and isinstance(way, DrawsProgress):
                raise InputError(
                    "draws bring a model at every look, whatever is spent; where effort, entry, a menu or disruption "
                    "respond to pay, miners make progress by ideas, law or trace",
                    ("menu" if self.menu else "progress", *((i,) if len(self.ways) > 1 else ())),
                )

    @property
    def ways(self) -> tuple[tuple[Progress, float], ...]:
        """The ways of making progress that miners begin on, with their shares: of a menu even ones."""
        return tuple((way, 1.0 / len(self.menu)) for _, way in self.menu) or self.progress

    @property
    def responds(self) -> bool:
        """Whether what miners do depends on what they are paid, or on crowns, beyond their strategies."""
        moves = self.data is not None and self.data.moving.respond
        entry = not isinstance(self.entry, Given)
        return bool(self.menu or self.disruption_days or self.effort != Fixed() or entry or moves)

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
