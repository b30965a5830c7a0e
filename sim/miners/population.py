"""A population: which strategy each miner follows. A lane may have its own, so a deviation is a lane."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from policies.errors import InputError
from sim.miners.strategy import Strategy
from sim.streams import stream

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Population:
    """A mix of strategies.

    Attributes:
        name: what tables call it.
        mix: strategies with their shares of the miners; shares sum to 1.
        deviants: strategies that single miners follow instead, one miner each: the first, second, ... in the order of
            roles. The rest follow the mix as if those miners were not there.
    """

    name: str
    mix: tuple[tuple[Strategy, float], ...]
    deviants: tuple[Strategy, ...] = ()

    def __post_init__(self) -> None:
        total = sum(share for _, share in self.mix)
        if not self.mix or abs(total - 1.0) > TOLERANCE:
            raise InputError(
                f"the shares of population {self.name!r} sum to {total:.12g}, but must sum to 1; "
                f"they are {', '.join(f'{s.name()} {share:g}' for s, share in self.mix)}",
                ("mix",),
            )
        bad = next(((s, share) for s, share in self.mix if not share >= 0), None)
        if bad is not None:
            raise InputError(f"the share of {bad[0].name()} is {bad[1]:g}, but must not be negative", ("mix",))

    @property
    def strategies(self) -> tuple[Strategy, ...]:
        """All strategies, the mix first."""
        return (*(s for s, _ in self.mix), *self.deviants)

    def of_ranks(self, miners: int) -> np.ndarray:
        """Index into `strategies` by rank in the order of roles, int `[miners]`; counts by largest remainders."""
        if len(self.deviants) > miners:
            raise InputError(
                f"population {self.name!r} has {len(self.deviants)} deviants, but there are {miners} miners",
                ("deviants",),
            )
        exact = np.array([share for _, share in self.mix]) * miners
        count = np.floor(exact + TOLERANCE).astype(int)
        rest = np.argsort(-(exact - count), kind="stable")[: miners - count.sum()]
        count[rest] += 1
        places = np.repeat(np.arange(len(self.mix)), count)
        # Strategies are spread evenly over the ranks, so that the first ranks (and the founder, the last) are a sample.
        order = np.argsort(_spread(count), kind="stable")
        out = places[order]
        out[: len(self.deviants)] = len(self.mix) + np.arange(len(self.deviants))
        return out


def _spread(count: np.ndarray) -> np.ndarray:
    """Sort keys that deal out `count[i]` cards of kind i evenly."""
    return np.concatenate([(np.arange(c) + 0.5) / c for c in count if c] or [np.empty(0)])


def roles(miners: int, seed: int, worlds: Sequence[int]) -> np.ndarray:
    """The rank of each miner in the order of roles, int `[miners, worlds]`: by lot, the same in every lane."""
    ranks = np.empty((miners, len(worlds)), dtype=np.int64)
    for place, world in enumerate(worlds):
        ranks[stream(seed, "world", world, "roles").permutation(miners), place] = np.arange(miners)
    return ranks
