"""How miners change what they train on: numbers of a scenario."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import fsum, isfinite

from policies.errors import InputError
from sim.data.gaps import known
from sim.data.sets import SETS


@dataclass(frozen=True)
class Moving:
    """Habits of miners; all defaults are assumptions.

    Attributes:
        start: share of miners that begin on each set; left empty, all begin on the best set for the first mixture.
        reaction_days: mean days from hearing of a switch to moving, exponential: half of the miners need less than 0.7
            of it, one in twenty more than three times. The races on record answer a new idea within 2 to 4 days.
        never: share of miners that never move.
        notice_days: days before the switch at which miners hear of it; the subnet gave 2 to 9.
        move_days: days of training that a move takes: to download, tokenise and tune.
        move_usd: USD that it costs besides: traffic and a rented machine with many cores for those days.

    Raises:
        InputError: a number is out of its range, a set is unknown, or the shares do not sum to 1.
    """

    start: Mapping[str, float] = field(default_factory=dict)
    reaction_days: float = 3.0
    never: float = 0.1
    notice_days: float = 0.0
    move_days: float = 1.0
    move_usd: float = 50.0

    def __post_init__(self) -> None:
        for name in ("reaction_days", "notice_days", "move_days", "move_usd"):
            value = getattr(self, name)
            if not (isfinite(value) and value >= 0.0):
                raise InputError(f"{name} is {value:g}, but must be a number of at least 0", (name,))
        if not 0.0 <= self.never <= 1.0:
            raise InputError(f"never is {self.never:g}, but is a share of miners: from 0 to 1", ("never",))
        for name, share in self.start.items():
            known(name, SETS, "set", ("start", name))
            if not 0.0 <= share <= 1.0:
                raise InputError(f"the share of {name!r} is {share:g}, but must be from 0 to 1", ("start", name))
        total = fsum(self.start.values())
        if self.start and abs(total - 1.0) > 1e-9:
            raise InputError(f"the shares of start sum to {total:g}, but must sum to 1", ("start",))
        object.__setattr__(self, "start", dict(self.start))  # one's own, so that nobody can change it
