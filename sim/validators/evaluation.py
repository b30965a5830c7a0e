"""Measuring and judging a pool of models, by a validator and by a second one that looks too."""

from math import inf, isfinite, nan

import numpy as np

from sim.compiler import allocating, compiled, inlined, inner
from sim.data.exposure import judged
from sim.mechanism.dethrone import crown_by_pair
from sim.mechanism.judge import judge
from sim.mechanism.rules import AVERAGE, POOL, RUNNING_BEST
from sim.mechanism.samples import judge_samples
from sim.validators.history import advantage, kinship
from sim.validators.noise import Window
from sim.validators.validator import Validator


@inlined
def measure(
    validator: Validator, c: int, uid: int, lanes: np.ndarray, window: Window, data_weights: np.ndarray
) -> float:  # fmt: skip
    """A model's measured loss, without what all models of the step share; a copy has its noise from its original."""
    w = lanes[c].world
    if len(window.observed) > 0:
        return float(window.observed[uid])
    model = validator.models.facts[c, uid]
    own = window.own[w, model.twin]
    if model.rough != 0.0:
        own += model.rough * window.own[w, uid]
    score = judged(model.loss, validator.models.training_mix[c, uid], data_weights)
    return float(score + (own + window.family[w, model.family]) * lanes[c].noise)


@inner
def fill_pool(
    validator: Validator, pool: np.ndarray, c: int, now: int, lanes: np.ndarray, window: Window,
    data_weights: np.ndarray,
) -> None:  # fmt: skip
    """Measure the models of a pool at block `now`, and ask the policy of column c for their advantages.

    The models are records of `SEAT` whose `uid` is known. The validator's `against` and `floors` are filled where the
    policy looks at pairs; its `work.plain` gets the measurements without what all models share.
    """
    lane, models, plain = lanes[c], validator.models, validator.work.plain
    w = lane.world
    for place in range(len(pool)):
        seat = pool[place]
        plain[place] = measure(validator, c, seat.uid, lanes, window, data_weights)
        seat.present = True
        seat.score = plain[place] * window.scale[w] + window.common[w] * lane.noise
        seat.block = models.facts[c, seat.uid].block if isfinite(seat.score) else inf
        seat.epsilon = advantage(lanes, validator, c, seat.uid, float(now), now - seat.block, nan)
        seat.floor = lane.floor
        if lane.reads:
            seat.floor = advantage(lanes, validator, c, seat.uid, float(now), inf, nan)
    if lane.pairs:
        for i in range(len(pool)):
            for j in range(len(pool)):
                uid, age = pool[i].uid, now - pool[i].block
                alike = kinship(models, c, uid, pool[j].uid)
                validator.against[i, j] = advantage(lanes, validator, c, uid, float(now), age, alike)
                validator.floors[i, j] = advantage(lanes, validator, c, uid, float(now), inf, alike)


@allocating
def judge_by_samples(validator: Validator, pool: np.ndarray, c: int, lanes: np.ndarray, window: Window) -> None:
    """The verdict on a measured pool where rules compare sample by sample."""
    w, samples = lanes[c].world, len(window.own_samples)
    losses = np.empty((max(samples, 1), len(pool)))
    for place in range(len(pool)):
        uid = pool[place].uid
        model = validator.models.facts[c, uid]
        losses[0, place] = pool[place].score  # a validator's log has means only: one sample
        for sample in range(samples):
            own = window.own_samples[sample, w, model.twin]
            if model.rough != 0.0:
                own += model.rough * window.own_samples[sample, w, uid]
            losses[sample, place] = pool[place].score + (own + window.family_samples[sample, w, model.family])
    judge_samples(pool, losses, validator.against, lanes[c].pairs, lanes[c].rules)


@inner
def judge_pool(
    validator: Validator, pool: np.ndarray, c: int, lanes: np.ndarray, window: Window, king: int
) -> tuple[bool, int]:
    """The verdict on a measured pool: whether the step is lost, and the king where rules crown by pairs."""
    lane = lanes[c]
    lost = judge(pool, validator.against, validator.floors, lane.pairs, lane.rules)
    if lane.rules.wins != AVERAGE:
        judge_by_samples(validator, pool, c, lanes, window)
    if lane.rules.semantics != POOL:
        place = crown_by_pair(pool, validator.against, lane.pairs, king, lane.rules.semantics == RUNNING_BEST)
        lost = place < 0
        king = king if lost else pool[place].uid
    return lost, king


@compiled
def count_disagreements(
    validator: Validator, now: int, lanes: np.ndarray, window: Window, data_weights: np.ndarray, kings: np.ndarray,
    pool: np.ndarray, looks: np.ndarray,
) -> None:  # fmt: skip
    """Let a second validator, with the noise `window`, judge the models of the first one's last step, and compare.

    `kings` are the reigning miners, int `[columns]`; `pool` is work space, `[miners]` of `SEAT`; `looks` counts looks
    and disagreements, int `[2, columns]`.
    """
    for c in range(len(lanes)):
        state, first = validator.state[c], validator.pools[c]
        if not state.begun or state.lost:
            continue
        for place in range(state.models):
            pool[place].uid = first[place].uid
        fill_pool(validator, pool[: state.models], c, now, lanes, window, data_weights)
        lost, _ = judge_pool(validator, pool[: state.models], c, lanes, window, kings[c])
        if lost:
            continue
        mine, theirs = 0, 0
        for place in range(state.models):
            if first[place].weight > first[mine].weight:
                mine = place
            if pool[place].weight > pool[theirs].weight:
                theirs = place
        looks[0, c] += 1
        looks[1, c] += mine != theirs
