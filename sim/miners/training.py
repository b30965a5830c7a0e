"""Training: what an interval between two looks brings, and what it costs."""

from typing import TYPE_CHECKING

from policies.arrays import Array
from sim.clock import BLOCKS_PER_DAY
from sim.data import Data
from sim.data.exposure import mixed
from sim.mechanism.sums import ordered_sum
from sim.miners.awake import Awake

if TYPE_CHECKING:
    from sim.miners.miners import Miners


def train(miners: "Miners", who: Awake) -> None:
    """Bring positions, books and diets up to date for those who look up."""
    xp, at, courses, books = miners.place.xp, who.at, miners.courses, miners.books
    training, data = miners.training[at], miners.scenario.data
    if data is not None:  # new data are fetched and tuned for instead of trained on
        pause = data.moving.move_days * BLOCKS_PER_DAY
        training = training & _moved(miners, who, pause, False)
    work = courses.work(who.rows, who.look, miners.spread)
    before = miners.position[at]
    miners.position[at] = xp.where(training, courses.advance(before, work, who.rows), before)
    days = miners.place.array(who.days)
    books.spent[at] = books.spent[at] + xp.where(training, miners.usd[at] * days, 0.0)
    books.gpu_days = books.gpu_days + ordered_sum(xp.where(training, miners.gpus[at] * days, 0.0))
    for number in range(len(courses.courses)):
        mine = miners.place.array((courses.kind[who.rows] == number)[:, None])
        miners.worked[number] = miners.worked[number] + ordered_sum(xp.where(training & mine, work, 0.0))
    if data is not None:
        _eat(miners, data, who, training)


def _eat(miners: "Miners", data: Data, who: Awake, training: Array) -> None:
    """Training moves what a model has learnt from towards what the miner trains on now; a move costs money."""
    place, at, books = miners.place, who.at, miners.books
    rate = place.array(miners.hardware.tokens[who.rows][:, miners.spread] * who.days)
    target = place.array(miners.habits.set_at(who.now)[who.rows][:, miners.spread])
    miners.diet[:, at] = mixed(miners.diet[:, at], target, place.xp.where(training, rate, 0.0), data.memory)
    moved = _moved(miners, who, miners.looks.every, True)
    books.spent[at] = books.spent[at] + place.choose(moved & miners.active[at], data.moving.move_usd, 0.0)


def _moved(miners: "Miners", who: Awake, blocks: float, what: bool) -> Array:
    """Who has moved to other data in the last blocks (`what`), or who has not."""
    moved = miners.habits.moves_between(who.now - blocks, who.now)[who.rows][:, miners.spread]
    return miners.place.array(moved == what)
