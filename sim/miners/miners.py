"""The miners of a world in all columns: they train, look up, decide, and commit models."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from policies.arrays import Array
from sim.backend import Backend
from sim.clock import BLOCKS_PER_DAY
from sim.data import Data
from sim.data.exposure import judged, mixed, wholly
from sim.evaluation import NOBODY
from sim.lanes import Columns
from sim.mechanism.sums import ordered_sum
from sim.miners.board import Board
from sim.miners.books import Books
from sim.miners.chance import Chance
from sim.miners.choices import Choices
from sim.miners.hardware import equip
from sim.miners.progress.course import Crew, Looks
from sim.miners.progress.mixed import Courses
from sim.miners.strategy import Decision, View
from sim.models import BITS, Models
from sim.scenario import Scenario
from sim.streams import stream

SOMETHING = 1e200
"""A loss above this is that of a miner who has no model at all."""


@dataclass(frozen=True)
class Commitments:
    """What was committed in a step: miners, columns and blocks, `[some]` each, of numpy."""

    rows: np.ndarray
    columns: np.ndarray
    block: np.ndarray


class Miners:
    """State of the miners, arrays `[miners, columns]`.

    Attributes:
        committed: their newest commitments.
        pending: whether that one still waits for a validator.
        position: where their private model stands on its way.
        training, active: whether they train, and whether they are in the contest.
        books: what they spend and earn.
        choices: who follows which strategy.
        best: the lowest true loss that any of them has had, published or not, `[columns]`.
        published: the lowest true loss that was committed, `[columns]`.
        submissions: commitments so far, int `[miners, columns]`.
        since: block of the first of them, inf without one.
    """

    def __init__(self, place: Backend, scenario: Scenario, columns: Columns, seed: int, worlds: Sequence[int]) -> None:
        n, width = scenario.miners, columns.width
        self._place, self._scenario, self._columns = place, scenario, columns
        self._spread = columns.world if len(worlds) > 1 else np.zeros(1, dtype=np.int64)
        self.looks = _looks(scenario, seed)
        size = scenario.progress[0][0].parameters
        self.hardware = equip(scenario.fleet, size, n, seed, worlds)
        self.courses = Courses(scenario.progress, Crew(self.hardware, self.looks, seed, worlds, place))
        self.choices = Choices(place, columns, n, seed, worlds)
        self.books = Books(place, scenario.economy, n, width)
        self._luck = Chance(seed, worlds, "seeds", n, "uniform", scenario.steps)
        self._doubts = Chance(seed, worlds, "local evaluation", n, "normal", scenario.steps)
        self._draws = Chance(seed, worlds, "decisions", n, "uniform", scenario.steps)
        self._numbers = place.xp.arange(width, device=self.books.gpu_days.device)
        sets = 0 if scenario.data is None else len(scenario.data.sets)
        self.committed = Models(place, n, width, sets)
        self.pending = place.full((n, width), False, "bool")
        self.submissions = place.full((n, width), 0, "int64")
        self.since = place.full((n, width), float("inf"))
        self._begin(seed, worlds, sets)

    def _begin(self, seed: int, worlds: Sequence[int], sets: int) -> None:
        n, width, place = self._scenario.miners, self._columns.width, self._place
        scratch = np.array([s.from_scratch for s in self.choices.strategies])[self.choices.code]
        waits = np.array([s.waits for s in self.choices.strategies])[self.choices.code]
        start = np.where(scratch, self.courses.scratch[:, None], self.courses.begin[:, None])
        self.position = place.array(start)
        self.family = place.array(np.where(scratch, np.arange(n)[:, None], n))
        self.line = place.full((len(self.committed.line), n, width), 0, "int64")
        self._enters = stream(seed, "entry").random(n) * self._scenario.economy.entry_days * BLOCKS_PER_DAY
        here = (self._enters == 0)[:, None] & ~waits
        self.active = place.array(here)
        self.training = place.array(here.copy())
        self._pay_fee(place.xp.arange(n, device=self.position.device), self.active)
        self.best = place.full((width,), float("inf"))
        self.published = place.full((width,), float("inf"))
        self.worked = place.full((len(self.courses.courses), width), 0.0)
        self.diet: Array = None
        self.ruler: np.ndarray | None = None
        if (data := self._scenario.data) is not None:
            self._habits = data.diet(n, seed, worlds)
            self.diet = wholly(place.array(self._habits.set_at(0)[:, self._columns.world]), sets)
            self.ruler = data.lens(self._scenario.horizon)

    @property
    def founder(self) -> np.ndarray:
        """The miner under whose name the public model stands: the last in the order of roles, int `[columns]`."""
        last: np.ndarray = np.argmax(self.choices.rank, axis=0)[self._columns.world]
        return last

    def found(self, models: Models) -> None:
        """Put the public model on chain at block 0, under the founder's name."""
        founder, xp = self.founder, self._place.xp
        at = self._place.array(founder), self._numbers
        rows = np.arange(self._scenario.miners)
        start = self._place.array(self.courses.begin)[:, None] + self._place.full((1, 1), 0.0)
        loss = self.courses.loss(start, rows)[:, 0]
        models.block[at] = 0.0
        models.loss[at] = loss[at[0]]
        models.base[at] = loss[at[0]]
        models.twin[at] = at[0]
        if self.diet is not None:
            models.diet[:, at[0], at[1]] = self.diet[:, at[0], at[1]]
        self.committed.take(models, *at)
        true = judged(models.loss[at], models.fare(*at), self.ruler)
        self.best, self.published = (xp.asarray(true, copy=True) for _ in range(2))

    def look(self, step: int, now: int, until: int, board: Board) -> Commitments:
        """What those do who look up in `[now, until)`.

        Raises:
            StrategyError: a strategy broke the rules.
        """
        rows, look, block = self._awake(now, until)
        if not len(rows):
            return Commitments(rows, rows, block)
        at = self._place.array(rows)
        days = self.looks.days(rows, look)
        self._train(rows, at, look, days, now)
        loss = self.courses.loss(self.position[at], rows)
        score = judged(loss, self._fare(at), board.lens)
        xp = self._place.xp
        true = judged(loss, self._fare(at), self.ruler)
        some = xp.where(self.active[at], true, xp.inf)
        self.best = xp.where((low := xp.min(some, axis=0)) < self.best, low, self.best)
        luck = self._seeds(step, rows)
        view, king = self._view(step, rows, at, block, score, luck, board)
        decision = self.choices.decide(view, rows, block)
        active, submit, train, adopt = (
            xp.broadcast_to(xp.asarray(getattr(decision, name), device=at.device), score.shape)
            for name in ("active", "submit", "train", "adopt")
        )
        active = active & (self._place.array(self._enters[rows])[:, None] <= self._place.array(block)[:, None])
        self._pay_fee(at, active & ~self.active[at])
        self.active[at], self.training[at] = active, train & active
        rest = view.live_age >= self._scenario.validation.commit_blocks
        submit = submit & active & rest & (score < SOMETHING)
        committed = self._commit(decision, submit, rows, block, loss, score, luck, view, king, board)
        public = view.age >= self._scenario.public_blocks
        self._adopt(adopt & active & ~view.king & public & (king >= 0) & (view.gain < 0), rows, score, king, board)
        return committed

    def admitted(self, rows: np.ndarray, columns: np.ndarray) -> None:
        """Validators have let these commitments in."""
        if len(rows):
            self.pending[self._place.array(rows), self._place.array(columns)] = False

    def _awake(self, now: int, until: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Who looks up, the number of that look, and its block."""
        looks = self.looks
        number = np.maximum(-((looks.phase - now) // looks.every), 0)
        block = looks.phase + number * looks.every
        rows = np.flatnonzero((block >= now) & (block < until))
        return rows, number[rows], block[rows]

    def _train(self, rows: np.ndarray, at: Array, look: np.ndarray, days: np.ndarray, now: int) -> None:
        xp, place, scenario = self._place.xp, self._place, self._scenario
        training = self.training[at]
        if (data := scenario.data) is not None:  # new data are fetched and tuned for instead of trained on
            pause = data.moving.move_days * BLOCKS_PER_DAY
            training = training & ~place.array(self._habits.moves_between(now - pause, now)[rows][:, self._spread])
        work = self.courses.work(rows, look, self._spread)
        self.position[at] = xp.where(training, self.courses.advance(self.position[at], work, rows), self.position[at])
        self.books.spent[at] = self.books.spent[at] + xp.where(
            training, place.array(self.hardware.usd[rows][:, self._spread] * days), 0.0
        )
        gpus = place.array(self.hardware.gpus[rows][:, self._spread] * days)
        self.books.gpu_days = self.books.gpu_days + ordered_sum(xp.where(training, gpus, 0.0))
        for number in range(len(self.courses.courses)):
            mine = place.array((self.courses.kind[rows] == number)[:, None])
            done = xp.where(training & mine, work, 0.0)
            self.worked[number] = self.worked[number] + ordered_sum(done)
        if data is not None:
            tokens = place.array(self.hardware.tokens[rows][:, self._spread] * days)
            self._eat(data, rows, at, xp.where(training, tokens, 0.0), now)

    def _seeds(self, step: int, rows: np.ndarray) -> np.ndarray:
        """Uniform numbers for the luck of seeds, `[rows, worlds]`; 0.5 for all where seeds are alike."""
        if not self._scenario.seed_sd:
            return np.full((len(rows), len(self._spread)), 0.5)
        drawn: np.ndarray = self._luck.at(step)[rows][:, self._spread]
        return drawn

    def _fare(self, at: Array) -> Array:
        return None if self.diet is None else self.diet[:, at]

    def _eat(self, data: Data, rows: np.ndarray, at: Array, tokens: Array, now: int) -> None:
        """Training moves what a model has learnt from towards what the miner trains on now; a move costs money."""
        place = self._place
        target = place.array(self._habits.set_at(now)[rows][:, self._spread])
        self.diet[:, at] = mixed(self.diet[:, at], target, tokens, data.memory)
        moved = place.array(self._habits.moves_between(now - self.looks.every, now)[rows][:, self._spread])
        self.books.spent[at] = self.books.spent[at] + place.choose(moved & self.active[at], data.moving.move_usd, 0.0)

    def _view(
        self, step: int, rows: np.ndarray, at: Array, block: np.ndarray, score: Array, luck: np.ndarray, board: Board
    ) -> tuple[View, Array]:
        xp, place, scenario, level = self._place.xp, self._place, self._scenario, self._scenario.noise
        n, models = scenario.miners, board.models
        king = xp.where(board.king < 0, n, board.king)
        seat = king, self._numbers
        now = place.array(block)[:, None]
        there = board.king >= 0
        king_score = judged(models.loss[seat], models.fare(*seat), board.lens)
        kin = self.family[at] == models.family[seat]
        scale = xp.where(there, king_score, 1.0)
        noise = place.choose(kin, level.kin, level.stranger) / scale
        doubt = noise * sqrt(level.samples / scenario.local_samples)
        gain = xp.log(scale / score)
        if scenario.seed_sd:
            gain = gain + scenario.seed_sd * place.array(_normal(luck))
        if level.stranger:
            gain = gain + doubt * place.array(self._doubts.at(step)[rows][:, self._spread])
        pending = self.pending[at]
        live_block = xp.where(pending, self.committed.block[at], models.block[at])
        live = pending | xp.isfinite(live_block)
        measured = xp.where(pending, xp.nan, xp.log(board.measured[seat] / board.measured[at]))
        age = xp.where(there, now - models.block[seat], 0.0)
        panel = self._columns.panel
        view = View(
            xp=xp,
            gain=xp.where(there, gain, xp.inf),
            doubt=doubt,
            noise=noise,
            epsilon=xp.where(there, panel.epsilon(age), 0.0),
            floor=xp.where(there, self._columns.floor, 0.0)[None, :],
            later=lambda blocks: xp.where(there, panel.epsilon(age + blocks), 0.0),
            age=age,
            reign=xp.where(there, now - board.crowned, 0.0),
            king=at[:, None] == board.king,
            live=live,
            live_gain=xp.where(live, measured, -xp.inf),
            live_age=xp.where(live, now - live_block, xp.inf),
            pace=self.courses.pace(self.position[at], rows, self._spread),
            rivals=board.descent[None, :],
            share=board.weights[at],
            value=scenario.economy.usd_per_day,
            cost=place.array(self.hardware.usd[rows][:, self._spread]),
            balance=self.books.balance(at),
            fee=scenario.economy.registration_usd,
            active=self.active[at],
            draw=place.array(self._draws.at(step)[rows][:, self._spread]),
            seed_sd=place.full((1, 1), scenario.seed_sd),
            idle=place.full((1, 1), float(self.looks.every)),
        )
        return view, xp.where(there, king, NOBODY)

    def _commit(
        self,
        decision: Decision,
        submit: Array,
        rows: np.ndarray,
        block: np.ndarray,
        loss: Array,
        score: Array,
        luck: np.ndarray,
        view: View,
        king: Array,
        board: Board,
    ) -> Commitments:
        """Commit what was decided; everything from here on is about single miners in single columns, `[some]`."""
        xp, place, scenario = self._place.xp, self._place, self._scenario
        row, col = xp.nonzero(submit)
        if not len(row):
            nothing = np.empty(0, dtype=np.int64)
            return Commitments(nothing, nothing, nothing)
        miner = place.array(rows)[row]

        def chosen(name: str) -> Array:
            value = xp.broadcast_to(xp.asarray(getattr(decision, name), device=loss.device), submit.shape)
            return value[row, col]

        own, base, seat = score[row, col], loss[row, col], king[col]
        world = place.array(self._spread)[col] if len(self._spread) > 1 else xp.zeros_like(col)
        copy, runs = chosen("copy") & (seat >= 0), chosen("runs")
        self._pay_runs(miner, col, rows, row, runs, world)
        best = scenario.seed_sd * place.array(
            _normal(place.numpy(place.array(luck)[row, world]) ** (1.0 / place.numpy(runs)))
        )
        extra = own - base
        lucky = base * xp.exp(-best) + extra
        target = judged(board.models.loss[seat, col], board.models.fare(seat, col), board.lens) * xp.exp(
            -chosen("offer")
        )
        shown = xp.where((seat >= 0) & (target > lucky), target, lucky)
        spoiled = 0.5 * scenario.copy_penalty * (rough := chosen("perturbation")) ** 2
        result = xp.where(copy, board.models.loss[seat, col] * xp.exp(spoiled), shown - extra)
        trunk = xp.where(copy, board.models.base[seat, col] * xp.exp(spoiled), (shown - extra) * xp.exp(best))
        gained = view.gain[row, col] + best - scenario.seed_sd * place.array(_normal(luck))[row, world]
        keep = (gained >= chosen("least")) | copy
        if not xp.all(keep):
            miner, col, seat, copy, rough, result, trunk, row = (
                v[keep] for v in (miner, col, seat, copy, rough, result, trunk, row)
            )
        self.committed.base[miner, col] = trunk
        self._store(miner, col, seat, copy, rough, result, place.array(block)[row], board)
        at = place.numpy(miner), place.numpy(col)
        return Commitments(*at, block[place.numpy(row)])

    def _store(
        self, miner: Array, col: Array, seat: Array, copy: Array, rough: Array, loss: Array, block: Array, board: Board
    ) -> None:
        xp, mine, theirs = self._place.xp, self.committed, board.models
        mine.block[miner, col] = xp.astype(block, xp.float64)
        mine.loss[miner, col] = loss
        mine.family[miner, col] = xp.where(copy, theirs.family[seat, col], self.family[miner, col])
        mine.twin[miner, col] = xp.where(copy, theirs.twin[seat, col], miner)
        size = self._scenario.copy_noise * rough * loss / max(self._scenario.noise.own, 1e-300)
        mine.rough[miner, col] = xp.where(copy, size, 0.0)
        mine.copied[miner, col] = copy
        line = xp.where(copy, theirs.line[:, seat, col], self.line[:, miner, col])
        mine.line[:, miner, col] = line
        own = miner // BITS, miner, col
        mine.line[own] = mine.line[own] | (xp.ones_like(miner) << (miner % BITS))
        if self.diet is not None:
            mine.diet[:, miner, col] = xp.where(copy, theirs.diet[:, seat, col], self.diet[:, miner, col])
        self.pending[miner, col] = True
        self.submissions[miner, col] = self.submissions[miner, col] + 1
        since = self.since[miner, col]
        self.since[miner, col] = xp.where(block < since, xp.astype(block, xp.float64), since)
        shown = self._place.full((self._scenario.miners, self._columns.width), float("inf"))
        shown[miner, col] = judged(loss, mine.fare(miner, col), self.ruler)
        self.published = xp.where((low := xp.min(shown, axis=0)) < self.published, low, self.published)

    def _adopt(self, where: Array, rows: np.ndarray, score: Array, king: Array, board: Board) -> None:
        """Begin again from the king's model where that, once warmed up, is better than one's own."""
        xp, place = self._place.xp, self._place
        row, col = xp.nonzero(where)
        if not len(row):
            return
        at = rows[place.numpy(row)]
        world = self._spread[place.numpy(col)] if len(self._spread) > 1 else np.zeros(len(at), dtype=np.int64)
        position = self.courses.at(board.models.base[king[col], col], at, world)
        theirs = self.courses.loss(position[:, None], at)[:, 0]
        better = judged(theirs, board.models.fare(king[col], col), board.lens) < score[row, col]
        miner, col, position = place.array(at)[better], col[better], position[better]
        seat = king[col]
        self.position[miner, col] = position
        self.family[miner, col] = board.models.family[seat, col]
        self.line[:, miner, col] = board.models.line[:, seat, col]
        if self.diet is not None:
            self.diet[:, miner, col] = board.models.diet[:, seat, col]

    def _pay_fee(self, at: Array, entering: Array) -> None:
        xp = self._place.xp
        self.books.spent[at] = self.books.spent[at] + self._place.choose(
            entering, self._scenario.economy.registration_usd, 0.0
        )
        self.books.registrations = self.books.registrations + xp.sum(entering, axis=0, dtype=xp.int64)

    def _pay_runs(self, miner: Array, col: Array, rows: np.ndarray, row: Array, runs: Array, world: Array) -> None:
        """More runs of the last stretch cost what the first one did."""
        xp, place = self._place.xp, self._place
        if not xp.any(runs > 1):
            return
        days = (runs - 1.0) * self.looks.every / BLOCKS_PER_DAY
        self.books.spent[miner, col] = (
            self.books.spent[miner, col] + days * place.array(self.hardware.usd)[miner, world]
        )
        used = place.full((self._scenario.miners, self._columns.width), 0.0)
        used[miner, col] = days * place.array(self.hardware.gpus)[miner, world]
        self.books.gpu_days = self.books.gpu_days + ordered_sum(used)


def _looks(scenario: Scenario, seed: int) -> Looks:
    n, every = scenario.miners, scenario.wake_blocks
    phase = np.arange(n) * every // n if scenario.in_turn else stream(seed, "looks").integers(0, every, n)
    return Looks(every, phase, scenario.horizon)


def _normal(uniform: np.ndarray) -> np.ndarray:
    """Standard normal numbers from uniform ones."""
    from scipy.special import ndtri  # noqa: PLC0415 - a slow import

    return np.asarray(ndtri(np.clip(uniform, 1e-300, 1.0 - 1e-16)))
