"""Which models are evaluated again: the keep-set of the next step, and dropped models that are worth a retry."""

import numpy as np

from sim.compiler import allocating, compiled, inner

NOTICED = 0.001
"""A moving average from here on gives its model priority over all win rates."""


@allocating
def keep_order(pool: np.ndarray, average: np.ndarray, order: np.ndarray) -> None:
    """Fills `order` as `order_models` does."""
    order_models(pool, average, order, np.empty(len(pool)), np.empty(len(pool), dtype=np.int64))


@inner
def order_models(
    pool: np.ndarray, average: np.ndarray, order: np.ndarray, key: np.ndarray, by_loss: np.ndarray
) -> None:
    """The order in which models are kept: the first `sample_min` of it are the keep-set.

    Competitive models come by falling priority (1 + the moving average where that is `NOTICED`, else the win rate),
    then all others by rising loss, as the original's two calls of `sorted` give them; seats without a model come last.

    Args:
        pool: the judged seats.
        average: each seat's owner's moving average, float32 `[models]`.
        order: filled with places from the first to keep to the last, int64 `[models]`.
        key, by_loss: work space, float64 and int64 of at least that length.
    """
    size, members, seated = len(pool), 0, 0
    for i in range(size):
        if pool[i].present:
            by_loss[seated] = i
            seated += 1
            if pool[i].competitive:
                order[members] = i
                members += 1
                wide = np.float64(average[i])
                key[i] = -(1 + wide) if wide >= NOTICED else -pool[i].rate
    sort(order[:members], key)
    for i in range(size):
        key[i] = pool[i].score
    sort(by_loss[:seated], key)
    at = members
    for place in by_loss[:seated]:
        if not pool[place].competitive:
            order[at] = place
            at += 1
    for i in range(size):
        if not pool[i].present:
            order[at] = i
            at += 1


@compiled
def sort(places: np.ndarray, key: np.ndarray) -> None:
    """Sorts places by rising key, in place and stable, and by the same comparisons as CPython's `sorted` up to 3.12.

    A NaN is in no order, so the result for a list that holds one depends on which places are compared. Below 64 places
    that is the original's answer too: the run that the list begins with, and then binary insertion (`count_run` and
    `binarysort` of listobject.c). From 64 on CPython merges runs, which is the same wherever no key is NaN.
    """
    size = len(places)
    run = min(size, 1)
    falling = size > 1 and key[places[1]] < key[places[0]]
    while run < size and (key[places[run]] < key[places[run - 1]]) == falling:
        run += 1
    if falling:
        for i in range(run // 2):
            places[i], places[run - 1 - i] = places[run - 1 - i], places[i]
    for end in range(run, size):
        place, left, right = places[end], 0, end
        while left < right:
            middle = left + (right - left) // 2
            if key[place] < key[places[middle]]:
                right = middle
            else:
                left = middle + 1
        for i in range(end, left, -1):
            places[i] = places[i - 1]
        places[left] = place


@compiled
def worth_retrying(score: float, winner_score: float, epsilon: float) -> bool:
    """Whether a dropped model would now beat the winner of its own last evaluation, not today's winner.

    Args:
        score: the model's own last loss that was not inf.
        winner_score: the loss of that evaluation's winner.
        epsilon: the winner's advantage at its age now.

    Returns:
        Whether the model was no worse, and the decayed advantage no longer saves the winner.
    """
    return not score > winner_score and score < winner_score * (1 - epsilon)
