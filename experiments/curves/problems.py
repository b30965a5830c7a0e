"""The laws as problems of least squares: constants, where to start, and what they predict for the runs at hand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from experiments.curves.finished import Finished
from experiments.curves.observed import Observed
from policies.errors import InputError, nearest
from sim.traces.laws import annealing, multipower, published
from sim.traces.laws.annealing import Annealing
from sim.traces.laws.chinchilla import Chinchilla
from sim.traces.laws.multipower import MultiPower, changes

MOST_POINTS, GROUPS = 64, 256
"""Points per curve that the multi-power law is fitted to, evenly spaced, and groups of changes: every point sees all
changes before it, and 256 groups are right to 0.0005 nats (computed)."""

LAWS: dict[str, tuple[type[Any], int]] = {
    "annealing": (Annealing, 4),
    "multipower": (MultiPower, 7),
    "chinchilla": (Chinchilla, 5),
}
"""The laws that can be fitted, and how many of their first fields are constants to be found."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A law and what it is fitted to; all constants are positive and fitted by their logarithm.

    Attributes:
        law: its name.
        starts: float64 `[starts, constants]`.
        low, high: the constants' bounds.
        predict: the losses of every run, for constants.
        loss: those that were observed, as `predict` has them.
        runs: their names.
    """

    law: str
    starts: np.ndarray
    low: np.ndarray
    high: np.ndarray
    predict: Callable[[np.ndarray], list[np.ndarray]]
    loss: list[np.ndarray]
    runs: tuple[str, ...]


def names(law: str) -> tuple[str, ...]:
    """The names of a law's constants."""
    kind, count = LAWS[law]
    return tuple(field.name for field in fields(kind)[:count])


def law_of(law: str, constants: Sequence[float] | np.ndarray) -> Any:
    """The law with these constants."""
    return LAWS[law][0](**dict(zip(names(law), constants, strict=True)))


def problem(law: str, observed: Sequence[Observed] | Finished) -> Problem:
    """The problem of fitting a law.

    Raises:
        InputError: the law is unknown, or what is given does not suit it.
    """
    if law not in LAWS:
        raise InputError(f"no law is called {law!r}; {nearest(law, LAWS)}", ("law",))
    losses = [observed.loss] if isinstance(observed, Finished) else [curve.loss for curve in observed]
    if sum(map(len, losses)) <= LAWS[law][1]:
        raise InputError(
            f"{sum(map(len, losses))} losses after the warm-up, but the {law} law has {LAWS[law][1]} constants"
        )
    if isinstance(observed, Finished):
        if law != "chinchilla":
            raise InputError(f"the {law} law is fitted to curves, not to finished runs")
        return _chinchilla(observed)
    if law == "chinchilla":
        raise InputError("the chinchilla law is fitted to finished runs, not to curves")
    return _annealing(observed) if law == "annealing" else _multipower(observed)


def _annealing(curves: Sequence[Observed]) -> Problem:
    sums = [[part[c.at] for part in annealing.sums(c.rates)] for c in curves]

    def predict(constants: np.ndarray) -> list[np.ndarray]:
        law = law_of("annealing", constants)
        return [law.after(*pair) for pair in sums]

    starts = np.array([*annealing.PUBLISHED.values(), (2.0, 1.0, 0.3, 0.5)])
    low, high = np.array([0.1, 1e-3, 0.05, 1e-4]), np.array([20.0, 1e2, 2.0, 1e2])
    return Problem("annealing", starts, low, high, predict, [c.loss for c in curves], tuple(c.name for c in curves))


def _multipower(curves: Sequence[Observed]) -> Problem:
    thin = [_thinned(c) for c in curves]
    prepared = [(changes(c.rates, GROUPS), c.at, np.cumsum(c.rates)[c.at]) for c in thin]

    def predict(constants: np.ndarray) -> list[np.ndarray]:
        law = law_of("multipower", constants)
        return [law.after(*parts) for parts in prepared]

    starts = np.array([*multipower.PUBLISHED.values(), (2.5, 0.6, 0.5, 300.0, 1.0, 0.4, 0.5)])
    low = np.array([0.1, 1e-3, 0.05, 1.0, 1e-3, 0.02, 0.01])  # sharpness near 0 is one law, a logarithm, for many drops
    high = np.array([20.0, 1e2, 2.0, 1e5, 1e3, 5.0, 3.0])
    return Problem("multipower", starts, low, high, predict, [c.loss for c in thin], tuple(c.name for c in thin))


def _chinchilla(runs: Finished) -> Problem:
    def predict(constants: np.ndarray) -> list[np.ndarray]:
        return [np.asarray(law_of("chinchilla", constants).loss(runs.parameters, runs.tokens))]

    constants = names("chinchilla")
    starts = np.array([[getattr(law, name) for name in constants] for law in published.LAWS.values()])
    low, high = np.array([0.05, 0.1, 0.02, 0.1, 0.02]), np.array([20.0, 1e7, 2.0, 1e8, 2.0])
    return Problem("chinchilla", starts, low, high, predict, [runs.loss], (runs.name,))


def _thinned(curve: Observed) -> Observed:
    count = min(MOST_POINTS, len(curve.at))
    some = np.unique(np.round(np.linspace(0, len(curve.at) - 1, count)).astype(int))
    return Observed(curve.name, curve.at[some], curve.loss[some], curve.rates)
