"""Which strategy each miner follows. A lane may have its own population, so a deviation is a lane."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from policies.errors import InputError
from sim.miners.strategies import build
from sim.miners.strategy import Decision, Strategy
from sim.settings import require_shares
from sim.streams import stream

if TYPE_CHECKING:
    from sim.lanes import Columns

FIELDS = tuple(field.name for field in fields(Decision))

BOUNDS = {"perturbation": (0.0, 1.0), "runs": (1.0, 10_000.0)}
"""Least and most of a decision's numbers; the others have no bounds, but none may be NaN."""

LIMITS = np.array([BOUNDS.get(name, (-np.inf, np.inf)) for name in FIELDS])
"""The bounds of every field, `[fields, 2]`."""

PLAYER = np.dtype([("decide", "i8"), ("numbers", "i8")])
"""The addresses of a strategy's function and of its numbers."""


class StrategyError(InputError):
    """A strategy broke the rules; the message names strategy, miner, block and lane."""


@dataclass(frozen=True)
class Population:
    """A mix of strategies."""

    name: str  #: what tables call it
    mix: tuple[tuple[Strategy, float], ...]  #: strategies with their shares of the miners; shares sum to 1
    #: strategies that single miners follow instead, one miner each: the first, second, ... in the order of roles.
    #: The rest follow the mix as if those miners were not there
    deviants: tuple[Strategy, ...] = ()

    def __post_init__(self) -> None:
        require_shares(f"shares of population {self.name!r}", ((s.name(), share) for s, share in self.mix), "mix")

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
        count = np.floor(exact + 1e-9).astype(int)
        rest = np.argsort(-(exact - count), kind="stable")[: miners - count.sum()]
        count[rest] += 1
        places = np.repeat(np.arange(len(self.mix)), count)
        # Strategies are spread evenly over the ranks, so that the first ranks (and the founder, the last) are a sample.
        keys = np.concatenate([(np.arange(c) + 0.5) / c for c in count])
        out = places[np.argsort(keys, kind="stable")]
        out[: len(self.deviants)] = len(self.mix) + np.arange(len(self.deviants))
        return out


def roles(miners: int, seed: int, worlds: Sequence[int]) -> np.ndarray:
    """The rank of each miner in the order of roles, int `[miners, worlds]`: by lot, the same in every lane."""
    orders = [stream(seed, "world", world, "roles").permutation(miners) for world in worlds]
    return np.argsort(np.stack(orders, axis=-1), axis=0)


class Choices:
    """The strategies of all miners in all columns.

    Attributes:
        strategies: all that occur in some lane.
        code: place in `strategies`, int `[miners, columns]`.
        rank: the miners' ranks in the order of roles, int `[miners, worlds]`.
        players: records of `PLAYER`, `[strategies]`.
    """

    def __init__(self, columns: "Columns", miners: int, seed: int, worlds: Sequence[int]) -> None:
        from sim.compiler.strategies import compile_strategy  # noqa: PLC0415 - a recipe that is only read needs no compiler

        self._columns = columns
        self.rank = roles(miners, seed, worlds)
        default = Population("honest", ((build("honest"), 1.0),))
        populations = [lane.population or default for lane in columns.lanes]
        self.strategies: tuple[Strategy, ...] = tuple(dict.fromkeys(s for p in populations for s in p.strategies))
        number = {strategy: i for i, strategy in enumerate(self.strategies)}
        by_rank = [np.array([number[s] for s in p.strategies])[p.of_ranks(miners)] for p in populations]
        every = np.stack(by_rank, axis=-1)[self.rank]  # [miners, worlds, lanes]
        self.code = np.ascontiguousarray(np.moveaxis(every, 1, 2).reshape(miners, columns.width)).astype(np.int16)
        self.players = np.zeros(len(self.strategies), PLAYER)
        self._kept: list[Any] = []
        for place, strategy in enumerate(self.strategies):
            made = compile_strategy(strategy, columns.failures)
            self.players[place] = made.functions["decide"][0], made.numbers[0]
            self._kept.append(made)

    def trait(self, name: str) -> np.ndarray:
        """An attribute of the strategy of each miner, bool `[miners, columns]`."""
        return np.array([getattr(strategy, name) for strategy in self.strategies], dtype=bool)[self.code]

    def strategy_of(self, column: int, miner: int) -> Strategy:
        """The strategy that a miner follows in a column."""
        return self.strategies[int(self.code[miner, column])]

    def blame(self, column: int, miner: int, block: float, field: int | None, value: float) -> StrategyError:
        """The error of a strategy that failed (`field` None), or whose decision has a field out of bounds."""
        strategy, lane = self.strategy_of(column, miner), self._columns.lane_of(column).name
        where = f"for miner {miner} at block {block:.0f} in lane {lane!r}"
        if field is None:
            return StrategyError(f"strategy {strategy.name()} failed {where}")
        low, high = LIMITS[field]
        return StrategyError(
            f"strategy {strategy.name()} decided {FIELDS[field]} = {value} {where}, "
            f"but it must be a number from {low:g} to {high:g}"
        )
