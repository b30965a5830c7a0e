"""Three meanings of "king"; a result must say which one it used.

`king`          a challenger is compared with the reigning king alone (delta-exceedance records)
`running-best`  a king must beat every earlier model by the margin (delta-records)
`pool`          the real thing: filter, win rates, softmax and moving average; the king is the model that weighs most

Only seats that are present and have a finite loss count here. `pool`, `against` and `paired` are as in `judge`.
"""

import math

import numpy as np

from sim.compiler import allocating
from sim.mechanism.judge import win_rates, wins_pair
from sim.mechanism.keep import sort

NOBODY = -1
"""The king's place or uid where there is none."""


@allocating
def counts(pool: np.ndarray, i: int) -> bool:
    """Whether seat i holds a model with a finite loss."""
    return bool(pool[i].present) and math.isfinite(pool[i].score)


@allocating
def oldest_first(pool: np.ndarray) -> np.ndarray:
    """Places by rising block; those of one block in the order of the pool."""
    order, block = np.arange(len(pool)), np.empty(len(pool))
    for place in range(len(pool)):
        block[place] = pool[place].block
    sort(order, block)
    return order


@allocating
def against_king(pool: np.ndarray, against: np.ndarray, paired: bool, reigning: int) -> int:
    """The king's place after every newer model of the pool has challenged it by rising block; -1 where no model counts.

    `reigning` is the king's place before, -1 where it is not in the pool; then the oldest model is king. Only models
    committed after the king challenge it: an older one that would beat it by its own advantage has had its turn.
    (Without this the crown would go round in the circles of the pair rule.)
    """
    king = reigning
    for challenger in oldest_first(pool):
        if not counts(pool, challenger):
            continue
        newer = king >= 0 and pool[challenger].block > pool[king].block
        if king < 0 or (newer and wins_pair(pool, against, paired, challenger, king)):
            king = challenger
    return king


@allocating
def running_best(pool: np.ndarray, against: np.ndarray, paired: bool) -> int:
    """The place of the newest model that beats all that came before it or with it; -1 where there is none."""
    king = NOBODY
    for i in range(len(pool)):
        if counts(pool, i) and (king < 0 or pool[i].block > pool[king].block):
            record = True
            for j in range(len(pool)):
                earlier = j != i and pool[j].block <= pool[i].block and counts(pool, j)
                if earlier and not wins_pair(pool, against, paired, i, j):
                    record = False
                    break
            if record:
                king = i
    return king


@allocating
def crown_by_pair(pool: np.ndarray, against: np.ndarray, paired: bool, reigning_uid: int, by_record: bool) -> int:
    """Crowns by `running-best` (`by_record`) or by `king`, and rewrites the verdict: only the new king is competitive.

    So the king is always kept, all weight goes to it, and the rest of the keep-set are the lowest losses. Fills
    `competitive`, `wins`, `rate` and `weight`.

    Returns:
        The new king's place; -1 where there is none, and the step is lost.
    """
    king: int = NOBODY
    if by_record:
        king = running_best(pool, against, paired)
    else:
        reigning = NOBODY
        for i in range(len(pool)):
            if reigning < 0 and pool[i].uid == reigning_uid and counts(pool, i):
                reigning = i
        king = against_king(pool, against, paired, reigning)
    for i in range(len(pool)):
        pool[i].competitive = counts(pool, i)
    win_rates(pool, against, paired, 1, 0.0)  # for the wins among all that count; the rates are replaced
    for i in range(len(pool)):
        pool[i].competitive, pool[i].rate, pool[i].weight = i == king, i == king, i == king
    return king


@allocating
def heaviest(weights: np.ndarray, reigning: int) -> int:
    """The uid with the most weight; the reigning one (-1: none) stays on a tie, and where all are 0 or one is NaN."""
    best = 0
    for uid in range(len(weights)):
        if math.isnan(weights[uid]):
            return reigning
        if weights[uid] > weights[best]:
            best = uid
    if len(weights) == 0 or not weights[best] > 0:
        return reigning
    if reigning >= 0 and not weights[reigning] < weights[best]:
        return reigning
    return best
