"""What a miner sees when it looks: its column's king, and the view that its strategy decides by."""

from math import inf, isfinite, log, log1p, nan
from typing import Any, NamedTuple

import numpy as np

from sim.compiler import inlined
from sim.compiler.pointers import call_three
from sim.data.exposure import judged
from sim.miners.looks import Agenda
from sim.miners.miners import People
from sim.models import similarity
from sim.validators.history import advantage
from sim.validators.validator import Validator


class Terms(NamedTuple):
    """Numbers of a scenario that miners live by; see `Scenario`, `Economy`, `NoiseLevel` and `Validation`.

    `doubt` is the sd of a miner's own evaluation over that of a validator's; `own` the sd of a model's own noise, nats.
    """

    usd_per_day: float
    registration_usd: float
    kin: float
    stranger: float
    doubt: float
    own: float
    seed_sd: float
    copy_penalty: float
    copy_noise: float
    public_blocks: float
    commit_blocks: float
    wake_blocks: float
    step_blocks: float


class King(NamedTuple):
    """What holds for a column's king while miners look at it; without a king, for the place that is empty."""

    miner: int  #: the reigning miner, -1 before the first
    place: int  #: of its model among the models
    score: float  #: true loss of its model on the mixture that is judged now
    crowned: float  #: the block since which it reigns
    error: float  #: standard error of a paired comparison with it, as a share of its loss
    lowest_bar: float  #: the gain that a challenger will need in the end; NaN where that depends on history


@inlined
def king_of(
    c: int, miner: int, validator: Validator, lanes: np.ndarray, sums: Any, data_weights: np.ndarray, terms: Terms
) -> King:  # fmt: skip
    """What the miners of a column see of its king."""
    models, history, lane = validator.models, validator.history, lanes[c]
    empty = models.facts.shape[1] - 1
    place = miner if miner >= 0 else empty
    facts, score, error, bar = models.facts[c, place], 1.0, nan, nan
    if miner >= 0:
        score = judged(facts.loss, models.training_mix[c, place], data_weights)
    if lane.reads:  # history is the first validator's, whose king may differ from the one that all weights make
        reigning = history.thrones[c].king
        reigning = reigning if reigning >= 0 else empty
        kin = facts.family == models.facts[c, reigning].family
        error = (terms.kin if kin else terms.stranger) / history.measured[c, place] * lane.noise
    else:
        bar = -log1p(-lane.floor)
    return King(miner, place, score, sums.crowned, error, bar)


@inlined
def fill_view(
    people: People, agenda: Agenda, k: int, c: int, w: int, loss: float, score: float, king: King, terms: Terms,
    validator: Validator, lanes: np.ndarray, rivals: float,
) -> None:  # fmt: skip
    """Fill in the view of a miner; `rivals` is the log loss per day by which the king's loss falls, as all see it."""
    m, block, view, history = agenda.miner[k], agenda.block[k], people.seen[0], validator.history
    mine, lane, there = people.miners[c, m], lanes[c], king.miner >= 0
    person = people.persons[w, m, mine.course]
    model, measured, reads = validator.models.facts[c, king.place], history.measured[c, king.place], lane.reads
    view.noise = (terms.kin if mine.family == model.family else terms.stranger) / king.score
    view.doubt = view.noise * terms.doubt
    view.noise *= lane.noise
    luck = terms.seed_sd * agenda.luck[k, w]
    view.gain = log(king.score / score) + luck + view.doubt * agenda.doubt[k, w] if there else inf
    view.live, view.live_gain, view.live_age = False, -inf, inf
    if isfinite(mine.live_block):
        view.live, view.live_gain, view.live_age = True, nan, block - mine.live_block
        if not mine.pending:
            view.live_gain = log(measured / mine.measured)
    view.age = block - model.block if there else 0.0
    view.reign = block - king.crowned if there else 0.0
    view.king = there and m == king.miner
    alike = nan
    if lane.pairs:
        alike = similarity(model.family, validator.models.line[c, king.place], mine.family, people.line[c, m])
    view.epsilon, view.floor, view.bar, view.lowest_bar = 0.0, 0.0, 0.0, 0.0
    if there:
        view.epsilon = advantage(lanes, validator, c, king.place, block, view.age, alike)
        view.floor, view.lowest_bar = lane.floor, king.lowest_bar
        if reads:
            view.floor = advantage(lanes, validator, c, king.place, block, inf, alike)
            view.lowest_bar = -log1p(-view.floor)
        view.bar = -log1p(-view.epsilon)
    view.pace = call_three(person.pace, person.course, mine.position, loss, person.rate)
    view.rivals = rivals
    view.share = mine.share
    view.value, view.cost, view.fee = terms.usd_per_day, person.usd, terms.registration_usd
    view.balance = mine.emission * terms.usd_per_day - mine.spent
    view.active, view.draw = mine.active, agenda.draw[k, w]
    view.seed_sd, view.idle = terms.seed_sd, terms.wake_blocks
    view.there, view.epsilon_at, view.policy_at, view.reads = there, lane.epsilon, lane.policy, reads
    view.king_age, view.now, view.alike = view.age, block, alike
    if reads:
        crown = history.crowns[c, king.place]
        view.crowned, view.crown_gain, view.crown_gap = crown.crowned, crown.gain, crown.gap
        view.king_loss, view.king_error, view.option = measured, king.error, model.option
