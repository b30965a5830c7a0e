"""The miners of a world in all columns: they train, look up, decide, and commit models."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.compiler.strategies import DECISION, SEEN
from sim.data.exposure import NO_LENS, judged
from sim.lanes import Columns
from sim.miners.choices import Choices
from sim.miners.hardware import equip
from sim.miners.looks import Chance, Looks
from sim.miners.progress.course import Courses, Crew
from sim.models import Models, no_miners, no_models, words
from sim.scenario import Scenario
from sim.streams import stream

PERSON = np.dtype(
    [
        *((name, "f8") for name in ("usd", "gpus", "tokens", "rate", "enters")),
        *((name, "i8") for name in ("kind", "course", "advance", "loss", "resume", "pace")),
    ],
    align=True,
)
"""What a miner of a world has, in every lane: USD, GPUs and tokens per day, what a day of training is worth; the block
before which it cannot enter; its way of making progress, by number, with the addresses of its numbers and functions."""


class Habits(NamedTuple):
    """What miners train on, where data matter.

    Attributes:
        start: the set of each, int `[worlds, miners]`.
        targets: the best set after each switch, int `[switches]`.
        moves: when each miner moves, block `[switches, worlds, miners]`; inf where it does not.
        pause: blocks that a move takes from training. usd: what it costs. memory: tokens, see `train_on`.
    """

    start: np.ndarray
    targets: np.ndarray
    moves: np.ndarray
    pause: float
    usd: float
    memory: float


class People(NamedTuple):
    """The miners as the loops see them.

    Attributes:
        miners: records of `MINER`, `[columns, miners]`.
        persons: records of `PERSON`, `[worlds, miners]`.
        line, diet: of their private models, as in `Models`, `[columns, miners, words]` and `[columns, miners, sets]`.
        committed: their newest commitments.
        worked: work done so far by way of progress, `[columns, ways]`.
        players: records of `PLAYER`, `[strategies]`.
        habits: what they train on.
        seen, decision: work space, records `[1]`.
    """

    miners: np.ndarray
    persons: np.ndarray
    line: np.ndarray
    diet: np.ndarray
    committed: Models
    worked: np.ndarray
    players: np.ndarray
    habits: Habits
    seen: np.ndarray
    decision: np.ndarray


class Miners:
    """State of the miners, with names for readers; the loops work on `people`.

    Attributes:
        people: see there.
        looks, chance: when they look up, and the chance of each look.
        hardware, courses, choices: what they own, how they make progress, and by which strategies they decide.
        ruler: the lens of the mixture that is judged at the end; `NO_LENS` where data do not matter.
        founder: the miner under whose name the public model stands: the last in the order of roles, int `[columns]`.
    """

    def __init__(self, scenario: Scenario, columns: Columns, seed: int, worlds: Sequence[int]) -> None:
        n, width, data = scenario.miners, columns.width, scenario.data
        self.scenario, self.columns = scenario, columns
        self.looks = _looks(scenario, seed)
        self.hardware = equip(scenario.fleet, scenario.progress[0][0].parameters, n, seed, worlds)
        crew = Crew(self.hardware, self.looks, seed, worlds)
        self.courses = Courses(scenario.progress, crew, columns.failures)
        self.chance = Chance(scenario, self.looks, self.courses, seed, worlds)
        self.choices = Choices(columns, n, seed, worlds)
        self.founder = np.asarray(np.argmax(self.choices.rank, axis=0)[columns.world])
        self.ruler = NO_LENS if data is None else data.lens(scenario.horizon)
        sets, owners = 0 if data is None else len(data.sets), scenario.owners
        enters = stream(seed, "entry").random(n) * scenario.economy.entry_days * BLOCKS_PER_DAY
        self.people = People(
            self._begin(enters),
            self._persons(enters, len(worlds)),
            np.zeros((width, n, words(owners)), np.int64),
            np.zeros((width, n, sets)),
            no_models(n, width, sets, owners),
            np.zeros((width, len(self.courses.courses))),
            self.choices.players,
            self._habits(seed, worlds),
            np.zeros(1, SEEN),
            np.zeros(1, DECISION),
        )
        if data is not None:
            chosen = self.people.habits.start[columns.world]
            self.people.diet[np.arange(width)[:, None], np.arange(n), chosen] = 1.0

    def _begin(self, enters: np.ndarray) -> np.ndarray:
        n, choices = self.scenario.miners, self.choices
        miners = no_miners((self.columns.width, n))
        scratch = choices.trait("from_scratch")
        miners["position"] = np.where(scratch, self.courses.scratch[:, None], self.courses.begin[:, None]).T
        miners["family"] = np.where(scratch, np.arange(n)[:, None], n).T
        miners["since"] = miners["live_block"] = np.inf
        miners["measured"] = np.nan
        miners["player"] = choices.code.T
        miners["active"] = miners["training"] = ((enters == 0)[:, None] & ~choices.trait("waits")).T
        miners["spent"] = np.where(miners["active"], self.scenario.economy.registration_usd, 0.0)
        return miners

    def _persons(self, enters: np.ndarray, worlds: int) -> np.ndarray:
        persons = np.zeros((worlds, self.scenario.miners), PERSON)
        persons["enters"] = enters
        for name in ("usd", "gpus", "tokens"):
            persons[name] = getattr(self.hardware, name).T
        self.courses.write(persons)
        return persons

    def _habits(self, seed: int, worlds: Sequence[int]) -> Habits:
        data, n = self.scenario.data, self.scenario.miners
        if data is None:
            nothing = np.zeros((0, len(worlds), n))
            return Habits(np.zeros((len(worlds), n), np.int64), np.zeros(0, np.int64), nothing, 0.0, 0.0, 1.0)
        diet = data.diet(n, seed, worlds)
        return Habits(
            np.ascontiguousarray(diet.start.T),
            np.ascontiguousarray(diet.targets),
            np.ascontiguousarray(diet.moves.transpose(0, 2, 1)),
            float(data.moving.move_days * BLOCKS_PER_DAY),
            float(data.moving.move_usd),
            float(data.memory),
        )

    def found(self, models: Models) -> np.ndarray:
        """Put the public model on chain at block 0, under the founder's name; its true loss, `[columns]`."""
        every, facts = np.arange(self.columns.width), models.facts
        loss = {m: self.courses.loss_of(m, float(self.courses.begin[m])) for m in np.unique(self.founder).tolist()}
        start = np.array([loss[m] for m in self.founder.tolist()])
        at = every, self.founder
        for name, value in (("block", 0.0), ("loss", start), ("base", start), ("twin", self.founder)):
            facts[name][at] = value
        models.diet[at] = self.people.diet[at]
        for mine, theirs in zip(self.people.committed, models, strict=True):
            mine[at] = theirs[at]
        self.people.miners["live_block"][at], self.people.miners["measured"][at] = 0.0, start
        return start

    @property
    def committed(self) -> Models:
        """Their newest commitments."""
        return self.people.committed

    @property
    def emission(self) -> np.ndarray:
        """Emission of each so far, in days of all of it, `[miners, columns]`."""
        return np.asarray(self.people.miners["emission"].T)

    @property
    def share(self) -> np.ndarray:
        """Share of each in the emission now, as it is paid, float32 `[miners, columns]`."""
        return np.asarray(self.people.miners["share"].T)

    @property
    def spent(self) -> np.ndarray:
        """USD that each has spent, `[miners, columns]`."""
        return np.asarray(self.people.miners["spent"].T)

    @property
    def balance(self) -> np.ndarray:
        """USD earned less USD spent, `[miners, columns]`."""
        return np.asarray(self.emission * self.scenario.economy.usd_per_day - self.spent)

    @property
    def submissions(self) -> np.ndarray:
        """Commitments of each so far, int `[miners, columns]`."""
        return np.asarray(self.people.miners["submissions"].T)

    @property
    def since(self) -> np.ndarray:
        """Block of the first of them, inf without one, `[miners, columns]`."""
        return np.asarray(self.people.miners["since"].T)

    @property
    def active(self) -> np.ndarray:
        """Whether each is in the contest, bool `[miners, columns]`."""
        return np.asarray(self.people.miners["active"].T)

    @property
    def training(self) -> np.ndarray:
        """Whether each trains, bool `[miners, columns]`; writing changes it."""
        return np.asarray(self.people.miners["training"].T)

    @property
    def pending(self) -> np.ndarray:
        """Whether each one's newest commitment waits for a validator, bool `[miners, columns]`."""
        return np.asarray(self.people.miners["pending"].T)

    @property
    def position(self) -> np.ndarray:
        """Where each one's private model stands, `[miners, columns]`; writing moves it."""
        return np.asarray(self.people.miners["position"].T)

    @property
    def diet(self) -> np.ndarray:
        """Shares of the sets that each one's private model was trained on, `[sets, miners, columns]`."""
        return self.people.diet.T

    def losses(self, lens: np.ndarray) -> np.ndarray:
        """Nats per token of the private models in the eyes of a mixture, `[miners, columns]`."""
        place, out = self.position, np.empty(self.position.shape)
        for miner, column in np.ndindex(out.shape):
            loss = self.courses.loss_of(miner, float(place[miner, column]))
            out[miner, column] = judged(loss, self.people.diet[column, miner], lens)
        return out

    @property
    def worked(self) -> np.ndarray:
        """Work done so far by way of progress, `[ways, columns]`."""
        return self.people.worked.T


def _looks(scenario: Scenario, seed: int) -> Looks:
    n, every = scenario.miners, scenario.wake_blocks
    phase = np.arange(n) * every // n if scenario.in_turn else stream(seed, "looks").integers(0, every, n)
    return Looks(every, phase, scenario.horizon)
