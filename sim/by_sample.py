"""Lanes whose rules compare sample by sample: SN9's pairs until October 2024, and SN29's champions."""

from dataclasses import replace
from typing import TYPE_CHECKING

from policies.arrays import Array, namespace
from sim.lanes import Columns
from sim.mechanism.judge import Verdict
from sim.mechanism.per_sample import sample_wins
from sim.mechanism.sn29 import sample_champions
from sim.mechanism.win_rate import softmax

if TYPE_CHECKING:
    from sim.evaluation import Bench


def judge_samples(found: Verdict, losses: Array, bench: "Bench", columns: Columns) -> Verdict:
    """The verdict with wins, rates and weights replaced in the columns whose rules compare samples.

    Args:
        found: the verdict on average losses, arrays `[slots, columns]`.
        losses: `[samples, slots, columns]`; inf in empty slots.
        bench: the models; champions have one advantage against all.
        columns: the lanes times worlds, with their rules.
    """
    xp = namespace(found.rate)
    won, rate, weights = (xp.asarray(a, copy=True) for a in (found.wins, found.rate, found.weights))
    pairs, champions = columns.where(wins="per-sample"), columns.where(wins="sample-champion")
    block = bench.block
    if len(pairs):
        there, advantage = bench.present[:, pairs], bench.advantage[..., pairs]
        won[:, pairs], rate[:, pairs] = sample_wins(
            losses[:, :, pairs], block[:, pairs], advantage, there & found.competitive[:, pairs]
        )
        weights[:, pairs] = softmax(rate[:, pairs], columns.temperature[pairs], there)
    if len(champions):
        points = sample_champions(
            losses[:, :, champions], block[:, champions], bench.epsilon[:, champions], columns.skew[champions]
        )
        won[:, champions], rate[:, champions] = points.wins, points.rate
        weights[:, champions] = xp.astype(points.weights, weights.dtype)
    return replace(found, wins=won, rate=rate, weights=weights)
