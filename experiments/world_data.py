"""`scenario.data`: what models are trained on and what validators judge on, from its YAML form."""

from typing import Annotated

from pydantic import Field

from experiments.faults import at
from experiments.strict import Strict, of
from policies import InputError
from sim.clock import blocks
from sim.data.data import MEMORY, Data, Moving
from sim.data.judging import judging
from sim.scenario import MOST_DAYS

Share = Annotated[float, Field(ge=0, le=1)]


class PhaseKeys(Strict):
    """A mixture of data, and from when on it is judged."""

    day: float = Field(ge=0, le=MOST_DAYS, description="from this day on")
    mixture: str | dict[str, Share] = Field(description="a mixture by name, or shares of judges that sum to 1")


class DataKeys(Strict):
    """What is judged when, and how miners follow."""

    judged: Annotated[list[PhaseKeys], Field(min_length=1, max_length=100)] = Field(
        description="the mixtures that are judged, in the order of time, e.g. [{day: 0, mixture: refinedweb}]"
    )
    start: dict[str, Share] = of(Moving, "start")
    reaction_days: float = of(Moving, "reaction_days", 0, MOST_DAYS)
    never: float = of(Moving, "never", 0, 1)
    notice_days: float = of(Moving, "notice_days", 0, MOST_DAYS)
    move_days: float = of(Moving, "move_days", 0, MOST_DAYS)
    move_usd: float = of(Moving, "move_usd", 0, 1e9)
    memory: float = Field(
        MEMORY, ge=1e6, le=1e18, description="tokens of new data after which 1/e of what was learnt before is left"
    )

    def data(self) -> Data:
        """The part of a scenario.

        Raises:
            InputError: with the key path within `data`.
        """
        with at("judged"):
            try:
                schedule = judging([(blocks(phase.day), phase.mixture) for phase in self.judged])
            except InputError as error:  # of a pair (block, mixture)
                row, *rest = error.path or (0,)
                raise type(error)(
                    str(error), (row, *(("day", "mixture")[int(i)] for i in rest[:1]), *rest[1:])
                ) from None
        habits = self.model_dump(exclude={"judged", "memory"})
        return Data(schedule, Moving(**habits), self.memory)
