"""One evaluation of a pool: losses in, step weights out. Everything the validator's step does before its averages."""

from dataclasses import dataclass

from policies.arrays import Array, namespace
from sim.mechanism.competitive import competitive
from sim.mechanism.pair import beats
from sim.mechanism.win_rate import softmax, win_rate, winner_shares, wins


@dataclass(frozen=True)
class Verdict:
    """What a step found, arrays `[models, *lanes]` unless said otherwise.

    Attributes:
        competitive: models that took part in the pair comparison.
        wins, rate: wins among them and as a share of matches; 0 outside.
        weights: step weights, float32.
        lost: `[*lanes]`, true where nobody was competitive: the original raises there and the step is lost (P2, P4).
    """

    competitive: Array
    wins: Array
    rate: Array
    weights: Array
    lost: Array


def judge(
    score: Array,
    block: Array,
    epsilon: Array,
    floor: Array,
    *,
    temperature: Array = 0.01,
    present: Array | None = None,
    filtered: Array = True,
    winner_takes_all: Array = False,
    alone: Array = 1.0,
) -> Verdict:
    """Filter, pair comparison, win rate and step weights of one pool.

    Args:
        score, block, epsilon: loss, commit block and current advantage, `[models, *lanes]`; the advantage may be one
            against each other model, as in `beats`.
        floor: advantage after full decay, as in `competitive`.
        temperature: of the softmax, a number or `[*lanes]`.
        present: bool `[models, *lanes]`: which slots hold a model.
        filtered: whether the competitive filter applies, a bool or `[*lanes]` (no before v4.5.3, and no in SN37).
        winner_takes_all: SN37's step weights in place of the softmax, a bool or `[*lanes]`.
        alone: win rate of a model without opponents, a number or `[*lanes]`.
    """
    xp = namespace(score)
    among = xp.ones_like(score, dtype=xp.bool) if present is None else present
    if xp.any(xp.asarray(filtered)):
        among = xp.where(xp.asarray(filtered), competitive(score, block, floor, present), among)
    won = wins(beats(score, block, epsilon), among)
    rate = win_rate(won, among, alone)
    if score.shape[0] == 0:
        return Verdict(among, won, rate, xp.astype(rate, xp.float32), xp.ones(score.shape[1:], dtype=xp.bool))
    weights = softmax(rate, temperature, present)
    if xp.any(xp.asarray(winner_takes_all)):
        weights = xp.where(xp.asarray(winner_takes_all), winner_shares(rate, present), weights)
    return Verdict(among, won, rate, weights, ~xp.any(among, axis=0))
