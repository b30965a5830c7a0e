"""The validator: one evaluation step of all columns at once, and the weights that follow from it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.averages import Averages
from sim.backend import backend
from sim.evaluation import NOBODY, Bench, evaluate
from sim.lanes import Columns
from sim.mechanism.judge import Verdict
from sim.replay.pool import Pool
from sim.replay.race import Race


@dataclass(frozen=True)
class Step:
    """What the last evaluation saw and found, arrays `[slots, columns]`; an index of `len(race)` is an empty slot."""

    slots: np.ndarray
    score: np.ndarray
    epsilon: np.ndarray
    verdict: Verdict


class Validator:
    """State of the validators of all columns; they share data and so are one (A4: the seed is the block's).

    Attributes:
        model: the live model of each uid, int `[uids + 1, columns]`.
        lost: steps in which nobody was competitive, int `[columns]`.
        evaluations: model evaluations so far, int `[columns]`.
        last: the last step that evaluated anything.
    """

    def __init__(self, race: Race, columns: Columns, one_model_per_miner: bool = False) -> None:
        self._columns = columns
        self._block = np.append(race.block.astype(np.float64), np.inf)
        self.pool = Pool(race, columns, one_model_per_miner)
        uids = self.pool.uids
        self.model = np.full((uids + 1, columns.width), NOBODY)
        self.lost = np.zeros(columns.width, dtype=np.int64)
        self.evaluations = np.zeros(columns.width, dtype=np.int64)
        self.last: Step | None = None
        self._averages = Averages(backend(), columns, uids)

    @property
    def king(self) -> np.ndarray:
        """Uid of the reigning king, int `[columns]`, -1 before the first."""
        return np.asarray(self._averages.king)

    @property
    def weights(self) -> np.ndarray:
        """Weights for the chain, float32 `[uids, columns]`."""
        return np.asarray(self._averages.weights)

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
        averages = self._averages
        found, averages.king = evaluate(
            columns, bench, lambda: np.where(present, samples()[:, at, columns.world], np.inf), averages.king
        )
        np.put_along_axis(self.model, uid, slots, axis=0)
        averages.record(uid, found, ~found.lost)
        self.pool.close(slots, bench, found, averages.of(uid), found.lost)
        self.last = Step(slots, score, epsilon, found)
        self.evaluations += present.sum(axis=0)
        self.lost += found.lost & present.any(axis=0)
