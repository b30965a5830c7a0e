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
BOUNDS = {"perturbation": (0.0, 1.0), "runs": (1.0, 10_000.0)}


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
        self.code = np.ascontiguousarray(np.moveaxis(every, 1, 2).reshape(miners, columns.width)).astype(np.int16)
        self._followed = np.stack([(self.code == i).any(axis=1) for i in range(len(self.strategies))])
        self._alone = np.stack([(self.code == i).all(axis=1) for i in range(len(self.strategies))])
        self._code = place.array(self.code)

    def decide(self, view: View, rows: np.ndarray, block: np.ndarray) -> Decision:
        """What the miners `rows` decide; arrays `[rows, columns]`.

        Raises:
            StrategyError: a strategy returned no decision, NaN, a number out of bounds, or what is no truth value.
        """
        shape = (len(rows), self._columns.width)
        out: dict[str, Array] = {}
        for number, strategy in enumerate(self.strategies):
            at = np.flatnonzero(self._followed[number, rows])
            if not len(at):
                continue
            whole = len(at) == len(rows)
            decision = strategy.decide(view if whole else _part(view, self._place.array(at), len(rows)))
            self._check_kind(number, decision)
            self._check(number, decision, rows[at], block[at])
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

    def _check_kind(self, number: int, decision: object) -> None:
        """Whether it is a decision of numbers and arrays; a `decide` that forgets its `return` gives None."""
        name = self.strategies[number].name()
        if not isinstance(decision, Decision):
            raise StrategyError(f"strategy {name} decided {decision!r}, but it must return a Decision")
        for field in fields(Decision):
            value = getattr(decision, field.name)
            if not isinstance(value, bool | int | float) and not hasattr(value, "dtype"):
                raise StrategyError(
                    f"strategy {name} decided {field.name} = {value!r}, but it must be a number or an array"
                )

    def _check(self, number: int, decision: Decision, rows: np.ndarray, block: np.ndarray) -> None:
        xp = self._place.xp
        for field in fields(Decision):
            value = getattr(decision, field.name)
            plain = isinstance(value, bool | int | float)
            if field.name in BOOLEAN:
                if not (isinstance(value, bool) if plain else value.dtype == xp.bool):
                    self._blame(number, field.name, value, None, rows, block)
                continue
            low, high = bounds = BOUNDS.get(field.name, (-np.inf, np.inf))
            if not low <= value <= high if plain else xp.any(~((value >= low) & (value <= high))):
                self._blame(number, field.name, value, bounds, rows, block)

    def _blame(
        self,
        number: int,
        name: str,
        value: Array,
        bounds: tuple[float, float] | None,
        rows: np.ndarray,
        block: np.ndarray,
    ) -> None:
        """Name the first who breaks the rule; what a strategy says of lanes where nobody follows it is no matter."""
        plain = isinstance(value, bool | int | float)
        his = self.code[rows] == number
        given = np.broadcast_to(np.asarray(value) if plain else self._place.numpy(value), his.shape)
        wrong = his if bounds is None else his & ~((given >= bounds[0]) & (given <= bounds[1]))
        for row, column in np.argwhere(wrong)[:1]:
            lane = self._columns.lanes[column // self._columns.worlds].name
            rule = "true or false" if bounds is None else f"a number from {bounds[0]:g} to {bounds[1]:g}"
            raise StrategyError(
                f"strategy {self.strategies[number].name()} decided {name} = {given[row, column]} "
                f"for miner {rows[row]} at block {block[row]} in lane {lane!r}, but it must be {rule}"
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
        width = blocks.shape[-1] if getattr(blocks, "ndim", 0) else 1
        full = xp.zeros((rows, width), dtype=xp.float64, device=at.device)
        full[at] = blocks
        return later(full)[at]

    return View(**{name: cut(value) for name, value in given.items()}, later=some)
