"""How miners change what they train on: numbers of a scenario."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import fsum
from typing import Annotated

from policies.errors import InputError
from sim.data.gaps import known
from sim.data.sets import SETS
from sim.settings import About, Settings, Share


@dataclass(frozen=True)
class Moving(Settings):
    """Habits of miners; all defaults are assumptions.

    Raises:
        InputError: a number is out of its range, a set is unknown, or the shares do not sum to 1.
    """

    start: Annotated[
        Mapping[str, Share],
        About("share of miners that begin on each set; left empty, all begin on the best set for the first mixture"),
    ] = field(default_factory=dict)
    reaction_days: Annotated[
        float,
        About(
            "mean days from hearing of a switch to moving, exponential: half of the miners need less than 0.7 of it, "
            "one in twenty more than three times. The races on record answer a new idea within 2 to 4 days",
            0,
            3650,
        ),
    ] = 3.0
    never: Annotated[float, About("share of miners that never move", 0, 1)] = 0.1
    notice_days: Annotated[
        float, About("days before the switch at which miners hear of it; the subnet gave 2 to 9", 0, 3650)
    ] = 0.0
    move_days: Annotated[
        float, About("days of training that a move takes: to download, tokenise and tune", 0, 3650)
    ] = 1.0
    move_usd: Annotated[
        float,
        About("USD that it costs besides: traffic and a rented machine with many cores for those days", 0, 1e9, "USD"),
    ] = 50.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, share in self.start.items():
            known(name, SETS, "set", ("start", name))
            if not 0.0 <= share <= 1.0:
                raise InputError(f"the share of {name!r} is {share:g}, but must be from 0 to 1", ("start", name))
        total = fsum(self.start.values())
        if self.start and abs(total - 1.0) > 1e-9:
            raise InputError(f"the shares of start sum to {total:g}, but must sum to 1", ("start",))
        object.__setattr__(self, "start", dict(self.start))  # one's own, so that nobody can change it
