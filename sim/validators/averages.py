"""A validator's moving averages, the weights and the king that follow, and what several validators agree on."""

import numpy as np

from sim.compiler import allocating, inner
from sim.mechanism.dethrone import heaviest
from sim.mechanism.rules import AVERAGE, POOL
from sim.mechanism.tracker import chain_weights, record_step
from sim.validators.validator import Validator


@inner
def publish(validator: Validator, c: int) -> None:
    """Set the weights of column c's last step on chain."""
    state = validator.state[c]
    if state.changed:
        for place in range(state.earners):  # the others have no weight, and had none
            uid = validator.earners[c, place]
            validator.weights[c, uid] = validator.coming[c, uid]
            validator.miners[c, uid].share = validator.coming[c, uid]
        state.king, state.changed = state.coming_king, False


@inner
def list_earners(earners: np.ndarray, count: int, average: np.ndarray, pool: np.ndarray, whole: bool) -> int:
    """List the miners that have an average or a model in a pool, in their order; all miners, if it is to be `whole`.

    `earners` has the list of the step before, int `[miners]`, of which the first `count` count, and gets the new one;
    returned is how many there are.
    """
    if whole:
        for uid in range(len(earners)):
            earners[uid] = uid
        return len(earners)
    left = 0
    for place in range(count):
        if average[earners[place]] != 0.0:
            earners[left] = earners[place]
            left += 1
    for seat in pool:
        at = left
        while at > 0 and earners[at - 1] > seat.uid:
            at -= 1
        if at == 0 or earners[at - 1] != seat.uid:
            for place in range(left, at, -1):
                earners[place] = earners[place - 1]
            earners[at] = seat.uid
            left += 1
    return left


@inner
def take_average(validator: Validator, c: int, pool: np.ndarray, lanes: np.ndarray) -> None:
    """Take the verdict on a pool into column c's moving averages, and let weights and king follow.

    The validators' vectors are of all miners. The few that are not 0 are gathered, in the order of miners, so that sums
    are the same to the bit; a threshold and rules by samples may make more of them than numbers, and take all.
    """
    state, rules, work = validator.state[c], lanes[c].rules, validator.work
    average, coming = validator.average[c], validator.coming[c]
    whole = rules.threshold > 0.0 or rules.wins != AVERAGE
    state.earners = list_earners(validator.earners[c], state.earners, average, pool, whole)
    earners, mean, step, weights = validator.earners[c], work.means, work.step, work.weights
    king, reigning = state.coming_king, -1
    for place in range(state.earners):
        uid = earners[place]
        mean[place] = average[uid]
        step[place] = coming[uid] if rules.holds else 0.0
        if uid == king:
            reigning = place
    for seat in pool:
        place = 0
        while earners[place] != seat.uid:
            place += 1
        step[place] = seat.weight
    size = state.earners
    record_step(mean[:size], state.averaged, step[:size], rules.alpha)
    state.averaged = True
    chain_weights(mean[:size], rules.threshold, weights[:size])
    for place in range(size):
        average[earners[place]], coming[earners[place]] = mean[place], weights[place]
    if rules.semantics == POOL:
        best = heaviest(weights[:size], reigning)
        if best >= 0:
            state.coming_king = earners[best]
    state.changed = True


@allocating
def agree(every: np.ndarray, weights: np.ndarray, kings: np.ndarray) -> None:
    """Shares of emission from the weights of validators with equal stakes, and the king by them.

    Of each miner, a validator's weight counts up to the largest one that at least half of the stake gives (Yuma
    consensus with kappa 0.5); what is left is normalised.

    Args:
        every: float32 `[validators, columns, miners]`.
        weights: gets the shares, float32 `[columns, miners]`.
        kings: gets the kings, int `[columns]`; a reigning one stays on a tie.
    """
    count = every.shape[0]
    ranked = np.empty(count, np.float32)
    for c in range(weights.shape[0]):
        whole = 0.0
        for m in range(weights.shape[1]):
            for v in range(count):
                ranked[v] = every[v, c, m]
            ranked.sort()
            supported = ranked[count // 2]
            weights[c, m] = 0.0
            for v in range(count):
                weights[c, m] += min(every[v, c, m], supported)
            whole += weights[c, m]
        if whole > 0.0:
            for m in range(weights.shape[1]):
                weights[c, m] = weights[c, m] / np.float32(whole)
        kings[c] = heaviest(weights[c], kings[c])
