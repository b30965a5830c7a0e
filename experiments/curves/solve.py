"""Least squares and the bootstrap: the arithmetic behind a fit, the same for all laws."""

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.curves.problems import Problem
from sim.streams import stream

HUBER = 0.001
"""Residuals of ln loss beyond it count by their size, not by its square, as in Hoffmann et al. 2022: 0.003 nats."""
BLOCKS = 10
"""Blocks of residuals that a curve is cut into: neighbours share what the law gets wrong."""
MOST_STEPS = 400


def solved(problem: Problem) -> np.ndarray:
    """The constants' logarithms: least squares from every start, then Huber's loss from the best end."""
    ends = [_minimum(problem, np.log(start), "linear") for start in problem.starts]
    return np.asarray(_minimum(problem, min(ends, key=lambda end: float(end.cost)).x, "huber").x)


def resampled(problem: Problem, best: np.ndarray, count: int, seed: int) -> np.ndarray:
    """The constants' logarithms for `count` other samples, `[count, constants]`.

    Finished runs are drawn with replacement. A curve is the fitted one with residuals from other places of it.
    """
    other = _other_runs if problem.law == "chinchilla" else _other_residuals
    random = [stream(seed, "fit", problem.law, "bootstrap", i) for i in range(count)]
    found = [_minimum(other(problem, best, numbers), best, "huber").x for numbers in random]
    return np.array(found).reshape(-1, len(best))


def method(problem: Problem, count: int) -> str:
    """How constants and intervals were found, for people."""
    law = problem.law
    what = "runs, with replacement" if law == "chinchilla" else f"residuals in blocks, {BLOCKS} to a curve"
    weight = "" if law == "chinchilla" else ", every curve of equal weight"
    intervals = f"95 % intervals from {count} bootstrap samples of {what}" if count else "no intervals"
    return (
        f"least squares of ln loss from {len(problem.starts)} starts, then Huber's loss with delta {HUBER:g}{weight}; "
        f"{intervals}"
    )


def _minimum(problem: Problem, start: np.ndarray, loss: str) -> Any:
    from scipy.optimize import least_squares  # noqa: PLC0415 - a third of a second, for fits only

    count = np.mean([len(seen) for seen in problem.loss])
    weights = np.concatenate([np.full(len(seen), np.sqrt(count / len(seen))) for seen in problem.loss])
    seen = np.log(np.concatenate(problem.loss))

    def residuals(logs: np.ndarray) -> np.ndarray:
        said = np.concatenate(problem.predict(np.exp(logs)))
        return np.asarray(weights * (np.log(np.maximum(said, 1e-3)) - seen))  # a step may try a law below 0

    low, high = np.log(problem.low), np.log(problem.high)
    inside = np.clip(start, low + 1e-6, high - 1e-6)
    return least_squares(residuals, inside, bounds=(low, high), loss=loss, f_scale=HUBER, max_nfev=MOST_STEPS)


def _other_residuals(problem: Problem, best: np.ndarray, random: np.random.Generator) -> Problem:
    drawn = []
    for seen, said in zip(problem.loss, problem.predict(np.exp(best)), strict=True):
        length = -(-len(seen) // BLOCKS)
        first = random.integers(len(seen), size=BLOCKS)
        places = (first[:, None] + np.arange(length)).ravel()[: len(seen)] % len(seen)  # round the end, from the start
        drawn.append(said + (seen - said)[places])
    return replace(problem, loss=drawn)


def _other_runs(problem: Problem, best: np.ndarray, random: np.random.Generator) -> Problem:
    places = random.integers(len(problem.loss[0]), size=len(problem.loss[0]))
    return replace(problem, loss=[problem.loss[0][places]], predict=lambda x: [problem.predict(x)[0][places]])
