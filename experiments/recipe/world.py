"""`scenario.kind: world`: simulated miners that train, decide and submit."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from experiments.recipe.faults import descend
from experiments.recipe.progress import MenuCourse, Ways, build_menu, build_progress
from policies import InputError
from sim.clock import BLOCKS_PER_DAY, blocks
from sim.data.data import MEMORY, Data, Moving
from sim.data.judging import judging
from sim.miners.responses import Effort, Entry, Fixed, Given
from sim.scenario import MOST_DAYS, Contest, Scenario
from sim.settings import About, Settings, Share, fields_of
from sim.validators.noise import NoiseLevel

BLOCKS_PER_HOUR = BLOCKS_PER_DAY // 24


@dataclass(frozen=True)
class Phase(Settings):
    """A mixture of data, and from when on it is judged."""

    day: Annotated[float, About("from this day on", 0, MOST_DAYS)]
    mixture: Annotated[str | dict[str, Share], About("a mixture by name, or shares of judges that sum to 1")]


@dataclass(frozen=True, kw_only=True)
class DataKeys(Moving):
    """What is judged when, and how miners follow."""

    judged: Annotated[
        list[Phase],
        Field(min_length=1, max_length=100),
        About("the mixtures that are judged, in the order of time, e.g. [{day: 0, mixture: refinedweb}]"),
    ]
    memory: Annotated[
        float, About("tokens of new data after which 1/e of what was learnt before is left", 1e6, 1e18)
    ] = MEMORY

    def build(self) -> Data:
        """The data of a scenario.

        Raises:
            InputError: with the key path within `data`.
        """
        with descend("judged"):
            try:
                schedule = judging([(blocks(phase.day), phase.mixture) for phase in self.judged])
            except InputError as error:  # of a pair (block, mixture)
                row, *rest = error.path or (0,)
                keys = (("day", "mixture")[int(i)] for i in rest[:1])
                raise type(error)(str(error), (row, *keys, *rest[1:])) from None
        return Data(schedule, Moving(**fields_of(Moving, self)), self.memory)


@dataclass(frozen=True, kw_only=True)
class WorldScenario(Contest):
    """Miners that train, decide and submit."""

    kind: Annotated[Literal["world"], About("the scenario's kind")]
    wake_hours: Annotated[float, About("hours between two looks of a miner", 0.01, 3000)] = (
        Scenario.wake_blocks / BLOCKS_PER_HOUR
    )
    public_delay_hours: Annotated[
        float, About("hours after its commitment until others can begin from the king's model", 0, 3000)
    ] = Scenario.public_blocks / BLOCKS_PER_HOUR
    noise: Annotated[NoiseLevel, About("noise of an evaluation")] = field(default_factory=NoiseLevel)
    progress: Annotated[Ways | None, About("ways of making progress; a scaling law when left out")] = None
    menu: Annotated[
        list[MenuCourse] | None,
        Field(min_length=2, max_length=100),
        About("courses among which a miner chooses when it begins again, in place of `progress`"),
    ] = None
    effort: Annotated[Effort, Field(discriminator="rule"), About("how much compute miners buy, by their pay")] = field(
        default_factory=Fixed
    )
    entry: Annotated[Entry, Field(discriminator="rule"), About("when miners enter and leave")] = field(
        default_factory=Given
    )
    data: Annotated[DataKeys | None, About("data sets; when left out, everybody trains on what is judged")] = None
    cases: Annotated[
        dict[str, dict[str, Any]] | None,
        Field(min_length=1, max_length=100),
        About("variants: keys of the scenario that differ from the rest"),
    ] = None

    def scenario(self, name: str, base: Path) -> Scenario:
        """The scenario of that name; relative paths start from `base`.

        Raises:
            InputError: with the key path within the scenario.
        """
        given: dict[str, Any] = fields_of(Contest, self)
        if self.progress is not None:
            with descend("progress"):
                given["progress"] = build_progress(self.progress, base)
        if self.menu is not None:
            if self.progress is not None:
                raise InputError("stands in the place of `progress`; give one of the two", ("menu",))
            with descend("menu"):
                given["menu"] = build_menu(self.menu, base)
        if self.data is not None:
            with descend("data"):
                given["data"] = self.data.build()
        return Scenario(
            name,
            noise=self.noise,
            wake_blocks=round(self.wake_hours * BLOCKS_PER_HOUR),
            public_blocks=round(self.public_delay_hours * BLOCKS_PER_HOUR),
            **given,
        )
