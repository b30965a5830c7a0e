"""One evaluation of a pool: losses in, step weights out. Everything the validator's step does before its averages.

Every function works on one lane's pool, see `sim.mechanism.pool`, and fills seats in place. `against[i, j]` and
`floors[i, j]` are the advantages of model i over challenger j now and after full decay; they are read only where
`paired` is True. Otherwise a seat's own `epsilon` and `floor` hold for every challenger.
"""

import math
from typing import Any

import numpy as np

from sim.compiler import compiled

ABSENT = np.float32(-3e38)
"""The softmax's exponent of a seat that holds no model: finite, so that an empty pool gives no NaN."""


@compiled
def beats(score_i: float, block_i: float, epsilon_i: float, score_j: float, block_j: float, epsilon_j: float) -> bool:
    """Whether model i beats model j: the strictly earlier one's loss counts `1 - epsilon` times, and only less wins.

    Equal adjusted losses and NaN never win; models of the same block compare raw losses. SN9: `iswin`,
    pretrain/validation.py at 42328de.
    """
    if block_i < block_j:
        score_i = (1 - epsilon_i) * score_i
    elif block_j < block_i:
        score_j = (1 - epsilon_j) * score_j
    return score_i < score_j


@compiled
def wins_pair(pool: np.ndarray, against: np.ndarray, paired: bool, i: int, j: int) -> bool:
    """Whether seat i's model beats seat j's, by the advantages that hold between them."""
    epsilon_i, epsilon_j = pool[i].epsilon, pool[j].epsilon
    if paired:
        epsilon_i, epsilon_j = against[i, j], against[j, i]
    return bool(beats(pool[i].score, pool[i].block, epsilon_i, pool[j].score, pool[j].block, epsilon_j))


@compiled
def passes(pool: np.ndarray, floors: np.ndarray, paired: bool, i: int) -> bool:
    """Whether seat i's model beats every other of its block or earlier after that one's full decay.

    A NaN loss stops every later model; two models of one block can stop each other. SN9 since v4.5.3, 2024-10-15.
    """
    for j in range(len(pool)):
        if j != i and pool[j].present and pool[j].block <= pool[i].block:
            floor = floors[j, i] if paired else pool[j].floor
            if not pool[i].score < (1 - floor) * pool[j].score:
                return False
    return True


@compiled
def competitive(pool: np.ndarray, floors: np.ndarray, paired: bool, filtered: bool) -> int:
    """Fills `competitive`, by the filter or, without it, for every model there is; returns how many are."""
    count = 0
    for i in range(len(pool)):
        pool[i].competitive = pool[i].present and (not filtered or passes(pool, floors, paired, i))
        count += pool[i].competitive
    return count


@compiled
def win_rates(pool: np.ndarray, against: np.ndarray, paired: bool, members: int, alone: float) -> None:
    """Fills `wins` and `rate`; a model without opponents has the rate `alone` (0 before v4.5.3)."""
    for i in range(len(pool)):
        pool[i].wins, pool[i].rate = 0, 0.0
        if pool[i].competitive:
            won = 0
            for j in range(len(pool)):
                if pool[j].competitive and wins_pair(pool, against, paired, i, j):
                    won += 1
            pool[i].wins = won
            pool[i].rate = won / (members - 1) if members > 1 else alone


@compiled
def softmax(pool: np.ndarray, temperature: float) -> None:
    """Fills `weight` from `rate`: float32, over all evaluated models, filtered ones included with a win rate of 0."""
    heat, top = np.float32(temperature), np.float32(-np.inf)
    for i in range(len(pool)):
        scaled = np.float32(pool[i].rate) / heat if pool[i].present else ABSENT
        pool[i].weight = scaled
        if scaled > top or math.isnan(scaled):
            top = scaled
    total = 0.0
    for i in range(len(pool)):
        # exp is float64's: its last bit differs between libraries, and rounded to float32 they all agree
        pool[i].weight = np.float32(math.exp(np.float64(pool[i].weight - top)))
        total += np.float64(pool[i].weight)
    for i in range(len(pool)):
        pool[i].weight = pool[i].weight / np.float32(total)


@compiled
def winner_shares(pool: np.ndarray) -> None:
    """Fills `weight` from `rate` as SN37 does: everything to the highest win rate, equal shares on a tie."""
    best, tied = -np.inf, 0
    for i in range(len(pool)):
        rate = pool[i].rate if pool[i].present else -1.0
        if rate > best:
            best, tied = rate, 0
        tied += rate == best
    for i in range(len(pool)):
        rate = pool[i].rate if pool[i].present else -1.0
        pool[i].weight = np.float32(1) / np.float32(tied) if rate == best else 0


@compiled
def judge(pool: np.ndarray, against: np.ndarray, floors: np.ndarray, paired: bool, rules: Any) -> bool:
    """Filter, pair comparison, win rates and step weights of one pool.

    Args:
        pool: the seats; `competitive`, `wins`, `rate` and `weight` are filled.
        against, floors, paired: advantages between pairs, see the module; `EACH_HAS_ONE` where there are none.
        rules: a record of `RULES`; read are `temperature`, `filtered`, `winner_takes_all` and `alone`.

    Returns:
        Whether the step is lost, because no model was competitive: the original raises there.
    """
    members = competitive(pool, floors, paired, rules.filtered)
    win_rates(pool, against, paired, members, rules.alone)
    if rules.winner_takes_all:
        winner_shares(pool)
    else:
        softmax(pool, rules.temperature)
    return bool(members == 0)
