"""Laws fitted to curves or finished runs, with intervals, and what they say of curves that they have not seen."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from experiments.curves.problems import law_of, method, names, problem, resampled, solved
from experiments.curves.reading import Finished, Observed

RESAMPLES = 200


@dataclass(frozen=True)
class Residuals:
    """How far a law is from a run: predicted minus observed, nats.

    Attributes:
        name: the run.
        points: how many.
        rmse: root of their mean square.
        last: at the last point.
        most: the largest by size.
    """

    name: str
    points: int
    rmse: float
    last: float
    most: float


@dataclass(frozen=True)
class Fit:
    """A fitted law.

    Attributes:
        law: its name.
        values, low, high: the constants and their 95 % interval, by name.
        runs: how it fits what it was fitted to.
        points: number of losses.
        rmse: over all points, nats.
        method: how constants and intervals were found, for people.
    """

    law: str
    values: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]
    runs: tuple[Residuals, ...]
    points: int
    rmse: float
    method: str

    def residuals_of(self, unseen: Observed | Finished) -> Residuals:
        """How the law does on what it was not fitted to."""
        law = law_of(self.law, tuple(self.values.values()))
        if isinstance(unseen, Finished):
            predicted = law.loss(unseen.parameters, unseen.tokens)
        else:
            predicted = law.loss(unseen.rates, unseen.at)
        return _residuals(unseen.name, unseen.loss, predicted)

    def document(self, unseen: Sequence[Observed | Finished] = ()) -> dict[str, Any]:
        """All of it as JSON would have it; intervals are null where none were made."""
        constants = {
            name: {"value": value, "low": _finite(self.low[name]), "high": _finite(self.high[name])}
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
    """Fit a law.

    Args:
        law: one of `LAWS`.
        observed: curves, or finished runs for chinchilla.
        resamples: of the bootstrap; the intervals are NaN at 0.
        seed: of the bootstrap.

    Raises:
        InputError: the law is unknown, or what is given does not suit it.
    """
    at_hand = problem(law, observed)
    best = solved(at_hand)
    drawn = resampled(at_hand, best, resamples, seed)
    ends = np.quantile(drawn, [0.025, 0.975], axis=0) if resamples else np.full((2, len(best)), np.nan)
    predicted = at_hand.predict(np.exp(best))
    errors = np.concatenate(predicted) - np.concatenate(at_hand.loss)
    found = [_residuals(*row) for row in zip(at_hand.runs, at_hand.loss, predicted, strict=True)]
    values, low, high = (dict(zip(names(law), np.exp(logs).tolist(), strict=True)) for logs in (best, *ends))
    rmse = float(np.sqrt(np.mean(errors**2)))
    return Fit(law, values, low, high, tuple(found), len(errors), rmse, method(at_hand, resamples))


def _residuals(name: str, seen: np.ndarray, said: np.ndarray) -> Residuals:
    error = said - seen
    most = error[np.argmax(np.abs(error))]
    return Residuals(name, len(error), float(np.sqrt(np.mean(error**2))), float(error[-1]), float(most))


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def describe(document: dict[str, Any]) -> str:
    """The constants with their intervals, and how the law does on what it has seen and what it has not."""
    fitted, predicted = document["fitted"], document["predicted"]
    count = f"{len(fitted)} curve{'s' * (len(fitted) != 1)}" if document["law"] != "chinchilla" else fitted[0]["name"]
    lines = [
        f"{document['law']} law: {document['points']} points of {count}, rmse {document['rmse']:.4f} nats",
        document["method"],
        "",
        *_columns([("constant", "value", "95 % interval"), *map(_constant, document["constants"].items())]),
        "",
        *_columns([("fitted to", "points", "rmse", "last", "largest"), *map(_run, fitted)]),
    ]
    if predicted:
        lines += ["", *_columns([("not seen by the fit", "points", "rmse", "last", "largest"), *map(_run, predicted)])]
    return "\n".join(lines)


def _constant(item: tuple[str, dict[str, Any]]) -> tuple[str, ...]:
    name, found = item
    interval = "-" if found["low"] is None else f"{found['low']:.4g} to {found['high']:.4g}"
    return name, f"{found['value']:.4g}", interval


def _run(found: dict[str, Any]) -> tuple[str, ...]:
    return (
        found["name"], str(found["points"]), f"{found['rmse']:.4f}", f"{found['last']:+.4f}", f"{found['most']:+.4f}"
    )  # fmt: skip


def _columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    rows = list(rows)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
