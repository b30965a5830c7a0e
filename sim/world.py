"""The world: one clock, all lanes. SimPy runs time once; what differs between lanes is a value in an array."""

from collections.abc import Callable, Generator, Sequence
from time import perf_counter

import numpy as np
import simpy

from policies.arrays import Array
from sim.backend import backend
from sim.clock import BLOCKS_PER_DAY
from sim.consensus import agreed
from sim.evaluation import NOBODY, evaluate
from sim.lanes import Columns, Lane
from sim.mechanism.dethrone import heaviest
from sim.miners.board import Board
from sim.miners.commits import Commitments
from sim.miners.miners import Miners
from sim.noise import Noise
from sim.pay import Pay
from sim.record import Record
from sim.scenario import Scenario
from sim.validator import Step, Validator

Watch = Callable[[int], None]

OPINION_STEPS = 48
"""Every so many steps a second validator looks too, with noise of its own, to see whether it would agree."""


class World:
    """A contest of miners who decide, in all lanes and several worlds at once.

    Args:
        scenario: the contest.
        lanes: the competing policies, each with its population.
        seed: of all random streams.
        worlds: which worlds to run in this pass, by number; a world's result does not depend on the others.
        device: `numpy`, `torch` or `cuda`.

    Attributes:
        miners, validators, pay, record: see there.
        seconds: wall time by what it went into; the clock has the rest.

    Raises:
        InputError: the scenario cannot be drawn, e.g. a trace is too short for the horizon.
    """

    def __init__(
        self, scenario: Scenario, lanes: Sequence[Lane], seed: int, worlds: Sequence[int], device: str = "numpy"
    ) -> None:
        self.scenario, self.place = scenario, backend(device)
        self.columns = Columns(lanes, len(worlds), self.place)
        self.miners = Miners(self.place, scenario, self.columns, seed, worlds)
        sets = 0 if scenario.data is None else len(scenario.data.sets)
        n, how = scenario.miners, scenario.validation
        self.validators = [
            Validator(
                self.place,
                self.columns,
                n,
                how,
                Noise(scenario.noise, n, seed, worlds, self.place, number),
                sets,
                self.miners.courses.sizes,
            )
            for number in range(how.validators)
        ]
        self.pay = Pay(self.place, self.columns, n)
        self.record = Record(self.place, scenario, self.columns)
        self._other = Noise(scenario.noise, n, seed, worlds, self.place, how.validators)
        self._king = self.place.full((self.columns.width,), NOBODY, "int64")
        self._lens: np.ndarray | None = None
        self._told: Step | None = None
        for validator in self.validators[1:]:
            validator.history = self.validators[0].history
        self.seconds = {"evaluation": 0.0, "metrics": 0.0, "decisions": 0.0}
        if scenario.founded:
            self._found()

    @property
    def board(self) -> Board:
        """What everybody can see now; the weights as they are paid."""
        return self._board(self._agree())

    def _board(self, weights: Array) -> Board:
        first, record = self.validators[0], self.record
        return Board(
            self._king,
            record.crowned,
            record.descent,
            self.pay.shown(weights),
            first.models,
            first.measured,
            first.history,
            self._lens,
        )

    def _agree(self) -> Array:
        """The mechanism's weights, which decide who is king whatever is paid."""
        weights = agreed([v.weights for v in self.validators])
        if len(self.validators) == 1:
            self._king = self.validators[0].king
        else:
            self._king = heaviest(weights, self._king)
        return weights

    def run(self, watch: Watch | None = None) -> Record:
        """Run the clock to the horizon; `watch` is called with each step's block, after all that happened in it."""
        env = simpy.Environment()
        env.process(self._clock(env, watch))
        env.run(until=self.scenario.horizon)
        self.record.close()
        return self.record

    def _clock(self, env: simpy.Environment, watch: Watch | None) -> Generator[simpy.Event]:
        """Step by step: validators judge what there is, then those miners decide who look up before the next step."""
        every, horizon = self.scenario.validation.step_blocks, self.scenario.horizon
        for step in range(self.scenario.steps):
            now, until = step * every, min((step + 1) * every, horizon)
            began = perf_counter()
            self._judge(step, now)
            weights, first = self._agree(), self.validators[0]
            days = (until - now) / BLOCKS_PER_DAY
            payment = self.pay.step(weights, self._king, first.models, first.measured, days)
            board = self._board(weights)
            self._remember(now, board)
            judged = perf_counter()
            self.record.step(now, until, board, payment, self.miners, self.miners.ruler)
            recorded = perf_counter()
            self._committed(self.miners.look(step, now, until, board))
            self.seconds["evaluation"] += judged - began
            self.seconds["metrics"] += recorded - judged
            self.seconds["decisions"] += perf_counter() - recorded
            if watch is not None:
                watch(now)
            yield env.timeout(until - now)

    def _judge(self, step: int, now: int) -> None:
        data = self.scenario.data
        self._lens = None if data is None else data.lens(now)
        for number, validator in enumerate(self.validators):
            rows, columns = validator.step(now, self.miners.committed, self._lens)
            if number == 0 and len(rows):
                self.miners.admitted(rows, columns)
                at = self.place.array(rows), self.place.array(columns)
                block = self.place.numpy(validator.models.block[at])
                scored = np.maximum(self.place.numpy(validator.busy)[columns], now)
                self.record.admitted(rows, columns, block, scored)
        if step % OPINION_STEPS == OPINION_STEPS - 1:
            self._second_opinion(now)
            remembers = self.scenario.validation.retry_blocks > 0
            self.record.look(self.validators[0].queue.held(remembers))

    def _remember(self, now: int, board: Board) -> None:
        """Policies that read history take in what the last evaluation brought."""
        last = self.validators[0].last
        if last is not None and board.history.reads:
            fresh = last.begun if last is not self._told else self.place.xp.zeros_like(last.begun)
            self._told = last
            board.history.judged(now, board.king, fresh, last.bench.uid)

    def _committed(self, new: Commitments) -> None:
        if len(new.rows):
            for validator in self.validators:
                validator.queue.commit(new.rows, new.columns, new.block)

    def _second_opinion(self, now: int) -> None:
        validator, xp = self.validators[0], self.place.xp
        last = validator.last
        if last is None:
            return
        bench, _ = validator.bench(now, last.bench.uid, last.begun, self._other, self._lens)
        floor = validator.history.floor_against(now, last.bench.uid, bench.alike)
        found, _ = evaluate(self.columns, bench, lambda: bench.score[None, ...], self._king, floor)
        first, second = (xp.argmax(v.weights, axis=0) for v in (last.verdict, found))
        self.record.opinion(first != second, last.begun & ~last.verdict.lost & ~found.lost)

    def _found(self) -> None:
        for validator in self.validators:
            self.miners.found(validator.models)
            validator.crown(self.place.array(self.miners.founder))
        self._king = self.validators[0].king
