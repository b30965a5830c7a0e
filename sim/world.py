"""The world: processes on one clock, for all lanes at once. What differs between lanes is a value of the lane."""

from collections.abc import Callable, Generator, Sequence
from math import sqrt
from time import perf_counter

import numpy as np
import simpy

from sim import alarm
from sim.compiler import Direct
from sim.compiler.functions import interpreted_only
from sim.data.exposure import NO_DATA_WEIGHTS, judged
from sim.lanes import Columns, Lane
from sim.mechanism.pool import SEAT
from sim.miners.acts import look
from sim.miners.miners import Miners
from sim.miners.script import perform
from sim.miners.sight import Terms
from sim.models import Models, no_miners
from sim.record import Record
from sim.scenario import USUAL_SIZE, Scenario
from sim.validators.averages import agree
from sim.validators.evaluation import count_disagreements
from sim.validators.noise import Draws, Window
from sim.validators.pay import new_payroll
from sim.validators.queue import enqueue
from sim.validators.step import Timing, validate
from sim.validators.validator import Validator, new_history, new_validator, start_with
from sim.vault import keep_sealed, new_vault

Watch = Callable[[int], None]
Process = Generator[simpy.Event, None, None]

OPINION_STEPS = 48
"""Every so many steps a second validator looks too, with noise of its own, to see whether it would agree."""


class World:
    """A contest of miners, in all lanes and several worlds at once.

    The worlds of a pass are given by number; a world's result does not depend on the others.

    Raises:
        InputError: the scenario cannot be drawn, e.g. a trace is too short for the horizon.
    """

    def __init__(self, scenario: Scenario, lanes: Sequence[Lane], seed: int, worlds: Sequence[int]) -> None:
        self.scenario, self.columns = scenario, Columns(lanes, len(worlds))
        self._seed, self._worlds, self._again = seed, tuple(worlds), False
        self.miners = Miners(scenario, self.columns, seed, worlds)
        n, width, how, level = scenario.miners, self.columns.width, scenario.validation, scenario.noise
        effort = how.effort(np.nan_to_num(self.miners.courses.sizes, nan=USUAL_SIZE))
        history = new_history(n, width, level.kin, level.stranger, level.errors)
        self.alarm = history.alarm
        self.validators: list[Validator] = []
        for number in range(how.validators):
            models = Models(*(part.copy() for part in self.miners.committed))
            people = self.miners.people.miners if number == 0 else no_miners((width, n))
            self.validators.append(new_validator(self.columns, people, models, history, effort))
            history = history._replace(measured=np.full_like(history.measured, np.nan))
        self.noises: list[Draws] = [level.draws(n, seed, worlds, number) for number in range(how.validators + 1)]
        self.record = Record(scenario, self.columns, self.miners.target_mix)
        #: the reigning miners by the weights that all validators agree on, int `[columns]`, -1 before the first
        self.kings = np.full(width, -1)
        self.weights = self.validators[0].weights if how.validators == 1 else np.zeros((width, n), np.float32)
        self.payroll, self._kept = new_payroll(self.columns, self.weights, self.kings)
        self.data_weights = NO_DATA_WEIGHTS  #: of the mixture that is judged now, as in `Judging`
        self._timing = Timing(
            int(how.queue), float(how.load_seconds), float(how.model_seconds), float(how.limit_blocks),
            int(how.competitions), bool(not (how.load_seconds or how.model_seconds)),
        )  # fmt: skip
        self._terms = _terms(scenario)
        self._vault = new_vault(scenario, self.columns, self.miners.committed)
        self._step, self._look, self._seal = Direct(validate), Direct(look), Direct(keep_sealed)
        self._pairs, self._pool = np.zeros((width * n, 2), np.int64), np.zeros(n, SEAT)
        self._looks = np.zeros((2, width), np.int64)
        self._performed = 0
        #: wall time by what it went into; the clock has the rest
        self.seconds = {"evaluation": 0.0, "metrics": 0.0, "decisions": 0.0}
        if scenario.founded:
            self._start_with_public_model()

    def run(self, watch: Watch | None = None) -> Record:
        """Run the clock to the horizon; `watch` is called with each step's block, after all that happened in it.

        Raises:
            PolicyError: a policy failed or gave no number; the message says where.
            StrategyError: a strategy broke the rules.
        """
        clock = simpy.Environment()
        clock.process(self._switch_data(clock))
        steps = {"evaluation": self._validate, "metrics": self._observe}  # at one block in this order
        if self.scenario.script is None:
            steps["decisions"] = self._wake
        else:
            steps = {"script": self._perform, **steps}
        if watch is not None:
            steps["watch"] = lambda step, now, until: watch(now)
        for name, act in steps.items():
            clock.process(self._each_step(clock, name, act))
        clock.run(until=self.scenario.horizon)
        self.record.close()
        return self.record

    def _each_step(self, clock: simpy.Environment, name: str, act: Callable[[int, int, int], None]) -> Process:
        """Act at every step, with its number and the blocks at which it begins and ends."""
        seconds = self.seconds if name in self.seconds else {name: 0.0}
        for step, (now, until) in enumerate(self.scenario.clock()):
            yield clock.timeout(now - clock.now)
            began = perf_counter()
            act(step, now, until)
            seconds[name] += perf_counter() - began

    def _switch_data(self, clock: simpy.Environment) -> Process:
        """The mixture that is judged changes at its blocks."""
        if self.scenario.data is None:
            return
        self.data_weights = self.scenario.data.weights(0)
        for block in self.scenario.data.judging.blocks:
            if block > clock.now:
                yield clock.timeout(block - clock.now)
                self.data_weights = self.scenario.data.weights(block)

    def _validate(self, _: int, now: int, __: int) -> None:
        """Validators publish what is finished and judge what there is."""
        every, retry_blocks = self.scenario.validation.step_blocks, self.scenario.validation.retry_blocks
        retries = retry_blocks > 0 and now % retry_blocks < every
        for number, validator in enumerate(self.validators):
            count = self._step(
                validator, now, retries, self.columns.table, self.miners.committed, self._window(number, now),
                self.data_weights, self._timing, self._pairs,
            )  # fmt: skip
            if count and number == 0:
                rows, columns = self._pairs[:count].T
                block = validator.models.facts["block"][columns, rows]
                self.record.admitted(rows, columns, block, np.maximum(validator.busy[columns], now))
        self._check()

    def _observe(self, step: int, now: int, until: int) -> None:
        """Weights are agreed on and paid, policies learn, and what is true now is written down."""
        first = self.validators[0]
        if self.scenario.script is None and step % OPINION_STEPS == OPINION_STEPS - 1:
            self._second_opinion(now)
        if len(self.validators) == 1:
            self.kings[:] = first.king
        else:
            agree(np.stack([v.weights for v in self.validators]), self.weights, self.kings)
        self.record.step(now, until, first, self.payroll, self.columns.table)
        if len(self._vault.rings):
            public_blocks = self._terms.public_blocks
            self._seal(self._vault, now, self.kings, first.models, self.columns.table, public_blocks)
        self._check()

    def _wake(self, step: int, now: int, _: int) -> None:
        """The miners act that look up before the next step; all see what the validators have published by now."""
        agenda, first, last = self.miners.chance.looks_of(step)
        if last > first:
            count = self._look(
                first, last, now, self.miners.people, agenda, self._terms, self.validators[0], self._vault, self.kings,
                self.columns.table, self.record.account, self.data_weights, self._pairs,
            )  # fmt: skip
            self._check()
            self._enqueue(count)

    def _perform(self, _: int, now: int, __: int) -> None:
        """What the script says is committed, before validators look for it at the same block."""
        script = self.scenario.script
        assert script is not None  # noqa: S101 - it does not come to this otherwise
        while self._performed < len(script.block) and script.block[self._performed] <= now:
            self._enqueue(perform(script, self._performed, self.miners.people, self.record.account.sums, self._pairs))
            self._performed += 1

    def _enqueue(self, count: int) -> None:
        """All validators notice the new commitments."""
        for validator in self.validators if count else ():
            enqueue(validator, self.miners.committed, self._pairs, count)

    def _window(self, number: int, now: int) -> Window:
        """The noise of a validator by number; behind the last comes the one whose second opinion is asked."""
        return self.noises[number].window(now // self.scenario.validation.window_blocks, self.columns.sampled)

    def _second_opinion(self, now: int) -> None:
        first, table, window = self.validators[0], self.columns.table, self._window(-1, now)
        count_disagreements(first, now, table, window, self.data_weights, self.kings, self._pool, self._looks)
        self.record.opinions, self.record.disagreements = self._looks
        self.record.count_stored(first.stored(self.scenario.validation.retry_blocks > 0))

    def _check(self) -> None:
        """Turn what the loops found wrong into an error."""
        said = self.alarm[0]
        if said["kind"] != alarm.NONE:
            if said["kind"] in alarm.FORMULAS and not (self.columns.failures or self._again):
                self._retrace(said["column"].item())
            raise alarm.error_of(said, self.columns, self.miners)

    def _retrace(self, column: int) -> None:
        """Let a column go the same way interpreted, until Python's own error says which line of whose file is wrong."""
        lane, world = self.columns.lane_of(column), self._worlds[self.columns.world[column]]
        with interpreted_only():
            slow = World(self.scenario, [lane], self._seed, [world])
        slow._again = True
        slow.run()

    def _start_with_public_model(self) -> None:
        """The public model stands under the founders' names, and is king."""
        for validator in self.validators:
            start = self.miners.commit_public_model(validator.models)
            start_with(validator, self.miners.founder)
        self.kings[:] = self.miners.founder
        sums, target_mix = self.record.account.sums, self.miners.target_mix
        for column, miner in enumerate(self.miners.founder):
            training_mix = self.validators[0].models.training_mix[column, miner]
            sums["best"][column] = sums["published"][column] = judged(float(start[column]), training_mix, target_mix)
            sums["instant"][column] = miner


def _terms(scenario: Scenario) -> Terms:
    level, economy = scenario.noise, scenario.economy
    return Terms(
        float(economy.usd_per_day),
        float(economy.registration_usd),
        level.kin,
        level.stranger,
        sqrt(level.samples / scenario.local_samples),
        level.kin / sqrt(2.0),
        float(scenario.seed_sd),
        float(scenario.copies.penalty),
        float(scenario.copies.noise),
        float(scenario.public_blocks),
        float(scenario.validation.commit_blocks),
        float(scenario.wake_blocks),
        float(scenario.validation.step_blocks),
    )
