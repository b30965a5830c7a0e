"""Whether a miner moves to the data of an announced switch now or waits, by the pay that it expects in its lane."""

from math import erfc, inf, log, log1p, sqrt
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.compiler import inner
from sim.data.data import Migration
from sim.data.exposure import judged, train_on
from sim.models import copy
from sim.validators.history import advantage

if TYPE_CHECKING:
    from sim.miners.looks import Agenda
    from sim.miners.miners import People
    from sim.miners.sight import King
    from sim.validators.validator import Validator


@inner
def set_of(migration: Migration, moved: np.ndarray, c: int, w: int, m: int, block: float) -> int:
    """Place in `SETS` of what a miner trains on at a block; `moved` are the blocks of its moves, see `People`."""
    found = migration.start[w, m]
    for switch in range(len(migration.targets)):
        if moved[switch, c, m] <= block:
            found = migration.targets[switch]
    return int(found)


@inner
def coming_mixture(migration: Migration, moved: np.ndarray, c: int, m: int, block: float) -> int:
    """The phase whose mixture a miner has moved for though it is not judged on yet; -1 if there is none."""
    for switch in range(len(migration.targets) - 1, -1, -1):
        if moved[switch, c, m] <= block < migration.blocks[switch]:
            return switch + 1
    return -1


@inner
def heard_switch(migration: Migration, moved: np.ndarray, c: int, w: int, m: int, block: float) -> int:
    """The last switch that a miner has heard of and has not moved for, nor for a later one; -1 if there is none."""
    for switch in range(len(migration.targets) - 1, -1, -1):
        if moved[switch, c, m] < inf:
            return -1
        if migration.moves[switch, w, m] <= block:
            return switch
    return -1


@inner
def win_chance(
    people: "People", which: int, set_number: int, tokens: float, weights: np.ndarray, loss: float, king: float,
    learnt: float, bar: float, sd: float,
) -> float:  # fmt: skip
    """The chance that a miner's model is measured better than the king's by more than a bar, after some more training.

    Args:
        people: the training mix is the one in `migration.space[which]`, which is changed in place.
        set_number, tokens: the data that are trained on until then.
        weights: data weights of the mixture that is judged then.
        loss, king: nats; the model's by the law of progress, and the king's on that mixture.
        learnt: log loss gained by training until then, the data apart.
        bar, sd: log loss; of a measured gain.
    """
    migration = people.migration
    mix = migration.space[which]
    train_on(mix, set_number, max(tokens, 0.0), migration.memory)
    gain = log(king / judged(loss, mix, weights)) + learnt
    return 0.5 * erfc((bar - gain) / (sd * sqrt(2.0)))


@inner
def days_as_king(
    people: "People", agenda: "Agenda", k: int, c: int, w: int, loss: float, king: "King", validator: "Validator",
    lanes: np.ndarray, effort: float, switch: int, moves: bool,
) -> float:  # fmt: skip
    """Days as king that a miner expects until `horizon_days` after a switch, if it moves now, or if it does not.

    A miner that does not move before the switch moves when it comes; one that does not move after it, stays.
    """
    m, block, migration, view = agenda.miner[k], agenda.block[k], people.migration, people.seen[0]
    now = set_of(migration, people.moved, c, w, m, block)
    rate = people.persons[w, m, people.miners[c, m].course].tokens * effort
    pause, half = migration.pause / BLOCKS_PER_DAY, 0.5 * migration.horizon
    days = max(migration.blocks[switch] - block, 0.0) / BLOCKS_PER_DAY
    sd = max(sqrt(view.doubt * view.doubt + view.noise * view.noise), 1e-12)
    king_loss, king_mix = validator.models.facts[c, king.place].loss, validator.models.training_mix[c, king.place]
    copy(migration.space[0], people.training_mix[c, m])
    copy(migration.space[1], people.training_mix[c, m])
    first, lost, expected = migration.targets[switch] if moves else now, pause if moves else 0.0, 0.0

    if days > 0.0:  # on what is judged until the switch
        phase = 0
        for place in range(len(migration.blocks)):
            phase += int(migration.blocks[place] <= block)
        weights, useful = migration.mixtures[phase], max(0.5 * days - lost, 0.0)
        rival, learnt = judged(king_loss, king_mix, weights), view.pace * useful
        chance = win_chance(people, 0, first, rate * useful, weights, loss, rival, learnt, view.bar, sd)
        expected += days * chance

    weights, useful, age = migration.mixtures[switch + 1], max(days - lost, 0.0), days * BLOCKS_PER_DAY
    rival, learnt = judged(king_loss, king_mix, weights), view.pace * useful
    bar = -log1p(-advantage(lanes, validator, c, king.place, block + age, view.age + age, view.alike))
    early = win_chance(people, 1, first, rate * useful, weights, loss, rival, learnt, bar, sd)

    waits = days > 0.0 and not moves
    then = migration.targets[switch] if waits else first
    useful = half - (pause if waits else max(lost - days, 0.0))
    learnt, age = learnt + view.pace * useful, age + half * BLOCKS_PER_DAY
    bar = -log1p(-advantage(lanes, validator, c, king.place, block + age, view.age + age, view.alike))
    late = win_chance(people, 1, then, rate * useful, weights, loss, rival, learnt, bar, sd)
    return float(expected + migration.horizon * 0.5 * (early + late))


@inner
def decide_move(
    people: "People", agenda: "Agenda", k: int, c: int, w: int, loss: float, king: "King", validator: "Validator",
    lanes: np.ndarray, effort: float, pay: float,
) -> None:  # fmt: skip
    """Let a miner move to the data of a switch that it has heard of, where that pays more than not to move now.

    Expected pay is `pay`, the mean of an active miner in USD per day, times the days as king that it expects: the
    chance that its model then beats the present king's by the lane's bar, on the mixture that is judged then. The
    king's model, its training mix and the schedule are public.
    """
    m, block, migration = agenda.miner[k], agenda.block[k], people.migration
    switch = heard_switch(migration, people.moved, c, w, m, block)
    if switch < 0:
        return
    if set_of(migration, people.moved, c, w, m, block) == migration.targets[switch]:
        people.moved[switch, c, m] = block
        return
    moving = days_as_king(people, agenda, k, c, w, loss, king, validator, lanes, effort, switch, True)
    waiting = days_as_king(people, agenda, k, c, w, loss, king, validator, lanes, effort, switch, False)
    cost = 0.0 if migration.blocks[switch] > block else migration.usd  # a miner that waits for the switch pays it then
    if pay * (moving - waiting) > cost:
        people.moved[switch, c, m] = block


def no_moves(migration: Migration, width: int) -> np.ndarray:
    """Blocks of moves before any, inf `[switches, columns, miners]`; empty where moves do not respond to pay."""
    switches, _, miners = migration.moves.shape
    return np.full((switches, width if migration.respond else 0, miners), np.inf)
