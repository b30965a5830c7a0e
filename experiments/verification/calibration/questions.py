"""The statistics that are computed from the logs and from simulated worlds alike."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from experiments.verification.calibration import statistics as st
from experiments.verification.calibration.logs import Evaluations
from experiments.verification.calibration.pairs import LEAST_STEPS, Pair, distinct, pairs

Columns = Callable[[Evaluations], np.ndarray]


@dataclass(frozen=True)
class Question:
    """A statistic of evaluations, logged or simulated.

    Attributes:
        name: the statistic, with its unit.
        of: which model, pair or group it is of.
        statistic: how it is computed.
        columns: takes its numbers from evaluations, `[steps, columns]`; booleans for a share of steps.
        fitted: whether a parameter of the noise was fitted to it, so that agreement says little.
    """

    name: str
    of: str
    statistic: st.Statistic
    columns: Columns
    fitted: bool = False


def of_steps(logged: Evaluations) -> list[Question]:
    """The questions to the long log."""
    first = f"uid {logged.models[0]}"
    unrelated = [pair for pair in known_pairs(logged) if pair.kind == "unrelated"]
    asked = [
        Question("sd of the step mean, nats", f"uid {logged.models[model]}", st.spread, level(model), fitted=True)
        for model in distinct(logged.loss)
    ]
    asked += [
        Question("autocorrelation of the step mean", first, st.correlation, neighbours(level(0))),
        Question("skewness of the step mean", first, st.skewness, level(0), fitted=True),
        Question("sd of the difference, nats", "exact copies", st.spread, difference(*_copies(logged))),
        Question("sd of the difference, nats", "unrelated", st.spread, difference(*unrelated), fitted=True),
    ]
    for pair in known_pairs(logged):
        asked += _of_pair(logged, pair, fitted=pair.kind == "near") + _of_shape(logged, pair)
    return asked + _of_samples(logged, fitted=True)


def of_history(logged: Evaluations) -> list[Question]:
    """The questions to the short log; its 16 steps are too few for shapes of distributions."""
    return [question for pair in known_pairs(logged) for question in _of_pair(logged, pair)] + _of_samples(logged)[:1]


def level(model: int) -> Columns:
    """A model's mean losses."""
    return lambda seen: seen.loss[:, [model]]


def difference(*chosen: Pair) -> Columns:
    """The worse model's loss less the better one's, a column per pair."""
    worse, better = [pair.worse for pair in chosen], [pair.better for pair in chosen]
    return lambda seen: seen.loss[:, worse] - seen.loss[:, better]


def against_level(pair: Pair) -> Columns:
    """The difference, and the mean of both models' losses."""
    both = [pair.worse, pair.better]
    return lambda seen: np.stack([difference(pair)(seen)[:, 0], seen.loss[:, both].mean(axis=1)], axis=-1)


def neighbours(columns: Columns) -> Columns:
    """The first of some columns at a step and at the next step; the bootstrap then resamples pairs of steps."""

    def shifted(seen: Evaluations) -> np.ndarray:
        values = columns(seen)[:, 0]
        return np.stack([values[:-1], values[1:]], axis=-1)

    return shifted


def extremes(columns: Columns) -> Columns:
    """Whether the first of some columns is more than three sds from its mean."""

    def beyond(seen: Evaluations) -> np.ndarray:
        values = columns(seen)[:, :1]
        return np.asarray(np.abs(values - values.mean()) > 3 * values.std())

    return beyond


def known_pairs(logged: Evaluations) -> list[Pair]:
    """The pairs of different models with enough common steps; the first of several copies stands for all."""
    there = distinct(logged.loss) if len(logged.loss) >= LEAST_STEPS else []
    return [pair for pair in pairs(logged.loss) if {pair.better, pair.worse} <= set(there)]


def _copies(logged: Evaluations) -> list[Pair]:
    return [pair for pair in pairs(logged.loss) if pair.kind == "copy"]


def _of_pair(logged: Evaluations, pair: Pair, fitted: bool = False) -> list[Question]:
    of, both = _name(logged, pair), [pair.better, pair.worse]
    return [
        Question("sd of the difference, nats", of, st.spread, difference(pair), fitted),
        Question("1 - correlation of the step means", of, st.decorrelation, lambda seen: seen.loss[:, both]),
        Question("share of steps won by the better", of, st.mean, lambda seen: difference(pair)(seen) > 0),
    ]


def _of_shape(logged: Evaluations, pair: Pair) -> list[Question]:
    of = _name(logged, pair)
    return [
        Question("autocorrelation of the difference", of, st.correlation, neighbours(difference(pair))),
        Question("excess kurtosis of the difference", of, st.kurtosis, difference(pair), fitted=True),
        Question("share of steps beyond 3 sd", of, st.mean, extremes(difference(pair))),
        Question("slope of the difference over the step mean", of, st.slope, against_level(pair)),
    ]


def _of_samples(logged: Evaluations, fitted: bool = False) -> list[Question]:
    def best(model: int) -> Columns:
        return lambda seen: seen.best[:, [model]]

    among = ", ".join(logged.models[model] for model in distinct(logged.loss))
    return [
        Question("share of samples won", f"uid {logged.models[model]} among {among}", st.mean, best(model), fitted)
        for model in distinct(logged.loss)
    ]


def _name(logged: Evaluations, pair: Pair) -> str:
    return f"uid {logged.models[pair.better]} and {logged.models[pair.worse]}, {pair.kind}"
