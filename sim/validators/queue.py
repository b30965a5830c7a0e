"""What waits for a validator: commitments not yet old enough or without a place, and dropped models worth a retry."""

from math import nan

import numpy as np

from sim.compiler import compiled, inner
from sim.mechanism.keep import order_models, worth_retrying
from sim.models import Models
from sim.validators.history import advantage, kinship
from sim.validators.validator import Validator


@compiled
def enqueue(validator: Validator, committed: Models, new: np.ndarray, count: int) -> None:
    """Let the first `count` commitments among `new`, (miner, column) each, wait: by block, then by miner.

    A miner's commitment that waits already is replaced.
    """
    for number in range(count):
        miner, c = new[number, 0], new[number, 1]
        line, block, left = validator.waiting[c], committed.facts[c, miner].block, 0
        for place in range(validator.state[c].waits):
            if line[place] != miner:
                line[left] = line[place]
                left += 1
        validator.state[c].waits = left + 1
        while left > 0:
            before = committed.facts[c, line[left - 1]].block
            if before < block or (before == block and line[left - 1] < miner):
                break
            line[left] = line[left - 1]
            left -= 1
        line[left] = miner


@inner
def admit(
    validator: Validator, c: int, oldest: float, limit: int, committed: Models, admitted: np.ndarray
) -> tuple[int, int]:
    """Let in what is of block `oldest` or earlier and finds one of `limit` places, in the order of blocks.

    `admitted` gets the miners that were let in: first those that take a new place, then those whose place is there
    already, because their old model is in the keep-set.

    Returns:
        How many were let in, and how many of them take a new place.
    """
    line, kept, state = validator.waiting[c], validator.kept[c], validator.state[c]
    new, again, left = 0, 0, 0
    for place in range(state.waits):
        miner = line[place]
        due = committed.facts[c, miner].block <= oldest
        seated = False
        if due:
            for seat in range(state.keeps):
                seated = seated or kept[seat] == miner
        if due and (seated or state.keeps + new < limit):
            if seated:
                again += 1
                admitted[len(admitted) - again] = miner
            else:
                admitted[new] = miner
                new += 1
        else:
            line[left] = miner
            left += 1
    state.waits = left
    last = len(admitted) - 1
    for place in range(again // 2):  # they were written from the end on
        other = last - again + 1 + place
        admitted[last - place], admitted[other] = admitted[other], admitted[last - place]
    for place in range(again):
        admitted[new + place] = admitted[last - again + 1 + place]
    return new + again, new


@inner
def give_up(validator: Validator, c: int, miner: int) -> None:
    """What is known of a dropped model counts no more."""
    if validator.dropped[c, miner].hopeful:
        validator.dropped[c, miner].hopeful = False
        validator.state[c].hopes -= 1


@inner
def retry(validator: Validator, c: int, now: int, lanes: np.ndarray, found: np.ndarray) -> int:
    """Find dropped models that would now beat the winner of their own last evaluation, not today's.

    `found` gets the miners, in their order, int `[miners]`; returned is how many there are.
    """
    state, count = validator.state[c], 0
    if state.hopes == 0:
        return count
    for miner in range(validator.dropped.shape[1]):
        past = validator.dropped[c, miner]
        if past.hopeful:
            alike = kinship(validator.models, c, past.winner, miner) if lanes[c].pairs else nan
            age = now - past.winner_block
            bar = advantage(lanes, validator, c, past.winner, float(now), age, alike)
            if worth_retrying(past.score, past.winner_score, bar):
                past.hopeful = False
                state.hopes -= 1
                found[count] = miner
                count += 1
    state.retries += count
    return count


@inner
def settle(validator: Validator, c: int, pool: np.ndarray, lost: bool, keep: int, least: float) -> None:
    """End column c's step: keep the first `keep` models, and remember of the others what the retry rule needs.

    Nothing follows from a step that is lost, and everything is kept. `pool` are the judged models, records of `SEAT`,
    and `least` is the lowest advantage that there can ever be.
    """
    state, size, order, means = validator.state[c], len(pool), validator.work.order, validator.work.means
    best, winner = -1.0, 0
    for seat in range(size):
        means[seat] = validator.average[c, pool[seat].uid]
        if pool[seat].competitive and pool[seat].rate > best:
            best, winner = pool[seat].rate, seat
    order_models(pool, means, order, validator.work.key, validator.work.by_loss)
    keeps = size if lost else min(keep, size)
    for place in range(size):
        seat = order[place]
        if place < keeps:
            validator.kept[c, place] = pool[seat].uid
            continue
        score, bar = pool[seat].score, pool[winner].score
        past = validator.dropped[c, pool[seat].uid]
        # beyond the fully decayed bar no age will ever help, so such a model need not be looked at again
        hopeful = not score > bar and score < bar * (1 - least)
        state.hopes += int(hopeful) - int(past.hopeful)
        past.hopeful, past.score, past.winner_score = hopeful, score, bar
        past.winner_block, past.winner = pool[winner].block, pool[winner].uid
    state.keeps = keeps
