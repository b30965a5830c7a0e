"""Which miner decides by which strategy."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from policies.errors import InputError
from sim.compiler.strategies import DECISION, compile_strategy
from sim.lanes import Columns
from sim.miners.population import Population, roles
from sim.miners.strategies import build
from sim.miners.strategy import Strategy

BOUNDS = {"perturbation": (0.0, 1.0), "runs": (1.0, 10_000.0)}
"""Numbers of a decision that must lie between two others; none may be NaN."""

LIMITS = np.array([BOUNDS.get(name, (-np.inf, np.inf)) for name in DECISION.names or ()])
"""The same for every field, `[fields, 2]`."""

PLAYER = np.dtype([("decide", "i8"), ("numbers", "i8")])
"""The addresses of a strategy's function and of its numbers."""


class StrategyError(InputError):
    """A strategy broke the rules; the message names strategy, miner, block and lane."""


class Choices:
    """The strategies of all miners in all columns.

    Attributes:
        strategies: all that occur in some lane.
        code: index into `strategies`, int `[miners, columns]`.
        rank: the miners' ranks in the order of roles, int `[miners, worlds]`.
        players: records of `PLAYER`, `[strategies]`.
    """

    def __init__(self, columns: Columns, miners: int, seed: int, worlds: Sequence[int]) -> None:
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
        strategy: Strategy = self.strategies[self.code[miner, column]]
        return strategy

    def blame(self, column: int, miner: int, block: float, field: int | None, value: float) -> StrategyError:
        """The error of a strategy that failed (`field` None) or that decided what it may not."""
        strategy, lane = self.strategy_of(column, miner), self._columns.lane_of(column).name
        where = f"for miner {miner} at block {block:.0f} in lane {lane!r}"
        if field is None:
            return StrategyError(f"strategy {strategy.name()} failed {where}")
        low, high = LIMITS[field]
        name = (DECISION.names or ())[field]
        return StrategyError(
            f"strategy {strategy.name()} decided {name} = {value} {where}, "
            f"but it must be a number from {low:g} to {high:g}"
        )
