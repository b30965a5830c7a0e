"""`scenario.data`: what models are trained on and what validators judge on, from its YAML form."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from experiments.recipe.faults import descend
from policies import InputError
from sim.clock import blocks
from sim.data.data import MEMORY, Data, Moving
from sim.data.judging import judging
from sim.scenario import MOST_DAYS
from sim.settings import About, Settings, Share, fields_of


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
