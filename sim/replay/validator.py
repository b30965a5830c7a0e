"""The validator: one evaluation step of all columns at once, and the weights that follow from it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.by_sample import judge_samples
from sim.lanes import Columns
from sim.mechanism.dethrone import against_king, heaviest, running_best
from sim.mechanism.judge import Verdict, judge
from sim.mechanism.keep import keep_order, priority
from sim.mechanism.pair import beats
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
        self._by_king = columns.where(semantics="king")
        self._by_record = columns.where(semantics="running-best")

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
        found = judge(
            score,
            block,
            epsilon,
            columns.floor,
            temperature=columns.temperature,
            present=present,
            filtered=columns.filtered,
            winner_takes_all=columns.winner_takes_all,
            alone=columns.alone,
        )
        if columns.sampled:
            by_sample = np.where(present, samples()[:, at, columns.world], np.inf)
            found = judge_samples(found, by_sample, block, epsilon, present, columns)
        uid = self.pool.uid[slots]
        np.put_along_axis(self.model, uid, slots, axis=0)
        if len(self._by_king) or len(self._by_record):
            found = self._crown_by_pair(found, score, block, epsilon, present, uid)
        self._average(uid, found)
        self._settle(slots, uid, found, score, block)
        self.last = Step(slots, score, epsilon, found)
        self.evaluations += present.sum(axis=0)
        self.lost += found.lost & present.any(axis=0)

    def _crown_by_pair(
        self,
        found: Verdict,
        score: np.ndarray,
        block: np.ndarray,
        epsilon: np.ndarray,
        present: np.ndarray,
        uid: np.ndarray,
    ) -> Verdict:
        """The verdict where columns with `king` or `running-best` semantics have one competitive model: the new king.

        So the king is always kept, everything goes to him, and the rest of the keep-set are the lowest losses.
        """
        among, wins, rate, weights, lost = (
            np.array(a) for a in (found.competitive, found.wins, found.rate, found.weights, found.lost)
        )
        for chosen, by_record in ((self._by_king, False), (self._by_record, True)):
            if not len(chosen):
                continue
            beaten = beats(score[:, chosen], block[:, chosen], epsilon[:, chosen])
            there = present[:, chosen] & np.isfinite(score[:, chosen])
            if by_record:
                place = running_best(beaten, block[:, chosen], there)
            else:
                same = (uid[:, chosen] == self.king[chosen]) & there
                reigning = np.where(same.any(axis=0), same.argmax(axis=0), NOBODY)
                place = against_king(beaten, block[:, chosen], there, reigning)
            crowned = np.take_along_axis(uid[:, chosen], np.maximum(place, 0)[None], axis=0)[0]
            self.king[chosen] = np.where(place >= 0, crowned, self.king[chosen])
            wins[:, chosen] = (beaten & there[None]).sum(axis=1) * there
            among[:, chosen] = rate[:, chosen] = weights[:, chosen] = np.arange(len(uid))[:, None] == place
            lost[chosen] = place < 0
        return Verdict(among, wins, rate, weights, lost)

    def _average(self, uid: np.ndarray, found: Verdict) -> None:
        scattered = np.zeros((self.pool.uids + 1, self._columns.width), dtype=np.float32)
        if self._columns.holds.any():
            scattered[:-1] = np.where(self._columns.holds, self.weights, 0)
        np.put_along_axis(scattered, uid, found.weights, axis=0)
        self._tracker.record(ONLY, scattered[:-1], updated=~found.lost)
        self.weights = self._tracker.subnet([(ONLY, 1.0)], self._columns.threshold)
        pooled = np.ones(self._columns.width, dtype=bool)
        pooled[self._by_king] = pooled[self._by_record] = False
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
