"""The laws as problems of least squares: constants, where to start, what they predict; and their solution."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from experiments.curves.reading import Finished, Observed
from policies.errors import InputError, nearest
from sim.streams import stream
from sim.traces.laws import published, shapes
from sim.traces.laws.published import Chinchilla
from sim.traces.laws.shapes import Annealing, MultiPower, changes

HUBER = 0.001
"""Residuals of ln loss beyond it count by their size, not by its square, as in Hoffmann et al. 2022: 0.003 nats."""
BLOCKS = 10
"""Blocks of neighbouring points that a curve is cut into: neighbours share what the law gets wrong."""
PRECISION, MOST_STEPS = 1e-7, 400
"""Relative change of the sum of squares at which a search ends, and how often a law is tried at most."""

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
    sums = [[part[c.at] for part in shapes.sums(c.rates)] for c in curves]

    def predict(constants: np.ndarray) -> list[np.ndarray]:
        law = law_of("annealing", constants)
        return [law.loss_of_sums(*pair) for pair in sums]

    starts = np.array([*Annealing.PUBLISHED.values(), (2.0, 1.0, 0.3, 0.5)])
    low, high = np.array([0.1, 1e-3, 0.05, 1e-4]), np.array([20.0, 1e2, 2.0, 1e2])
    return Problem("annealing", starts, low, high, predict, [c.loss for c in curves], tuple(c.name for c in curves))


def _multipower(curves: Sequence[Observed]) -> Problem:
    thin = [_thinned(c) for c in curves]
    prepared = [(changes(c.rates, GROUPS), c.at, np.cumsum(c.rates)[c.at]) for c in thin]

    def predict(constants: np.ndarray) -> list[np.ndarray]:
        law = law_of("multipower", constants)
        return [law.loss_of_changes(*parts) for parts in prepared]

    starts = np.array([*MultiPower.PUBLISHED.values(), (2.5, 0.6, 0.5, 300.0, 1.0, 0.4, 0.5)])
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


def solved(problem: Problem) -> np.ndarray:
    """The constants' logarithms: least squares from every start, then Huber's loss from the best end."""
    every = np.arange(sum(map(len, problem.loss)))
    ends = [_minimum(problem, np.log(start), "linear", every) for start in problem.starts]
    best = min(ends, key=lambda end: float(end.cost)).x
    return np.asarray(_minimum(problem, best, "huber", every).x)


def resampled(problem: Problem, best: np.ndarray, count: int, seed: int) -> np.ndarray:
    """The constants' logarithms for `count` other samples, `[count, constants]`.

    From every curve blocks of points are drawn with replacement; a finished run is a block of its own.
    """
    random = [stream(seed, "fit", problem.law, "bootstrap", i) for i in range(count)]
    found = [_minimum(problem, best, "huber", _places(problem, numbers)).x for numbers in random]
    return np.array(found).reshape(-1, len(best))


def method(problem: Problem, count: int) -> str:
    """How constants and intervals were found, for people."""
    law = problem.law
    what = "runs" if law == "chinchilla" else f"blocks of points, {BLOCKS} to a curve"
    weight = "" if law == "chinchilla" else ", every curve of equal weight"
    intervals = f"95 % intervals from {count} bootstrap samples of {what}" if count else "no intervals"
    return (
        f"least squares of ln loss from {len(problem.starts)} starts, then Huber's loss with delta {HUBER:g}{weight}; "
        f"{intervals}"
    )


def _minimum(problem: Problem, start: np.ndarray, loss: str, places: np.ndarray) -> Any:
    """The least-squares solution for the points at `places` of all curves in a row."""
    from scipy.optimize import least_squares  # noqa: PLC0415 - a third of a second, for fits only

    count = np.mean([len(seen) for seen in problem.loss])
    weights = np.concatenate([np.full(len(seen), np.sqrt(count / len(seen))) for seen in problem.loss])
    seen = np.log(np.concatenate(problem.loss))

    def residuals(logs: np.ndarray) -> np.ndarray:
        said = np.concatenate(problem.predict(np.exp(logs)))
        return np.asarray((weights * (np.log(np.maximum(said, 1e-3)) - seen))[places])  # a step may try a law below 0

    low, high = np.log(problem.low), np.log(problem.high)
    inside = np.clip(start, low + 1e-6, high - 1e-6)
    return least_squares(
        residuals, inside, bounds=(low, high), loss=loss, f_scale=HUBER, ftol=PRECISION, max_nfev=MOST_STEPS
    )


def _places(problem: Problem, random: np.random.Generator) -> np.ndarray:
    start, drawn = 0, []
    for seen in problem.loss:
        count = len(seen) if problem.law == "chinchilla" else min(BLOCKS, len(seen))
        blocks = np.array_split(np.arange(start, start + len(seen)), count)
        drawn += [blocks[i] for i in random.integers(count, size=count)]
        start += len(seen)
    return np.concatenate(drawn)
