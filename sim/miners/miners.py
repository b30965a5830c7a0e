"""The miners of a world in all columns: they train, look up, decide, and commit models."""

from collections.abc import Sequence

import numpy as np

from policies.arrays import Array
from sim.backend import Backend
from sim.clock import BLOCKS_PER_DAY
from sim.data.exposure import judged, wholly
from sim.lanes import Columns
from sim.miners.adoption import adopt
from sim.miners.awake import Awake, awake
from sim.miners.board import Board
from sim.miners.books import Books
from sim.miners.chance import Chance
from sim.miners.choices import Choices
from sim.miners.commits import NOTHING, Commitments, commit
from sim.miners.hardware import equip
from sim.miners.progress.course import Crew, Looks
from sim.miners.progress.mixed import Courses
from sim.miners.sight import sight
from sim.miners.training import train
from sim.models import Models
from sim.scenario import Scenario
from sim.streams import stream

SOMETHING = 1e200
"""A loss above this is that of a miner who has no model at all."""


class Miners:
    """State of the miners, arrays `[miners, columns]`.

    Attributes:
        committed: their newest commitments.
        pending: whether that one still waits for a validator.
        position: where their private model stands on its way.
        family, line, diet: of that model, as in `Models`.
        training, active: whether they train, and whether they are in the contest.
        books: what they spend and earn.
        choices: who follows which strategy.
        best: the lowest true loss that any of them has had, published or not, `[columns]`.
        published: the lowest true loss that was committed, `[columns]`.
        worked: work done so far by way of progress, `[ways, columns]`.
        submissions: commitments so far, int `[miners, columns]`.
        since: block of the first of them, inf without one.
        ruler: the lens of the mixture that is judged at the end; None where data do not matter.
    """

    def __init__(self, place: Backend, scenario: Scenario, columns: Columns, seed: int, worlds: Sequence[int]) -> None:
        n, width = scenario.miners, columns.width
        self.place, self.scenario, self.columns = place, scenario, columns
        self.spread = columns.world if len(worlds) > 1 else np.zeros(1, dtype=np.int64)
        self.looks = _looks(scenario, seed)
        self.hardware = equip(scenario.fleet, scenario.progress[0][0].parameters, n, seed, worlds)
        self.usd, self.gpus = (place.array(a[:, self.spread]) for a in (self.hardware.usd, self.hardware.gpus))
        self.courses = Courses(scenario.progress, Crew(self.hardware, self.looks, seed, worlds, place))
        self.choices = Choices(place, columns, n, seed, worlds)
        self.books = Books(place, scenario.economy, n, width)
        self.doubts = Chance(seed, worlds, "local evaluation", n, "normal", scenario.steps)
        self.draws = Chance(seed, worlds, "decisions", n, "uniform", scenario.steps)
        self._luck = Chance(seed, worlds, "seeds", n, "normal", scenario.steps)
        self.numbers = place.xp.arange(width, device=self.books.gpu_days.device)
        self.kin, self.stranger = (place.full((), sd) for sd in (scenario.noise.kin, scenario.noise.stranger))
        self.seed_sd, self.idle = place.full((1, 1), scenario.seed_sd), place.full((1, 1), float(self.looks.every))
        self._begin(seed, worlds, 0 if scenario.data is None else len(scenario.data.sets))

    def _begin(self, seed: int, worlds: Sequence[int], sets: int) -> None:
        n, width, place = self.scenario.miners, self.columns.width, self.place
        self.committed = Models(place, n, width, sets)
        self.pending = place.full((n, width), False, "bool")
        self.submissions = place.full((n, width), 0, "int64")
        self.since = place.full((n, width), float("inf"))
        scratch = np.array([s.from_scratch for s in self.choices.strategies])[self.choices.code]
        waits = np.array([s.waits for s in self.choices.strategies])[self.choices.code]
        start = np.where(scratch, self.courses.scratch[:, None], self.courses.begin[:, None])
        self.position = place.array(start)
        self.family = place.array(np.where(scratch, np.arange(n)[:, None], n))
        self.line = place.full((len(self.committed.line), n, width), 0, "int64")
        self._enters = stream(seed, "entry").random(n) * self.scenario.economy.entry_days * BLOCKS_PER_DAY
        here = (self._enters == 0)[:, None] & ~waits
        self.active = place.array(here)
        self.training = place.array(here.copy())
        self._pay_fee(place.xp.arange(n, device=self.position.device), self.active)
        self.best = place.full((width,), float("inf"))
        self.published = place.full((width,), float("inf"))
        self.worked = place.full((len(self.courses.courses), width), 0.0)
        self.diet: Array = None
        self.ruler: np.ndarray | None = None
        if (data := self.scenario.data) is not None:
            self.habits = data.diet(n, seed, worlds)
            self.diet = wholly(place.array(self.habits.set_at(0)[:, self.columns.world]), sets)
            self.ruler = data.lens(self.scenario.horizon)

    @property
    def founder(self) -> np.ndarray:
        """The miner under whose name the public model stands: the last in the order of roles, int `[columns]`."""
        last: np.ndarray = np.argmax(self.choices.rank, axis=0)[self.columns.world]
        return last

    def found(self, models: Models) -> None:
        """Put the public model on chain at block 0, under the founder's name."""
        founder, xp = self.founder, self.place.xp
        at = self.place.array(founder), self.numbers
        rows = np.arange(self.scenario.miners)
        start = self.place.array(self.courses.begin)[:, None] + self.place.full((1, 1), 0.0)
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
        who = awake(self.looks, self.place, step, now, until)
        if not len(who.rows):
            return NOTHING
        xp, at = self.place.xp, who.at
        train(self, who)
        loss = self.courses.loss(self.position[at], who.rows)
        diet = None if self.diet is None else self.diet[:, at]
        score = judged(loss, diet, board.lens)
        lowest = xp.min(xp.where(self.active[at], judged(loss, diet, self.ruler), np.inf), axis=0)
        self.best = xp.where(lowest < self.best, lowest, self.best)
        view = sight(self, who, score, self.scenario.seed_sd * self.place.array(self.seeds(who)), board)
        decision = self.choices.decide(view, who.rows, who.block)
        active, submit, training, restart = (
            xp.broadcast_to(xp.asarray(getattr(decision, name), device=at.device), score.shape)
            for name in ("active", "submit", "train", "adopt")
        )
        active = active & self.place.array((self._enters[who.rows] <= who.block)[:, None])
        self._pay_fee(at, active & ~self.active[at])
        self.active[at], self.training[at] = active, training & active
        rested = view.live_age >= self.scenario.validation.commit_blocks
        submit = submit & active & rested & (score < SOMETHING)
        committed = commit(self, who, decision, submit, loss, score, view.gain, board)
        public = (view.age >= self.scenario.public_blocks) & (board.king >= 0)
        adopt(self, who, restart & active & ~view.king & public & (view.gain < 0), score, board)
        return committed

    def chance(self, source: Chance, who: Awake) -> Array:
        """The numbers of those who look up, `[rows, columns]` or `[rows, 1]`."""
        return self.place.array(source.at(who.step)[who.rows][:, self.spread])

    def seeds(self, who: Awake) -> np.ndarray:
        """How lucky each one's last seed is, standard normal `[rows, worlds]`; 0 for all where seeds are alike."""
        if not self.scenario.seed_sd:
            return np.zeros((len(who.rows), len(self.spread)))
        drawn: np.ndarray = self._luck.at(who.step)[who.rows][:, self.spread]
        return drawn

    def admitted(self, rows: np.ndarray, columns: np.ndarray) -> None:
        """Validators have let these commitments in."""
        if len(rows):
            self.pending[self.place.array(rows), self.place.array(columns)] = False

    def _pay_fee(self, at: Array, entering: Array) -> None:
        xp, books = self.place.xp, self.books
        books.spent[at] = books.spent[at] + self.place.choose(entering, self.scenario.economy.registration_usd, 0.0)
        books.registrations = books.registrations + xp.sum(entering, axis=0, dtype=xp.int64)


def _looks(scenario: Scenario, seed: int) -> Looks:
    n, every = scenario.miners, scenario.wake_blocks
    phase = np.arange(n) * every // n if scenario.in_turn else stream(seed, "looks").integers(0, every, n)
    return Looks(every, phase, scenario.horizon)
