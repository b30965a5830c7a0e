"""A validator: queue, measure, judge, average; one step of one column after the other."""

from math import inf, isfinite, nan
from typing import NamedTuple

import numpy as np

from sim.clock import BLOCK_SECONDS
from sim.compiler import allocating, compiled, inlined, inner
from sim.data.exposure import judged
from sim.history import History, advantage, forget, kinship
from sim.lanes import Columns
from sim.mechanism.dethrone import crown_by_pair, heaviest
from sim.mechanism.judge import judge
from sim.mechanism.pool import SEAT
from sim.mechanism.rules import AVERAGE, POOL, RUNNING_BEST
from sim.mechanism.samples import judge_samples
from sim.mechanism.tracker import chain_weights, record_step
from sim.models import Models, no_models, take
from sim.noise import Draws
from sim.queue import Queue, Work, admit, empty_queue, give_up, retry, settle, work_space
from sim.scenario import USUAL_SIZE, Validation

NOBODY = -1
"""The king before there is one."""

DESK = np.dtype(
    [
        ("king", "i8"),
        ("coming_king", "i8"),
        ("busy", "f8"),
        ("turn", "i8"),
        ("begun", "b1"),
        ("averaged", "b1"),
        ("changed", "b1"),
        ("lost", "b1"),
        ("earners", "i8"),
        ("models", "i8"),
        ("retried", "i8"),
        ("seconds", "f8"),
        ("evaluations", "i8"),
        ("losses", "i8"),
        ("timeouts", "i8"),
    ],
    align=True,
)
"""A validator's state in a column.

- king, coming_king: by the weights that are set, and by those of the present step; -1 before the first.
- busy: block until which the present step lasts.
- turn: steps so far, of all competitions.
- begun, models, retried, lost, seconds: of the last step: whether it evaluated anything, how many models, from which
  place on they are retries, whether it was lost, and how long it takes.
- earners: how many miners are listed that have an average or a model in the last pool.
- averaged: whether there is a moving average; changed: whether there are weights that are not set yet.
- evaluations, losses, timeouts: counts so far.
"""


class Books(NamedTuple):
    """One validator in all columns.

    Attributes:
        desk: records of `DESK`, `[columns]`.
        miners: records of `MINER`, `[columns, miners]`: the miners themselves for the first validator.
        models: what it evaluates: for each miner the newest model that it has let in.
        queue: what waits.
        history: crowns and measurements; the crowns are the first validator's for all.
        average, coming, weights: moving averages, the weights that follow, and those that are set on chain, float32
            `[columns, miners]`.
        earners: miners that have an average or a model in the last pool, in their order, int `[columns, miners]`;
            `desk.earners` of them count, and no other miner has weight.
        pools: the models of the last step, records of `SEAT`, `[columns, miners]`; `desk.models` of them count.
        against, floors: advantages of a pool's models against each other, `[miners, miners]`.
        effort: how much longer a miner's model takes than one of the usual size, `[miners]`.
        work: work space.
    """

    desk: np.ndarray
    miners: np.ndarray
    models: Models
    queue: Queue
    history: History
    average: np.ndarray
    coming: np.ndarray
    weights: np.ndarray
    earners: np.ndarray
    pools: np.ndarray
    against: np.ndarray
    floors: np.ndarray
    effort: np.ndarray
    work: Work


class Sight(NamedTuple):
    """What a validator's evaluations at one block have in common.

    Attributes:
        own, family: what sets models apart, nats, `[worlds, miners + 1]`.
        shift, scale: of all models, `[worlds]`: a measurement is `(loss + own + family) * scale + shift`.
        own_samples, family_samples: the same of single samples, `[samples, worlds, miners + 1]`; none if no rule asks.
        data_weights: of the mixture that is judged now, as in `Judging`.
        observed: what a real validator measured, `[miners]`, inf where it did not; empty where nothing was observed.
    """

    own: np.ndarray
    family: np.ndarray
    shift: np.ndarray
    scale: np.ndarray
    own_samples: np.ndarray
    family_samples: np.ndarray
    data_weights: np.ndarray
    observed: np.ndarray


class Timing(NamedTuple):
    """The numbers of `Validation` that a step needs; see there. `instant`: steps take no time."""

    queue: int
    load_seconds: float
    model_seconds: float
    limit_blocks: float
    competitions: int
    instant: bool


@inner
def publish(books: Books, c: int) -> None:
    """The last step's outcome is set on chain."""
    desk = books.desk[c]
    if desk.changed:
        for place in range(desk.earners):  # the others have no weight, and had none
            uid = books.earners[c, place]
            books.weights[c, uid] = books.coming[c, uid]
            books.miners[c, uid].share = books.coming[c, uid]
        desk.king, desk.changed = desk.coming_king, False


@inlined
def measure(books: Books, c: int, w: int, uid: int, sight: Sight) -> float:
    """A model's measured loss, without what all models of the step share; a copy has its noise from its original."""
    if len(sight.observed) > 0:
        return float(sight.observed[uid])
    model = books.models.facts[c, uid]
    own = sight.own[w, model.twin]
    if model.rough != 0.0:
        own += model.rough * sight.own[w, uid]
    score = judged(model.loss, books.models.training_mix[c, uid], sight.data_weights)
    return float(score + (own + sight.family[w, model.family]))


@inner
def fill_pool(
    books: Books, pool: np.ndarray, c: int, now: int, lanes: np.ndarray, sight: Sight, plain: np.ndarray
) -> None:
    """Measure the models of a pool, and ask the policy for their advantages.

    Args:
        books: of the validator.
        pool: seats whose `uid` is known.
        c, now: column and block.
        lanes: records of `COLUMN`.
        sight: what all measurements have in common.
        plain: gets the measurements without what all models share.
    """
    lane, history, models, w = lanes[c], books.history, books.models, lanes[c].world
    for place in range(len(pool)):
        seat = pool[place]
        plain[place] = measure(books, c, w, seat.uid, sight)
        seat.present = True
        seat.score = plain[place] * sight.scale[w] + sight.shift[w]
        seat.block = models.facts[c, seat.uid].block if isfinite(seat.score) else inf
        seat.epsilon = advantage(lanes, history, models, c, seat.uid, float(now), now - seat.block, nan)
        seat.floor = lane.floor
        if lane.reads:
            seat.floor = advantage(lanes, history, models, c, seat.uid, float(now), inf, nan)
    if lane.pairs:
        for i in range(len(pool)):
            for j in range(len(pool)):
                uid, age = pool[i].uid, now - pool[i].block
                alike = kinship(models, c, uid, pool[j].uid)
                books.against[i, j] = advantage(lanes, history, models, c, uid, float(now), age, alike)
                books.floors[i, j] = advantage(lanes, history, models, c, uid, float(now), inf, alike)


@inner
def fill_samples(books: Books, pool: np.ndarray, c: int, w: int, sight: Sight, losses: np.ndarray) -> None:
    """Losses of a pool's models sample by sample, into `losses`, `[samples, models]`."""
    for place in range(len(pool)):
        uid = pool[place].uid
        model = books.models.facts[c, uid]
        for sample in range(len(losses)):
            own = sight.own_samples[sample, w, model.twin]
            if model.rough != 0.0:
                own += model.rough * sight.own_samples[sample, w, uid]
            losses[sample, place] = pool[place].score + (own + sight.family_samples[sample, w, model.family])


@allocating
def decide_by_samples(books: Books, pool: np.ndarray, c: int, lanes: np.ndarray, sight: Sight) -> None:
    """The verdict where rules compare sample by sample."""
    losses = np.empty((max(len(sight.own_samples), 1), len(pool)))
    if len(sight.own_samples) > 0:
        fill_samples(books, pool, c, lanes[c].world, sight, losses)
    else:  # a validator's log has means only: one sample
        for place in range(len(pool)):
            losses[0, place] = pool[place].score
    judge_samples(pool, losses, books.against, lanes[c].pairs, lanes[c].rules)


@inner
def decide(books: Books, pool: np.ndarray, c: int, lanes: np.ndarray, sight: Sight, king: int) -> tuple[bool, int]:
    """The verdict on a measured pool: whether the step is lost, and the king where rules crown by pairs."""
    lane = lanes[c]
    lost = judge(pool, books.against, books.floors, lane.pairs, lane.rules)
    if lane.rules.wins != AVERAGE:
        decide_by_samples(books, pool, c, lanes, sight)
    if lane.rules.semantics != POOL:
        place = crown_by_pair(pool, books.against, lane.pairs, king, lane.rules.semantics == RUNNING_BEST)
        lost = place < 0
        king = king if lost else pool[place].uid
    return lost, king


@inner
def list_earners(earners: np.ndarray, count: int, average: np.ndarray, pool: np.ndarray, whole: bool) -> int:
    """List the miners that have an average or a model in a pool, in their order; how many there are.

    Args:
        earners: the list of the step before, int `[miners]`; the first `count` of it count.
        count: how many.
        average: the moving averages, float32 `[miners]`.
        pool: the models.
        whole: list all miners.
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
def average(books: Books, c: int, pool: np.ndarray, lanes: np.ndarray) -> None:
    """Take a verdict into the moving averages, and let weights and king follow.

    The validators' vectors are of all miners. The few that are not 0 are gathered, in the order of miners, so that sums
    are the same to the bit; a threshold and rules by samples may make more of them than numbers, and take all.
    """
    desk, rules, work = books.desk[c], lanes[c].rules, books.work
    whole = rules.threshold > 0.0 or rules.wins != AVERAGE
    desk.earners = list_earners(books.earners[c], desk.earners, books.average[c], pool, whole)
    earners, mean, step, weights = books.earners[c], work.means, work.step, work.weights
    king, reigning = desk.coming_king, -1
    for place in range(desk.earners):
        uid = earners[place]
        mean[place] = books.average[c, uid]
        step[place] = books.coming[c, uid] if rules.holds else 0.0
        if uid == king:
            reigning = place
    for seat in pool:
        place = 0
        while earners[place] != seat.uid:
            place += 1
        step[place] = seat.weight
    size = desk.earners
    record_step(mean[:size], desk.averaged, step[:size], rules.alpha)
    desk.averaged = True
    chain_weights(mean[:size], rules.threshold, weights[:size])
    for place in range(size):
        books.average[c, earners[place]], books.coming[c, earners[place]] = mean[place], weights[place]
    if rules.semantics == POOL:
        best = heaviest(weights[:size], reigning)
        if best >= 0:
            desk.coming_king = earners[best]
    desk.changed = True


@inlined
def evaluate(books: Books, c: int, now: int, size: int, lanes: np.ndarray, sight: Sight, timing: Timing) -> None:
    """Evaluate the first `size` models of column c's pool."""
    desk, lane, pool = books.desk[c], lanes[c], books.pools[c, :size]
    due = desk.turn % timing.competitions == 0
    desk.turn += 1
    desk.begun, desk.models = due, size
    if not due:  # another competition's turn, with the same work in it
        desk.seconds = timing.load_seconds + timing.model_seconds * lane.rules.keep
        desk.busy = now + min(desk.seconds / BLOCK_SECONDS, timing.limit_blocks)
        for place in range(size):  # its models wait for their turn
            books.queue.kept[c, place] = pool[place].uid
        books.queue.keeps[c] = size
        return
    plain = books.work.plain
    fill_pool(books, pool, c, now, lanes, sight, plain)
    lost, king = decide(books, pool, c, lanes, sight, desk.coming_king)
    effort = 0.0
    for place in range(size):
        books.history.measured[c, pool[place].uid] = plain[place]
        books.miners[c, pool[place].uid].measured = plain[place]
        effort += books.effort[books.models.facts[c, pool[place].uid].twin]
    desk.seconds = timing.load_seconds + timing.model_seconds * effort
    late = desk.seconds > timing.limit_blocks * BLOCK_SECONDS
    desk.busy = now + (timing.limit_blocks if late else desk.seconds / BLOCK_SECONDS)
    lost = lost or late
    desk.lost = lost
    desk.timeouts += late
    desk.losses += lost
    desk.evaluations += size
    if not late and king != desk.coming_king:
        desk.coming_king, desk.changed = king, True
    if not lost:
        average(books, c, pool, lanes)
    settle(books.queue, c, pool, books.average[c], lost, lane.rules.keep, lane.least, books.work)


@compiled
def validate(
    books: Books,
    now: int,
    retries: bool,
    lanes: np.ndarray,
    committed: Models,
    sight: Sight,
    timing: Timing,
    admitted: np.ndarray,
) -> int:
    """What a validator does at block `now` in every column: a finished step is published, and the next one begins.

    Args:
        books: the validator.
        now: the block.
        retries: whether dropped models are looked at again.
        lanes: records of `COLUMN`.
        committed: the miners' newest commitments.
        sight, timing: see there.
        admitted: gets (miner, column) of commitments that were let in, int `[some, 2]`; there is place for all.

    Returns:
        How many were let in.
    """
    queue, total = books.queue, 0
    some = books.work.found
    for c in range(len(lanes)):
        desk, lane = books.desk[c], lanes[c]
        desk.begun = False
        if desk.busy > now:
            continue
        publish(books, c)
        size = queue.keeps[c]
        for place in range(size):
            books.pools[c, place].uid = queue.kept[c, place]
        if queue.waits[c] > 0:
            count, new = admit(queue, c, float(now - lane.rules.delay), timing.queue, committed, some)
            for place in range(count):
                miner = some[place]
                take(books.models, committed, c, miner)
                give_up(queue, c, miner)
                books.history.measured[c, miner] = nan
                books.miners[c, miner].measured = nan
                books.miners[c, miner].pending = False
                forget(books.history, c, miner)
                admitted[total, 0], admitted[total, 1] = miner, c
                total += 1
                if place < new:
                    books.pools[c, size].uid = miner
                    size += 1
        desk.retried = size
        if retries:
            found = retry(queue, c, now, lanes, books.history, books.models, some)
            for place in range(found):
                books.pools[c, size].uid = some[place]
                size += 1
        if size > 0:
            evaluate(books, c, now, size, lanes, sight, timing)
        if timing.instant:
            publish(books, c)
    return total


@compiled
def disagree(
    books: Books, now: int, lanes: np.ndarray, sight: Sight, kings: np.ndarray, pool: np.ndarray, looks: np.ndarray
) -> None:
    """Let a second validator with noise of its own judge the models of the last step; see whether it would agree.

    Args:
        books: the first validator.
        now: the block.
        lanes, sight: as in `validate`; the noise is the other's.
        kings: who reigns, `[columns]`.
        pool: work space, `[miners]` of `SEAT`.
        looks: counts of looks and of disagreements, int `[2, columns]`.
    """
    plain = books.work.plain
    for c in range(len(lanes)):
        desk = books.desk[c]
        if not desk.begun or desk.lost:
            continue
        for place in range(desk.models):
            pool[place].uid = books.pools[c, place].uid
        fill_pool(books, pool[: desk.models], c, now, lanes, sight, plain)
        lost, _ = decide(books, pool[: desk.models], c, lanes, sight, kings[c])
        if lost:
            continue
        first, second = 0, 0
        for place in range(desk.models):
            if books.pools[c, place].weight > books.pools[c, first].weight:
                first = place
            if pool[place].weight > pool[second].weight:
                second = place
        looks[0, c] += 1
        looks[1, c] += first != second


@compiled
def crown(books: Books, c: int, miner: int) -> None:
    """Begin with this king: what it has is evaluated, and all weight is its own."""
    desk = books.desk[c]
    books.queue.kept[c, 0], books.queue.keeps[c] = miner, 1
    books.history.measured[c, miner] = books.models.facts[c, miner].loss
    books.average[c, miner] = books.coming[c, miner] = books.weights[c, miner] = 1.0
    books.miners[c, miner].share = 1.0
    desk.averaged, desk.king, desk.coming_king = True, miner, miner
    books.earners[c, 0], desk.earners = miner, 1


class Validator:
    """One validator's state in all columns, with names for readers; the loops above work on `books`.

    Args:
        columns: the lanes times worlds.
        miners: how many there are.
        validation: how it works.
        noise: what it draws.
        history: of crowns: the first validator's; a new one has measurements of its own.
        sets: data sets that a model may be trained on; 0 where data do not matter.
        owners: miners that lineages tell; 0 where none are kept.
        sizes: parameters of each miner's models, `[miners]`, NaN where unknown.
        people: records of `MINER`; the miners themselves for the first validator, work space for the others.
    """

    def __init__(
        self,
        columns: Columns,
        miners: int,
        validation: Validation,
        noise: Draws,
        history: History,
        sets: int,
        owners: int,
        sizes: np.ndarray,
        people: np.ndarray,
    ) -> None:
        width, shape = columns.width, (columns.width, miners)
        desk = np.zeros(width, DESK)
        desk["king"] = desk["coming_king"] = NOBODY
        pairs = (miners, miners) if columns.table["pairs"].any() else (0, 0)
        self.noise = noise
        self.books = Books(
            desk,
            people,
            no_models(miners, width, sets, owners),
            empty_queue(miners, width),
            history,
            np.zeros(shape, np.float32),
            np.zeros(shape, np.float32),
            np.zeros(shape, np.float32),
            np.zeros(shape, np.int32),
            np.zeros(shape, SEAT),
            np.empty(pairs),
            np.empty(pairs),
            validation.effort(np.where(np.isnan(sizes), USUAL_SIZE, sizes)),
            work_space(miners),
        )

    @property
    def models(self) -> Models:
        """What it evaluates."""
        return self.books.models

    @property
    def weights(self) -> np.ndarray:
        """What it set on chain last, float32 `[miners, columns]`."""
        return self.books.weights.T

    @property
    def king(self) -> np.ndarray:
        """The miner with the most weight by its own books, int `[columns]`, -1 before the first."""
        return np.asarray(self.books.desk["king"])

    @property
    def busy(self) -> np.ndarray:
        """Block until which its present step lasts, `[columns]`."""
        return np.asarray(self.books.desk["busy"])

    @property
    def measured(self) -> np.ndarray:
        """Each miner's loss as it measured it last, `[miners + 1, columns]`; NaN before."""
        return self.books.history.measured.T

    def pool(self, column: int) -> np.ndarray:
        """The models of the last step in a column, records of `SEAT`."""
        return np.asarray(self.books.pools[column, : self.books.desk[column]["models"]])
