"""Verdicts sample by sample: SN9's pairs on every batch, as in 2023-24, and SN29's (coldint's) champions.

SN29 gives one point per sample, and its advantage decays to nothing with a half-life of a week.
"""

import math
from typing import Any

import numpy as np

from sim.compiler import allocating
from sim.mechanism.dethrone import oldest_first
from sim.mechanism.judge import beats, softmax
from sim.mechanism.rules import PER_SAMPLE, SAMPLE_CHAMPION


@allocating
def sample_wins(pool: np.ndarray, losses: np.ndarray, against: np.ndarray, paired: bool) -> None:
    """Fills `wins` over all competitive opponents and batches, and `rate`, their share of all matches.

    SN9 v4.4.0, 721efa7. The rate is 0 where there was no match. `losses` are float64 `[batches, models]`.
    """
    members = 0
    for i in range(len(pool)):
        members += pool[i].competitive
    matches = len(losses) * (members - 1)
    for i in range(len(pool)):
        won = 0
        if pool[i].competitive:
            for j in range(len(pool)):
                if pool[j].competitive:
                    epsilon_i, epsilon_j = pool[i].epsilon, pool[j].epsilon
                    if paired:
                        epsilon_i, epsilon_j = against[i, j], against[j, i]
                    for batch in range(len(losses)):
                        won += beats(
                            losses[batch, i], pool[i].block, epsilon_i, losses[batch, j], pool[j].block, epsilon_j
                        )
        pool[i].wins = won
        pool[i].rate = won / matches if matches > 0 else 0.0


@allocating
def points(pool: np.ndarray, losses: np.ndarray, advantaged: bool) -> np.ndarray:
    """Samples won by each model, int64 `[models]`.

    Each sample is one point. From the oldest model to the newest, a model takes it if its loss is below the bar: the
    loss of the model that has the point, times `1 - epsilon` of that model (times 1 if not `advantaged`).

    Args:
        losses: sum losses, float64 `[samples, models]`; NaN on a sample compares as false, and counts as the lowest
            where there is no advantage.
    """
    won, order = np.zeros(len(pool), dtype=np.int64), oldest_first(pool)
    for sample in range(len(losses)):
        champion, bar = -1, 0.0
        for place in order:
            loss = losses[sample, place]
            if not advantaged and math.isnan(loss):
                loss = -np.inf
            if pool[place].present and (champion < 0 or loss < bar):
                champion, bar = place, loss * (1.0 - pool[place].epsilon if advantaged else 1.0)
        if champion >= 0:
            won[champion] += 1
    return won


@allocating
def skewed(rate: np.ndarray, skew: float) -> np.ndarray:
    """Weights, float64: win rates to this power, normalised."""
    raised, total = np.empty(len(rate)), 0.0
    for i in range(len(rate)):
        raised[i] = math.pow(rate[i], skew)
        total += raised[i]
    for i in range(len(rate)):
        raised[i] = raised[i] / total
    return raised


@allocating
def sample_champions(pool: np.ndarray, losses: np.ndarray, skew: float) -> None:
    """Fills `wins` with points, `rate` with their share of samples, and `weight` with that to the power `skew`."""
    won = points(pool, losses, True)
    rate = np.empty(len(pool))
    for i in range(len(pool)):
        rate[i] = won[i] / len(losses)
    weights = skewed(rate, skew)
    for i in range(len(pool)):
        pool[i].wins, pool[i].rate, pool[i].weight = won[i], rate[i], weights[i]


@allocating
def judge_samples(pool: np.ndarray, losses: np.ndarray, against: np.ndarray, paired: bool, rules: Any) -> None:
    """Replaces `wins`, `rate` and `weight` of a judged pool where its rules compare sample by sample; see `judge`.

    `losses` are float64 `[samples, models]`. Champions have one advantage against all: `against` is not read.
    """
    if rules.wins == PER_SAMPLE:
        sample_wins(pool, losses, against, paired)
        softmax(pool, rules.temperature)
    elif rules.wins == SAMPLE_CHAMPION:
        sample_champions(pool, losses, rules.skew)
