"""The validator: one evaluation step of all columns at once, and the weights that follow from it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.evaluation import Bench, evaluate
from sim.lanes import Columns
from sim.mechanism.dethrone import heaviest
from sim.mechanism.judge import Verdict
from sim.mechanism.keep import keep_order, priority
from sim.mechanism.tracker import Tracker
from sim.replay.pool import NOBODY, Pool
from sim.replay.race import Race


@dataclass(frozen=True)
class Step:
    """What the last evaluation saw and found, arrays `[slots, columns]`; an index of `len(race)` is an empty slot."""

    slots: np.ndarray
    score: np.ndarray
    epsilon: np.ndarray
    verdict: Verdict


ONLY = 0
"""A race is one competition."""


class Validator:
    """State of the validators of all columns; they share data and so are one (A4: the seed is the block's).

    Attributes:
        king: uid of the reigning king, int `[columns]`, -1 before the first.
        model: the live model of each uid, int `[uids + 1, columns]`.
        weights: weights for the chain, float32 `[uids, columns]`.
        lost: steps in which nobody was competitive, int `[columns]`.
        evaluations: model evaluations so far, int `[columns]`.
        last: the last step that evaluated anything.
    """

    def __init__(self, race: Race, columns: Columns, one_model_per_miner: bool = False) -> None:
        self._columns = columns
        self._block = np.append(race.block.astype(np.float64), np.inf)
        self.pool = Pool(race, columns, one_model_per_miner)
        uids = self.pool.uids
        self.king = np.full(columns.width, NOBODY)
        self.model = np.full((uids + 1, columns.width), NOBODY)
        self.weights = np.zeros((uids, columns.width), dtype=np.float32)
        self.lost = np.zeros(columns.width, dtype=np.int64)
        self.evaluations = np.zeros(columns.width, dtype=np.int64)
        self.last: Step | None = None
        self._tracker = Tracker(uids, columns.alpha)

    def step(self, now: int, losses: np.ndarray, samples: Callable[[], np.ndarray]) -> None:
        """Evaluate every pool at block `now`.

        Args:
            now: the current block.
            losses: what this step measures, `[submissions, worlds]`; inf where a model cannot be evaluated.
            samples: gives the same sample by sample, `[samples, submissions, worlds]`; called only where rules need it.
        """
        slots = self.pool.gather(now)
        if not len(slots):
            return
        columns = self._columns
        present = slots < self.pool.size
        at = np.where(present, slots, 0)
        score = np.where(present, losses[at, columns.world], np.inf)
        block = np.where(np.isfinite(score), self._block[slots], np.inf)
        epsilon = columns.panel.epsilon(now - block)
        uid = self.pool.uid[slots]
        bench = Bench(uid, score, block, epsilon, present)
        found, self.king = evaluate(
            columns, bench, lambda: np.where(present, samples()[:, at, columns.world], np.inf), self.king
        )
        np.put_along_axis(self.model, uid, slots, axis=0)
        self._average(uid, found)
        self._settle(slots, uid, found, score, block)
        self.last = Step(slots, score, epsilon, found)
        self.evaluations += present.sum(axis=0)
        self.lost += found.lost & present.any(axis=0)

    def _average(self, uid: np.ndarray, found: Verdict) -> None:
        scattered = np.zeros((self.pool.uids + 1, self._columns.width), dtype=np.float32)
        if self._columns.holds.any():
            scattered[:-1] = np.where(self._columns.holds, self.weights, 0)
        np.put_along_axis(scattered, uid, found.weights, axis=0)
        self._tracker.record(ONLY, scattered[:-1], updated=~found.lost)
        self.weights = self._tracker.subnet([(ONLY, 1.0)], self._columns.threshold)
        pooled = np.ones(self._columns.width, dtype=bool)
        pooled[self._columns.by_king] = pooled[self._columns.by_record] = False
        self.king = np.where(pooled, heaviest(self.weights, self.king), self.king)

    def _settle(self, slots: np.ndarray, uid: np.ndarray, found: Verdict, score: np.ndarray, block: np.ndarray) -> None:
        average = np.take_along_axis(self._tracker.average[ONLY], np.minimum(uid, self.pool.uids - 1), axis=0)
        rank = priority(average, found.rate)
        order = keep_order(rank, found.competitive, score, slots < self.pool.size)
        winner = np.argmax(np.where(found.competitive, found.rate, -1.0), axis=0)[None]
        self.pool.settle(
            slots,
            order,
            found.lost,
            score,
            np.take_along_axis(score, winner, axis=0)[0],
            np.take_along_axis(block, winner, axis=0)[0],
        )
