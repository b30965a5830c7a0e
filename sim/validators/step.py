"""A validator's step: let models in, measure and judge them, average; one column after the other."""

from math import nan
from typing import NamedTuple

import numpy as np

from sim.clock import BLOCK_SECONDS
from sim.compiler import compiled, inlined, inner
from sim.models import Models, take
from sim.validators.averages import publish, take_average
from sim.validators.evaluation import fill_pool, judge_pool
from sim.validators.history import forget
from sim.validators.noise import Window
from sim.validators.queue import admit, give_up, retry, settle
from sim.validators.validator import Validator


class Timing(NamedTuple):
    """The numbers of `Validation` that a step needs; see there. `instant`: steps take no time."""

    queue: int
    load_seconds: float
    model_seconds: float
    limit_blocks: float
    competitions: int
    instant: bool


@inner
def let_in(
    validator: Validator, c: int, oldest: float, limit: int, committed: Models, admitted: np.ndarray, total: int
) -> tuple[int, int]:
    """Let commitments of block `oldest` or earlier into column c's pool, behind those that are kept.

    Returns:
        The size of the pool, and `total` with the number of those that were let in.
    """
    state, some, pool, size = validator.state[c], validator.work.found, validator.pools[c], validator.state[c].keeps
    for place in range(size):
        pool[place].uid = validator.kept[c, place]
    if state.waits > 0:
        count, new = admit(validator, c, oldest, limit, committed, some)
        for place in range(count):
            miner = some[place]
            take(validator.models, committed, c, miner, miner)
            give_up(validator, c, miner)
            validator.history.measured[c, miner] = nan
            validator.miners[c, miner].measured = nan
            validator.miners[c, miner].pending = False
            forget(validator.history, c, miner)
            admitted[total, 0], admitted[total, 1] = miner, c
            total += 1
            if place < new:
                pool[size].uid = miner
                size += 1
    return size, total


@inlined
def evaluate(
    validator: Validator, c: int, now: int, size: int, lanes: np.ndarray, window: Window, data_weights: np.ndarray,
    timing: Timing,
) -> None:  # fmt: skip
    """Evaluate the first `size` models of column c's pool at block `now`; arguments as in `validate`."""
    state, lane, pool, work = validator.state[c], lanes[c], validator.pools[c, :size], validator.work
    due = state.turn % timing.competitions == 0
    state.turn += 1
    state.begun, state.models = due, size
    if not due:  # another competition's turn, with the same work in it
        state.seconds = timing.load_seconds + timing.model_seconds * lane.rules.keep
        state.busy = now + min(state.seconds / BLOCK_SECONDS, timing.limit_blocks)
        for place in range(size):  # its models wait for their turn
            validator.kept[c, place] = pool[place].uid
        state.keeps = size
        return
    fill_pool(validator, pool, c, now, lanes, window, data_weights)
    lost, king = judge_pool(validator, pool, c, lanes, window, state.coming_king)
    effort = 0.0
    for place in range(size):
        uid = pool[place].uid
        validator.history.measured[c, uid] = validator.miners[c, uid].measured = work.plain[place]
        effort += validator.effort[validator.models.facts[c, uid].twin]
    state.seconds = timing.load_seconds + timing.model_seconds * effort
    late = state.seconds > timing.limit_blocks * BLOCK_SECONDS
    state.busy = now + (timing.limit_blocks if late else state.seconds / BLOCK_SECONDS)
    state.lost = lost or late
    state.timeouts += late
    state.losses += state.lost
    state.evaluations += size
    if not late and king != state.coming_king:
        state.coming_king, state.changed = king, True
    if not state.lost:
        take_average(validator, c, pool, lanes)
    settle(validator, c, pool, state.lost, lane.rules.keep, lane.least)


@compiled
def validate(
    validator: Validator, now: int, retries: bool, lanes: np.ndarray, committed: Models, window: Window,
    data_weights: np.ndarray, timing: Timing, admitted: np.ndarray,
) -> int:  # fmt: skip
    """What a validator does at block `now` in every column: a finished step is published, and the next one begins.

    `retries` says whether dropped models are looked at again; `lanes` are records of `COLUMN`, `committed` the miners'
    newest commitments, and `data_weights` those of the mixture that is judged now, as in `Judging`. `admitted` gets
    (miner, column) of commitments that were let in, int `[some, 2]`, with place for all; returned is how many.
    """
    total = 0
    for c in range(len(lanes)):
        state, lane = validator.state[c], lanes[c]
        state.begun = False
        if state.busy > now:
            continue
        publish(validator, c)
        size, total = let_in(validator, c, float(now - lane.rules.delay), timing.queue, committed, admitted, total)
        state.retried = size
        if retries:
            again = validator.work.found
            for place in range(retry(validator, c, now, lanes, again)):
                validator.pools[c, size].uid = again[place]
                size += 1
        if size > 0:
            evaluate(validator, c, now, size, lanes, window, data_weights, timing)
        if timing.instant:
            publish(validator, c)
    return total
