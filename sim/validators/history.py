"""Public history: crowns and measurements that every validator can recompute, for policies that read them."""

from math import inf, isfinite, isnan, log, nan

import numpy as np

from sim import alarm
from sim.alarm import warn
from sim.clock import BLOCKS_PER_DAY
from sim.compiler import inlined, inner
from sim.compiler.pointers import call_epsilon, call_learn
from sim.models import Models, similarity
from sim.validators.validator import History, Validator


@inner
def standard_error(history: History, twin: int, near: bool, loss: float) -> float:
    """Standard error of a paired comparison with a model, as a share of its measured loss."""
    if len(history.errors) > 0:
        return float(history.errors[twin, 0] / loss + history.errors[twin, 1])
    return float((history.kin if near else history.stranger) / loss)


@inlined
def advantage(
    lanes: np.ndarray, validator: Validator, c: int, m: int, now: float, age: float, alike: float
) -> float:  # fmt: skip
    """The advantage of miner m's model in column c at block `now`.

    `age` are blocks since the commitment; inf asks for what is left after full decay, if nothing else changes. `alike`
    is how much of the model the challenger was built on; NaN where it is no challenger in particular.
    """
    lane, history, models = lanes[c], validator.history, validator.models
    young = age if age > 0.0 else 0.0
    if not lane.reads:
        found = call_epsilon(lane.epsilon, lane.policy, young, young, 0.0, inf, nan, nan, nan, nan, 0.0)
    else:
        crown, loss = history.crowns[c, m], history.measured[c, m]
        if not isfinite(loss):  # a validator's log says inf where a model could not be evaluated
            loss = nan
        since = now - crown.crowned if isfinite(crown.crowned) and isfinite(age) else age
        king = history.thrones[c].king
        king = king if king >= 0 else models.facts.shape[1] - 1
        near = models.facts[c, m].family == models.facts[c, king].family
        error = standard_error(history, models.facts[c, m].twin, near, loss) * lane.noise
        found = call_epsilon(
            lane.epsilon, lane.policy, young, since, crown.gain, crown.gap, loss, error, now, alike,
            float(models.facts[c, m].option),
        )  # fmt: skip
    if isnan(found):
        warn(history.alarm, alarm.EPSILON, c, m, now, 0, age)
    return float(found)


@inner
def kinship(models: Models, c: int, older: int, newer: int) -> float:
    """How much of one miner's model another's was built on."""
    mine, theirs = models.facts[c, older], models.facts[c, newer]
    return float(similarity(mine.family, models.line[c, older], theirs.family, models.line[c, newer]))


@inner
def forget(history: History, c: int, m: int) -> None:
    """The miner has a new model, which was never crowned."""
    crown = history.crowns[c, m]
    crown.crowned, crown.gain, crown.gap = inf, 0.0, inf


@inner
def remember(lanes: np.ndarray, validator: Validator, c: int, now: int, king: int) -> None:
    """Take in what column c's last evaluation brought, and let its policy learn from it.

    It is a crown, too, where a king has replaced its model by one that measures better; `king` is -1 before the first.
    """
    history, models, state = validator.history, validator.models, validator.state[c]
    throne, measured = history.thrones[c], history.measured[c]
    crown, gain, gap, loss = False, 0.0, inf, nan
    if king >= 0:
        loss, block = measured[king], models.facts[c, king].block
        own = king == throne.king and block != throne.block and loss < throne.score
        crown = king != throne.king or own
        known = isfinite(loss)
        if crown:
            before = measured[throne.king] if throne.king >= 0 else nan
            if own or isnan(before):  # of the same data where it was evaluated too; a replaced model is gone
                before = throne.score
            if known and isfinite(before):
                gain = log(before / loss)
            if isfinite(throne.last):
                gap = (now - throne.last) / BLOCKS_PER_DAY
            mark = history.crowns[c, king]
            mark.crowned, mark.gain, mark.gap = float(now), gain, gap
            throne.last = float(now)
        throne.king = king
        if known:
            throne.score, throne.block = loss, block
    if state.begun and lanes[c].learn != 0:
        best = -inf
        for seat in validator.pools[c, : state.models]:
            if seat.uid != king:
                rival = log(loss / measured[seat.uid])
                if isfinite(rival) and rival > best:
                    best = rival
        failed = call_learn(
            lanes[c].learn, lanes[c].policy, float(now), 1.0 if crown else 0.0, gain, gap, loss, best,
            standard_error(history, models.facts[c, king].twin, True, loss) * lanes[c].noise,
        )  # fmt: skip
        if failed != 0:
            warn(history.alarm, alarm.LEARN, c, king, float(now), 0, nan)
