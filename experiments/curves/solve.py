"""Least squares and the bootstrap: the arithmetic behind a fit, the same for all laws."""

from typing import Any

import numpy as np

from experiments.curves.problems import Problem
from sim.streams import stream

HUBER = 0.001
"""Residuals of ln loss beyond it count by their size, not by its square, as in Hoffmann et al. 2022: 0.003 nats."""
BLOCKS = 10
"""Blocks of neighbouring points that a curve is cut into: neighbours share what the law gets wrong."""
PRECISION, MOST_STEPS = 1e-7, 400
"""Relative change of the sum of squares at which a search ends, and how often a law is tried at most."""


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
