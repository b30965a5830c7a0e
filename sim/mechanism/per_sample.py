"""Verdicts sample by sample: SN9's pairs on every batch, as in 2023-24, and SN29's champions."""

from typing import Any

import numpy as np

from sim.compiler import allocating
from sim.mechanism.judge import beats, softmax
from sim.mechanism.rules import PER_SAMPLE, SAMPLE_CHAMPION
from sim.mechanism.sn29 import sample_champions


@allocating
def sample_wins(pool: np.ndarray, losses: np.ndarray, against: np.ndarray, paired: bool) -> None:
    """Fills `wins` over all competitive opponents and batches, and `rate`, their share of all matches.

    SN9 v4.4.0, 721efa7. The rate is 0 where there was no match.

    Args:
        pool, against, paired: as in `judge`.
        losses: float64 `[batches, models]`.
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
def judge_samples(pool: np.ndarray, losses: np.ndarray, against: np.ndarray, paired: bool, rules: Any) -> None:
    """Replaces `wins`, `rate` and `weight` of a judged pool where its rules compare sample by sample.

    Args:
        pool, against, paired: as in `judge`; champions have one advantage against all.
        losses: float64 `[samples, models]`.
        rules: a record of `RULES`; read are `wins`, `temperature` and `skew`.
    """
    if rules.wins == PER_SAMPLE:
        sample_wins(pool, losses, against, paired)
        softmax(pool, rules.temperature)
    elif rules.wins == SAMPLE_CHAMPION:
        sample_champions(pool, losses, rules.skew)


def blend(main: np.ndarray, experiment: np.ndarray, share: float = 0.123) -> np.ndarray:
    """The 7B* experiment's step weights, float32 (SN9 v4.1.0, d017f7b): of two verdicts, so there are two first places.

    Args:
        main, experiment: the same pool with the `weight` of either epsilon.
        share: of the experiment.
    """
    mixed: np.ndarray = main["weight"] * np.float32(1 - share) + experiment["weight"] * np.float32(share)
    return mixed
