"""Laws fitted to curves or finished runs, with intervals, and what they say of curves that they have not seen."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from experiments.curves.problems import LAWS, Problem, problem_of
from experiments.curves.reading import Finished, Observed
from sim.streams import stream

RESAMPLES = 200
HUBER = 0.001
"""Residuals of ln loss beyond it count by their size, not by its square, as in Hoffmann et al. 2022: 0.003 nats."""
BLOCKS = 10
"""Blocks of neighbouring points that a curve is cut into: neighbours share what the law gets wrong."""
PRECISION, MOST_STEPS = 1e-7, 400
"""Relative change of the sum of squares at which a search ends, and how often a law is tried at most."""


@dataclass(frozen=True)
class Residuals:
    """How far a law is from a run: predicted minus observed, nats."""

    name: str  #: of the run
    points: int
    rmse: float  #: root of their mean square
    last: float  #: at the last point
    most: float  #: the largest by size


@dataclass(frozen=True)
class Fit:
    """A fitted law."""

    law: str
    values: dict[str, float]  #: the constants by name
    low: dict[str, float]  #: ends of their 95 % intervals, NaN where none were asked for
    high: dict[str, float]
    runs: tuple[Residuals, ...]  #: of what it was fitted to
    points: int  #: number of losses
    rmse: float  #: over all points, nats
    method: str  #: how constants and intervals were found, for people

    def residuals_of(self, unseen: Observed | Finished) -> Residuals:
        """How the law does on what it was not fitted to."""
        law = LAWS[self.law].kind(*self.values.values())
        inputs = (unseen.parameters, unseen.tokens) if isinstance(unseen, Finished) else (unseen.rates, unseen.steps)
        return _residuals(unseen.name, unseen.loss, law.loss(*inputs))

    def document(self, unseen: Sequence[Observed | Finished] = ()) -> dict[str, Any]:
        """All of it as JSON would have it; intervals are null where none were asked for."""
        constants = {
            name: {"value": value, "low": _json(self.low[name]), "high": _json(self.high[name])}
            for name, value in self.values.items()
        }
        return {
            "law": self.law,
            "constants": constants,
            "rmse": self.rmse,
            "points": self.points,
            "method": self.method,
            "fitted": [asdict(run) for run in self.runs],
            "predicted": [asdict(self.residuals_of(run)) for run in unseen],
        }


def fit(law: str, observed: Sequence[Observed] | Finished, resamples: int = RESAMPLES, seed: int = 0) -> Fit:
    """Fit a law: least squares from every start, then Huber's loss from the best end; intervals from a bootstrap.

    Args:
        law: one of `LAWS`.
        observed: curves, or finished runs for chinchilla.
        resamples: of the bootstrap; the intervals are NaN at 0.
        seed: of the bootstrap.

    Raises:
        InputError: the law is unknown, or what is given does not suit it.
    """
    problem = problem_of(law, observed)
    every = np.arange(sum(map(len, problem.losses)))
    ends = [_minimum(problem, np.log(start), "linear", every) for start in LAWS[law].starts]
    best = _minimum(problem, min(ends, key=lambda end: float(end.cost)).x, "huber", every).x  # logarithms
    streams = [stream(seed, "fit", law, "bootstrap", i) for i in range(resamples)]
    drawn = [_minimum(problem, best, "huber", _resample(problem, random)).x for random in streams]
    interval = np.quantile(drawn, [0.025, 0.975], axis=0) if drawn else np.full((2, len(best)), np.nan)
    predicted = problem.predict(np.exp(best))
    errors = np.concatenate(predicted) - np.concatenate(problem.losses)
    runs = [_residuals(*row) for row in zip(problem.names, problem.losses, predicted, strict=True)]
    values, low, high = (
        dict(zip(LAWS[law].constants, np.exp(logs).tolist(), strict=True)) for logs in (best, *interval)
    )
    rmse = float(np.sqrt(np.mean(errors**2)))
    return Fit(law, values, low, high, tuple(runs), len(errors), rmse, _method(law, resamples))


def _minimum(problem: Problem, start: np.ndarray, loss: str, places: np.ndarray) -> Any:
    """scipy's solution, in logarithms of the constants, for the points at these places of all runs in a row.

    All curves weigh the same, however many points they have.
    """
    from scipy.optimize import least_squares  # noqa: PLC0415 - a third of a second, for fits only

    count = np.mean([len(seen) for seen in problem.losses])
    weights = np.concatenate([np.full(len(seen), np.sqrt(count / len(seen))) for seen in problem.losses])
    observed = np.log(np.concatenate(problem.losses))

    def residuals(logs: np.ndarray) -> np.ndarray:
        predicted = np.concatenate(problem.predict(np.exp(logs)))  # a step may try a law below 0
        return np.asarray((weights * (np.log(np.maximum(predicted, 1e-3)) - observed))[places])

    low, high = np.log(LAWS[problem.law].low), np.log(LAWS[problem.law].high)
    inside = np.clip(start, low + 1e-6, high - 1e-6)
    return least_squares(
        residuals, inside, bounds=(low, high), loss=loss, f_scale=HUBER, ftol=PRECISION, max_nfev=MOST_STEPS
    )


def _resample(problem: Problem, random: np.random.Generator) -> np.ndarray:
    """Places of points drawn with replacement: blocks of each curve, or single finished runs."""
    start, drawn = 0, []
    for seen in problem.losses:
        count = len(seen) if problem.law == "chinchilla" else min(BLOCKS, len(seen))
        blocks = np.array_split(np.arange(start, start + len(seen)), count)
        drawn += [blocks[i] for i in random.integers(count, size=count)]
        start += len(seen)
    return np.concatenate(drawn)


def _residuals(name: str, observed: np.ndarray, predicted: np.ndarray) -> Residuals:
    error = predicted - observed
    most = error[np.argmax(np.abs(error))]
    return Residuals(name, len(error), float(np.sqrt(np.mean(error**2))), float(error[-1]), float(most))


def _json(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _method(law: str, resamples: int) -> str:
    finished = law == "chinchilla"
    drawn = "runs" if finished else f"blocks of points, {BLOCKS} to a curve"
    return (
        f"least squares of ln loss from {len(LAWS[law].starts)} starts, then Huber's loss with delta {HUBER:g}"
        f"{'' if finished else ', every curve of equal weight'}; "
        + (f"95 % intervals from {resamples} bootstrap samples of {drawn}" if resamples else "no intervals")
    )


def describe(document: dict[str, Any]) -> str:
    """The constants with their intervals, and how the law does on what it has seen and what it has not."""
    fitted = document["fitted"]
    count = f"{len(fitted)} curve{'s' * (len(fitted) != 1)}" if document["law"] != "chinchilla" else fitted[0]["name"]
    tables: list[list[tuple[str, ...]]] = [[("constant", "value", "95 % interval")]]
    for name, found in document["constants"].items():
        interval = "-" if found["low"] is None else f"{found['low']:.4g} to {found['high']:.4g}"
        tables[0].append((name, f"{found['value']:.4g}", interval))
    for title, runs in (("fitted to", fitted), ("not seen by the fit", document["predicted"])):
        if runs:
            tables.append([(title, "points", "rmse", "last", "largest")])
        for run in runs:
            errors = f"{run['rmse']:.4f}", f"{run['last']:+.4f}", f"{run['most']:+.4f}"
            tables[-1].append((run["name"], str(run["points"]), *errors))
    lines = [
        f"{document['law']} law: {document['points']} points of {count}, rmse {document['rmse']:.4f} nats",
        document["method"],
    ]
    for table in tables:
        widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
        lines += ["", *("  ".join(map(str.ljust, row, widths)).rstrip() for row in table)]
    return "\n".join(lines)
