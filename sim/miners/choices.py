"""Who decides by which strategy, and what all of them decide together."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from policies.arrays import Array
from policies.errors import InputError
from sim.backend import Backend
from sim.lanes import Columns
from sim.miners.population import Population, roles
from sim.miners.strategies import build
from sim.miners.strategy import Decision, Strategy, View

BOOLEAN = ("submit", "copy", "train", "adopt", "active")


class StrategyError(InputError):
    """A strategy broke the rules; the message names strategy, miner, block and lane."""


class Choices:
    """The strategies of all miners in all columns.

    Attributes:
        strategies: all that occur in some lane.
        code: index into `strategies`, int `[miners, columns]`, of numpy.
        rank: the miners' ranks in the order of roles, int `[miners, worlds]`.
    """

    def __init__(self, place: Backend, columns: Columns, miners: int, seed: int, worlds: Sequence[int]) -> None:
        self._place, self._columns = place, columns
        self.rank = roles(miners, seed, worlds)
        default = Population("honest", ((build("honest"), 1.0),))
        populations = [lane.population or default for lane in columns.lanes]
        self.strategies: tuple[Strategy, ...] = tuple(dict.fromkeys(s for p in populations for s in p.strategies))
        number = {strategy: i for i, strategy in enumerate(self.strategies)}
        by_rank = [np.array([number[s] for s in p.strategies])[p.of_ranks(miners)] for p in populations]
        every = np.stack(by_rank, axis=-1)[self.rank]  # [miners, worlds, lanes]
        self.code = np.ascontiguousarray(np.moveaxis(every, 1, 2).reshape(miners, columns.width)).astype(np.int8)
        self._followed = np.stack([(self.code == i).any(axis=1) for i in range(len(self.strategies))])
        self._alone = np.stack([(self.code == i).all(axis=1) for i in range(len(self.strategies))])
        self._code = place.array(self.code)

    def decide(self, view: View, rows: np.ndarray, block: np.ndarray) -> Decision:
        """What the miners `rows` decide; arrays `[rows, columns]`.

        Raises:
            StrategyError: a strategy returned NaN, a number out of bounds, or something that is no truth value.
        """
        shape = (len(rows), self._columns.width)
        out: dict[str, Array] = {}
        for number, strategy in enumerate(self.strategies):
            at = np.flatnonzero(self._followed[number, rows])
            if not len(at):
                continue
            whole = len(at) == len(rows)
            decision = strategy.decide(view if whole else _part(view, self._place.array(at), len(rows)))
            self._check(strategy, decision, rows[at], block[at])
            if whole and self._alone[number, rows].all():
                return decision
            mine = self._code[self._place.array(rows[at])] == number
            for field in fields(Decision):
                new = getattr(decision, field.name)
                if field.name not in out:
                    out[field.name] = self._blank(field.name, shape)
                where = slice(None) if whole else self._place.array(at)
                out[field.name][where] = self._place.xp.where(mine, new, out[field.name][where])
        return Decision(**out)

    def _blank(self, name: str, shape: tuple[int, ...]) -> Array:
        if name in BOOLEAN:
            return self._place.full(shape, False, "bool")
        return self._place.full(shape, 0.0)

    def _check(self, strategy: Strategy, decision: Decision, rows: np.ndarray, block: np.ndarray) -> None:
        xp = self._place.xp
        for field in fields(Decision):
            value = getattr(decision, field.name)
            number = isinstance(value, bool | int | float)
            if field.name in BOOLEAN:
                if (number and not isinstance(value, bool)) or (not number and value.dtype != xp.bool):
                    raise StrategyError(
                        f"strategy {strategy.name()} decided {field.name} = {value!r}, but it must be true or false"
                    )
                continue
            low, high = {"perturbation": (0.0, 1.0), "runs": (1, 10_000)}.get(field.name, (-np.inf, np.inf))
            if not low <= value <= high if number else xp.any(~((value >= low) & (value <= high))):
                self._blame(strategy, field.name, value, low, high, rows, block)

    def _blame(
        self, strategy: Strategy, name: str, value: Array, low: float, high: float, rows: np.ndarray, block: np.ndarray
    ) -> None:
        given = np.broadcast_to(
            np.asarray(value) if isinstance(value, int | float) else self._place.numpy(value),
            (len(rows), self._columns.width),
        )
        row, column = np.argwhere(~((given >= low) & (given <= high)))[0]
        lane = self._columns.lanes[column // self._columns.worlds].name
        raise StrategyError(
            f"strategy {strategy.name()} decided {name} = {given[row, column]} for miner {rows[row]} at block "
            f"{block[row]} in lane {lane!r}, but it must be a number from {low:g} to {high:g}"
        )


def _part(view: View, at: Array, rows: int) -> View:
    """The view of some of the miners."""

    def cut(value: Array) -> Array:
        tall = getattr(value, "ndim", 0) == 2 and value.shape[0] == rows
        return value[at] if tall else value

    given = {field.name: getattr(view, field.name) for field in fields(View) if field.name != "later"}
    later = view.later

    def some(blocks: Array) -> Array:
        """The future is computed for everybody: rows outside the part see it at once."""
        xp = view.xp
        full = xp.zeros((rows, blocks.shape[-1] if getattr(blocks, "ndim", 0) else 1), dtype=xp.float64)
        full[at] = blocks
        return later(full)[at]

    return View(**{name: cut(value) for name, value in given.items()}, later=some)
