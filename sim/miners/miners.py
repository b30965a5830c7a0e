"""The miners of a world in all columns: they train, look up, decide, and commit models."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.compiler.strategies import DECISION, SEEN
from sim.data.data import Migration, no_migration
from sim.data.exposure import NO_DATA_WEIGHTS, judged
from sim.data.sets import SETS
from sim.lanes import Columns
from sim.miners.hardware import equip
from sim.miners.looks import Chance, Looks
from sim.miners.moves import no_moves
from sim.miners.population import Choices
from sim.miners.progress.course import Courses, Crew
from sim.miners.responses import Responses, new_responses
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
"""What a miner has in every lane of a world: USD and tokens per day, GPUs, what a day of training is worth; the block
before which it cannot enter; its way of making progress, by number, with the addresses of its numbers and functions."""


class People(NamedTuple):
    """The miners as the loops see them."""

    miners: np.ndarray  #: records of `MINER`, `[columns, miners]`
    persons: np.ndarray  #: records of `PERSON`, `[worlds, miners, choices]`; one choice without a menu
    line: np.ndarray  #: of their private models, as in `Models`, `[columns, miners, words]`
    training_mix: np.ndarray  #: the same, `[columns, miners, sets]`
    committed: Models  #: their newest commitments
    worked: np.ndarray  #: work done so far by way of progress, `[columns, ways]`
    players: np.ndarray  #: records of `PLAYER`, `[strategies]`
    migration: Migration  #: what they train on
    responses: Responses  #: how they respond to pay
    #: blocks at which they move to other data, `[switches, columns, miners]`, inf before; empty where they do not
    #: respond to pay
    moved: np.ndarray
    seen: np.ndarray  #: work space: the view of the miner that looks, a record `[1]`
    decision: np.ndarray  #: work space: what it decides, a record `[1]`


class _Fact:
    """A field of the records of `MINER`, as `[miners, columns]`; writing into the array changes the records."""

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, miners: "Miners", _: type) -> np.ndarray:
        return np.asarray(miners.people.miners[self._name].T)


class Miners:
    """State of the miners, with names for readers; the loops work on `people`.

    Attributes:
        people: see there.
        looks, chance: when they look up, and the random numbers of each look.
        hardware, courses, choices: what they own, how they make progress, and by which strategies they decide.
        target_mix: data weights of the mixture that is judged at the end; `NO_DATA_WEIGHTS` where data do not matter.
        founder: the miner under whose name the public model stands: the last in the order of roles, int `[columns]`.
        committed: their newest commitments.
        worked: work done so far by way of progress, `[ways, columns]`.
        training_mix: shares of the sets that the miners' private models were trained on, `[sets, miners, columns]`.
        emission, share: emission of each so far, in days of all of it, and its share now, as it is paid.
        spent, submissions, since: USD spent; commitments so far, and block of the first, inf without one.
        active, training, pending: whether each is in the contest, trains, and waits for a validator.
        position: how far the miners' private models have come, see `Course`.
        course: the course of the menu that each is on; 0 without one.
    """

    emission, share, spent, submissions, since = _Fact(), _Fact(), _Fact(), _Fact(), _Fact()
    active, training, pending, position, course = _Fact(), _Fact(), _Fact(), _Fact(), _Fact()

    def __init__(self, scenario: Scenario, columns: Columns, seed: int, worlds: Sequence[int]) -> None:
        n, width, data = scenario.miners, columns.width, scenario.data
        self.scenario, self.columns = scenario, columns
        self.looks = Looks.draw(scenario, seed)
        self.hardware = equip(scenario.fleet, scenario.ways[0][0].parameters, n, seed, worlds)
        crew = Crew(self.hardware, self.looks, seed, worlds, scenario.effort.most, scenario.responds)
        self.courses = Courses(scenario.ways, crew, columns.failures, bool(scenario.menu))
        options = any(lane.policy.fees for lane in columns.lanes)
        self.chance = Chance(scenario, self.looks, self.courses, seed, worlds, options)
        self.choices = Choices(columns, n, seed, worlds)
        self.founder = np.asarray(np.argmax(self.choices.rank, axis=0)[columns.world])
        self.target_mix = NO_DATA_WEIGHTS if data is None else data.weights(scenario.horizon)
        sets, owners = 0 if data is None else len(SETS), scenario.owners
        enters = stream(seed, "entry").random(n) * scenario.economy.entry_days * BLOCKS_PER_DAY
        first = self._first_miners(enters)
        migration = no_migration(n, len(worlds)) if data is None else data.migration(n, seed, worlds)
        self.people = People(
            first,
            self._persons(enters, len(worlds)),
            np.zeros((width, n, words(owners)), np.int64),
            np.zeros((width, n, sets)),
            no_models(n, width, sets, owners),
            np.zeros((width, len(self.courses.courses))),
            self.choices.players,
            migration,
            new_responses(scenario, first["active"]),
            no_moves(migration, width),
            np.zeros(1, SEEN),
            np.zeros(1, DECISION),
        )
        self.committed, self.worked = self.people.committed, self.people.worked.T
        self.training_mix = self.people.training_mix.T
        if data is not None:
            first = self.people.migration.start[columns.world]
            self.people.training_mix[np.arange(width)[:, None], np.arange(n), first] = 1.0

    def _first_miners(self, enters: np.ndarray) -> np.ndarray:
        """Records of `MINER` at block 0."""
        n, choices = self.scenario.miners, self.choices
        miners = no_miners((self.columns.width, n))
        scratch = choices.trait("from_scratch")
        miners["position"] = np.where(scratch, self.courses.scratch[:, None], self.courses.begin[:, None]).T
        miners["family"] = np.where(scratch, np.arange(n)[:, None], n).T
        miners["since"] = miners["live_block"] = np.inf
        miners["measured"] = np.nan
        miners["player"] = choices.code.T
        miners["course"] = self.courses.kind if self.courses.menu else 0
        miners["active"] = miners["training"] = ((enters == 0)[:, None] & ~choices.trait("waits")).T
        miners["spent"] = np.where(miners["active"], self.scenario.economy.registration_usd, 0.0)
        return miners

    def _persons(self, enters: np.ndarray, worlds: int) -> np.ndarray:
        persons = np.zeros((worlds, self.scenario.miners, self.courses.choices), PERSON)
        persons["enters"] = enters[:, None]
        for name in ("usd", "gpus", "tokens"):
            persons[name] = getattr(self.hardware, name).T[..., None]
        self.courses.write(persons)
        return persons

    def commit_public_model(self, models: Models) -> np.ndarray:
        """Put the public model on chain at block 0, under the founder's name; its true loss, `[columns]`."""
        facts = models.facts
        loss = {m: self.courses.loss_of(m, float(self.courses.begin[m])) for m in np.unique(self.founder).tolist()}
        start = np.array([loss[m] for m in self.founder.tolist()])
        founders = np.arange(self.columns.width), self.founder
        for name, value in (("block", 0.0), ("loss", start), ("base", start), ("twin", self.founder)):
            facts[name][founders] = value
        models.training_mix[founders] = self.people.training_mix[founders]
        for mine, theirs in zip(self.committed, models, strict=True):
            mine[founders] = theirs[founders]
        self.people.miners["live_block"][founders], self.people.miners["measured"][founders] = 0.0, start
        return start

    @property
    def balance(self) -> np.ndarray:
        """USD earned less USD spent, `[miners, columns]`."""
        return np.asarray(self.emission * self.scenario.economy.usd_per_day - self.spent)

    def losses(self, data_weights: np.ndarray) -> np.ndarray:
        """Nats per token of the private models on a mixture, `[miners, columns]`."""
        place, out = self.position, np.empty(self.position.shape)
        ways = self.course if self.courses.menu else np.broadcast_to(self.courses.kind[:, None], out.shape)
        for miner, column in np.ndindex(out.shape):
            loss = self.courses.courses[ways[miner, column]].loss_of(miner, float(place[miner, column]))
            out[miner, column] = judged(loss, self.people.training_mix[column, miner], data_weights)
        return out
