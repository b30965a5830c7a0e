"""A validator: queue, measure, judge, average; one step of all columns at once (A3 to A8)."""

from dataclasses import dataclass

import numpy as np

from policies.arrays import Array
from sim.averages import Averages
from sim.backend import Backend
from sim.clock import BLOCK_SECONDS
from sim.data.exposure import judged
from sim.evaluation import Bench, evaluate
from sim.history import History
from sim.lanes import Columns
from sim.mechanism.judge import Verdict
from sim.mechanism.sums import ordered_sum
from sim.models import Models
from sim.noise import Deviations, Noise
from sim.queue import Queue
from sim.scenario import USUAL_SIZE, Validation


@dataclass(frozen=True)
class Step:
    """What the last evaluation saw and found, arrays `[slots, columns]`; an index of `miners` is an empty slot.

    Attributes:
        bench, verdict: see there.
        begun: columns in which a step began, bool `[columns]`.
        seconds: how long it takes, `[columns]`; where no step began it means nothing.
        retried: slots from this one on are retries.
    """

    bench: Bench
    verdict: Verdict
    begun: Array
    seconds: Array
    retried: int


class Validator:
    """One validator's state in all columns.

    Args:
        place: where arrays live.
        columns: the lanes times worlds.
        miners: how many there are.
        validation: how it works.
        noise: what it draws.
        sets: data sets that a model may be trained on; 0 where data do not matter.
        sizes: parameters of each miner's models, `[miners]`, NaN where unknown; when left out, unknown for all.

    Attributes:
        models: what it evaluates: for each miner the newest model that it has let in.
        weights: what it set on chain last, float32 `[miners, columns]`.
        king: the miner with the most weight by its own books, int `[columns]`, -1 before the first.
        measured: each miner's loss as it measured it last, without what all models of that step shared; NaN before.
        busy: block until which its present step lasts, `[columns]`.
        evaluations, lost, timeouts: counts so far, int `[columns]`.
        last: its last step.
        history: crowns and measurements as policies may see them: the first validator's for all.
    """

    def __init__(
        self,
        place: Backend,
        columns: Columns,
        miners: int,
        validation: Validation,
        noise: Noise,
        sets: int = 0,
        sizes: np.ndarray | None = None,
    ) -> None:
        self._place, self._columns, self._miners = place, columns, miners
        self._validation, self._noise = validation, noise
        width = columns.width
        self.models = Models(place, miners, width, sets)
        self.queue = Queue(place, columns, miners, validation.queue)
        self._averages = Averages(place, columns, miners)
        self.weights, self.king = self._averages.weights, self._averages.king
        self.measured = place.full((miners + 1, width), float("nan"))
        self.busy = place.full((width,), 0.0)
        self.evaluations, self.lost, self.timeouts = (place.full((width,), 0, "int64") for _ in range(3))
        self.last: Step | None = None
        self.history = History(place, columns, self.models, self.measured, noise.level)
        self._all = place.xp.arange(width, device=self.busy.device)[None, :]
        self._turn = place.full((width,), 0, "int64")
        self._world = place.array(columns.world)
        known = np.full(miners + 1, np.nan) if sizes is None else np.append(sizes, np.nan)
        self._effort = place.array(validation.effort(np.where(np.isnan(known), USUAL_SIZE, known)))
        self._instant = not (validation.load_seconds or validation.model_seconds)

    def step(self, now: int, committed: Models, lens: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """What happens at block `now`: a finished step is published, and where nobody is busy the next one begins.

        Args:
            now: the current block.
            committed: the miners' newest commitments.
            lens: how the present mixture of data looks at what a model was trained on; None where data do not matter.

        Returns:
            The miners and columns whose commitments were let in.
        """
        ready = self.busy <= now
        self._publish(ready)
        rows, cols, arrivals = self.queue.admit(now, committed, self._place.numpy(ready))
        if len(rows):
            at = self._place.array(rows), self._place.array(cols)
            self.models.take(committed, *at)
            self.queue.forget(*at)
            self.measured[at] = float("nan")
            self.history.forget(*at)
        xp = self._place.xp
        stacks = [self.queue.kept, self._place.array(arrivals)]
        every = self._validation.retry_blocks
        if every and now % every < self._validation.step_blocks:
            stacks.append(self.queue.again(now, ready, self.history.epsilon_against))
        retried = sum(len(s) for s in stacks[:2])
        slots = xp.concat(stacks, axis=0)
        if len(slots):
            # where there is nothing to evaluate no step begins, whatever other columns have
            begins = ready & xp.any(slots < self._miners, axis=0)
            self._evaluate(now, slots, begins, lens, retried)
        if self._instant:
            self._publish(ready)
        return rows, cols

    def crown(self, miner: Array) -> None:
        """Begin with these kings, one per column: what they have is evaluated, and all weight is theirs."""
        self.queue.kept = miner[None, :]
        self.measured[miner, self._all[0, :]] = self.models.loss[miner, self._all[0, :]]
        self._averages.begin(miner)
        self.weights, self.king = self._averages.weights, self._averages.king

    def bench(self, now: int, slots: Array, there: Array, noise: Noise, lens: np.ndarray | None) -> tuple[Bench, Array]:
        """Measure what is in the slots; also the measurements without what all models share."""
        xp, models, at = self._place.xp, self.models, (slots, self._all)
        window = noise.window(now // self._validation.window_blocks)
        score = judged(models.loss[at], models.fare(*at), lens) + self._apart(window, slots)
        block = models.block[at]
        present = there & (slots < self._miners)
        measured = xp.where(present, score + window.common[self._world], xp.inf)
        block = xp.where(present & xp.isfinite(measured), block, xp.inf)
        epsilon = self.history.epsilon(now, now - block, slots)
        alike = self.history.each_other(slots)
        against = self.history.against(now, now - block, slots, epsilon, alike)
        return Bench(slots, measured, block, epsilon, present, against, alike), score

    def _apart(self, noise: Deviations, slots: Array) -> Array:
        """What sets the models in the slots apart, `[..., slots, columns]`; a copy has it all from its original."""
        models, world, at = self.models, self._world, (slots, self._all)
        own = noise.own[..., models.twin[at], world] + models.rough[at] * noise.own[..., slots, world]
        return own + noise.family[..., models.family[at], world]

    def _evaluate(self, now: int, slots: Array, ready: Array, lens: np.ndarray | None, retried: int) -> None:
        xp, columns, averages = self._place.xp, self._columns, self._averages
        due, self._turn = self._turn % self._validation.competitions == 0, self._turn + xp.astype(ready, xp.int64)
        bench, plain = self.bench(now, slots, ready & due, self._noise, lens)
        there = bench.present

        def samples() -> Array:
            each = self._noise.samples(now // self._validation.window_blocks)
            return xp.where(there, bench.score + self._apart(each, slots), xp.inf)

        floor = self.history.floor_against(now, slots, bench.alike)
        found, crowned = evaluate(columns, bench, samples, averages.king, floor)
        count = xp.sum(there, axis=0, dtype=xp.int64)
        begun = count > 0
        seconds = self._seconds(slots, there, due)
        late = seconds > self._validation.limit_blocks * BLOCK_SECONDS
        lost = found.lost | late
        found = Verdict(found.competitive, found.wins, found.rate, found.weights, lost)
        self.busy = xp.where(
            ready, now + xp.where(late, self._validation.limit_blocks, seconds / BLOCK_SECONDS), self.busy
        )
        self.timeouts = self.timeouts + xp.astype(late & begun, xp.int64)
        self.evaluations = self.evaluations + xp.where(ready, count, 0)
        self.lost = self.lost + xp.astype(lost & begun, xp.int64)
        self._note(slots, plain, there)
        averages.king = xp.where(begun & ~late, crowned, averages.king)
        averages.record(slots, found, begun & ~lost)
        self.queue.close(slots, bench, found, averages.of(slots), lost | ~begun)
        self.last = Step(bench, found, begun, seconds, retried)

    def _seconds(self, slots: Array, there: Array, due: Array) -> Array:
        """What the step takes, `[columns]`; in another competition's turn, `keep` models of the usual size."""
        xp, how = self._place.xp, self._validation
        # a copy is as large as its original; the sum is of efforts, so that equal ones add up exactly
        each = xp.where(there, self._effort[self.models.twin[slots, self._all]], 0.0)
        other = xp.astype(self._columns.keep, xp.float64)
        return how.load_seconds + how.model_seconds * xp.where(due, ordered_sum(each), other)

    def _note(self, slots: Array, plain: Array, there: Array) -> None:
        at, column = self._place.xp.nonzero(there)
        self.measured[slots[at, column], column] = plain[at, column]

    def _publish(self, ready: Array) -> None:
        """Where nobody is busy any more, the last step's outcome is set on chain."""
        coming, xp = self._averages, self._place.xp
        if self.weights is coming.weights:
            return
        if xp.all(ready):
            self.weights, self.king = coming.weights, coming.king
        else:
            self.weights = xp.where(ready, coming.weights, self.weights)
            self.king = xp.where(ready, coming.king, self.king)
