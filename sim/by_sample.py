"""Lanes whose rules compare sample by sample: SN9's pairs until October 2024, and SN29's champions."""

from dataclasses import replace

from policies.arrays import Array, namespace
from sim.lanes import Columns
from sim.mechanism.judge import Verdict
from sim.mechanism.per_sample import sample_wins
from sim.mechanism.sn29 import sample_champions
from sim.mechanism.win_rate import softmax


def judge_samples(
    found: Verdict,
    losses: Array,
    block: Array,
    epsilon: Array,
    present: Array,
    columns: Columns,
    advantage: Array = None,
) -> Verdict:
    """The verdict with wins, rates and weights replaced in the columns whose rules compare samples.

    Args:
        found: the verdict on average losses, arrays `[slots, columns]`.
        losses: `[samples, slots, columns]`; inf in empty slots.
        block, epsilon, present: as for `judge`, `[slots, columns]`.
        columns: the lanes times worlds, with their rules.
        advantage: of pairs of models, where it depends on who challenges; champions have one against all.
    """
    xp = namespace(found.rate)
    won, rate, weights = (xp.asarray(a, copy=True) for a in (found.wins, found.rate, found.weights))
    pairs, champions = columns.where(wins="per-sample"), columns.where(wins="sample-champion")
    advantage = epsilon if advantage is None else advantage
    if len(pairs):
        there = present[:, pairs] & found.competitive[:, pairs]
        won[:, pairs], rate[:, pairs] = sample_wins(losses[:, :, pairs], block[:, pairs], advantage[..., pairs], there)
        weights[:, pairs] = softmax(rate[:, pairs], columns.temperature[pairs], present[:, pairs])
    if len(champions):
        points = sample_champions(
            losses[:, :, champions], block[:, champions], epsilon[:, champions], columns.skew[champions]
        )
        won[:, champions], rate[:, champions] = points.wins, points.rate
        weights[:, champions] = xp.astype(points.weights, weights.dtype)
    return replace(found, wins=won, rate=rate, weights=weights)
