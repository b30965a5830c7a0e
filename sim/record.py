"""What is kept of a world: crowns, and the sums behind the metrics; memory does not grow with steps."""

from dataclasses import dataclass

import numpy as np

from policies.arrays import Array
from sim.backend import Backend
from sim.clock import BLOCKS_PER_DAY
from sim.data.exposure import judged
from sim.lanes import Columns
from sim.mechanism.sums import ordered_sum
from sim.miners.board import Board
from sim.miners.miners import SOMETHING, Miners
from sim.pay import Payment
from sim.scenario import Scenario

POINTS = 200
"""Points of a curve per column."""
LONG_DAYS = 7.0
"""Gaps without a truly better king that are longer than this count as long."""
LATE_DAYS = 14.0
"""A miner is new for so many days."""
MEMORY_DAYS = 14.0
"""Time constant of the public estimate of the descent."""
DELAY_BLOCKS, DELAYS = 25, 400
"""Width and number of the bins of the histogram of delays; longer ones count in the last."""


@dataclass(frozen=True)
class Crowns:
    """Every change of king, in the order of time; arrays `[crowns]` of numpy.

    Attributes:
        block, column, miner: when, where, who.
        loss: true loss of his model then.
        gain: ln(loss of the king before / his): 0 for the first.
    """

    block: np.ndarray
    column: np.ndarray
    miner: np.ndarray
    loss: np.ndarray
    gain: np.ndarray


class Record:
    """Accumulates while the world runs; arrays over the trailing columns axis, in days where they are times.

    Losses are measured with one ruler for the whole contest: the mixture of data that is judged at its end.

    Attributes:
        first: log loss of the first king.
        area: integral of the log loss gained since.
        eligibility, withholding: integrals of ln(king / best committed) and ln(best committed / best anywhere).
        missed: time in which a committed model was better than the king by more than the decayed bar.
        burned: emission that nobody got.
        held: emission held back now.
        luck: emission of kings who were truly no better than their predecessor.
        kings: emission of whoever was king then.
        stored, looks: models that the first validator held at its looks, summed up, and how many looks there were.
        credit: true descent credited to each miner, split over the lineage of the models, `[miners, columns]`.
        marks: log loss of the king at the thirds of the contest, `[4, columns]`; NaN before there is one.
        gap, gap_squares, gap_long: the longest time without a truly better king, the sum of squares, and of long ones.
        reached: when the target was reached; NaN if never.
        late: emission as it was when the last days began, `[miners, columns]`.
        delays: histogram of blocks from commitment to score, `[bins, columns]`.
        curves: sampled log losses `[3, points, columns]`: king, best committed, best anywhere; `epsilon` beside it.
    """

    def __init__(self, place: Backend, scenario: Scenario, columns: Columns) -> None:
        self._place, self._scenario, self._columns = place, scenario, columns
        width, n = columns.width, scenario.miners
        self._numbers = place.xp.arange(width, device=columns.floor.device)
        self._floor = -place.xp.log1p(-columns.floor)
        (
            self.first,
            self.lowest,
            self.reached,
        ) = (place.full((width,), float("nan")) for _ in range(3))
        (
            self.area,
            self.eligibility,
            self.withholding,
            self.missed,
            self.burned,
            self.held,
            self.luck,
            self.kings,
            self._copies,
            self.stored,
            self.gap,
            self.gap_squares,
            self.gap_long,
            self._better_at,
            self.descent,
        ) = (place.full((width,), 0.0) for _ in range(15))
        self._seen = self.looks = 0
        self._news = False
        self._copied = place.full((n, width), False, "bool")
        self._copied_from = place.full((n, width), 0.0)
        self._lucky = place.full((width,), False, "bool")
        self._king = place.full((width,), -1, "int64")
        self._log_king = place.full((width,), float("nan"))
        self.crowned = place.full((width,), 0.0)
        self.credit = place.full((n, width), 0.0)
        self.marks = place.full((4, width), float("nan"))
        self.late = place.full((n, width), 0.0)
        self.delays = np.zeros((DELAYS, width), dtype=np.int64)
        self.curves = np.full((3, POINTS, width), np.nan, dtype=np.float32)
        self.epsilon = np.full((POINTS, width), np.nan, dtype=np.float32)
        self.opinions = self.disagreements = place.full((width,), 0, "int64")
        self._crowns: list[tuple[np.ndarray, ...]] = []
        self._points = 0

    def admitted(self, rows: np.ndarray, columns: np.ndarray, block: np.ndarray, scored: np.ndarray) -> None:
        """Commitments of these blocks will have their first score at block `scored`, `[some]` each."""
        late = np.minimum((scored - block) // DELAY_BLOCKS, DELAYS - 1).astype(np.int64)
        np.add.at(self.delays, (late, columns), 1)
        self._news = True

    def opinion(self, differs: Array, judged: Array) -> None:
        """A second validator with noise of its own has looked: where it crowned somebody else."""
        xp = self._place.xp
        self.opinions = self.opinions + xp.astype(judged, xp.int64)
        self.disagreements = self.disagreements + xp.astype(judged & differs, xp.int64)

    def look(self, held: Array) -> None:
        """So many models the validator holds now, int `[columns]`."""
        self.stored, self.looks = self.stored + held, self.looks + 1

    def to_copies(self, emission: Array) -> Array:
        """Emission of miners while the model that is judged was somebody else's, `[columns]`.

        Args:
            emission: of all miners so far, `[miners, columns]`.
        """
        since = self._place.xp.where(self._copied, emission - self._copied_from, 0.0)
        return self._copies + ordered_sum(since)

    def step(
        self, now: int, until: int, board: Board, payment: Payment, miners: Miners, ruler: np.ndarray | None
    ) -> None:
        """Take in the state that holds from block `now` to `until`, and who is paid for it."""
        xp = self._place.xp
        days = (until - now) / BLOCKS_PER_DAY
        there = board.king >= 0
        king = xp.where(there, board.king, self._scenario.miners)
        loss = board.models.loss[king, self._numbers]
        loss = judged(loss, board.models.fare(king, self._numbers), ruler)
        log_king = xp.where(there, xp.log(xp.where(there, loss, 1.0)), xp.nan)
        self._crown(now, king, log_king, there)
        self._improve(now, king, log_king, board)
        self._log_king = log_king
        gained = xp.where(there, self.first - log_king, 0.0)
        self.area = self.area + gained * days
        committed, best = (xp.where(loss < SOMETHING, xp.log(loss), xp.nan) for loss in (miners.published, miners.best))
        waiting = xp.where(there, log_king - committed, 0.0)
        waiting = xp.where(waiting > 0, waiting, 0.0)
        hidden = committed - best
        self.eligibility = self.eligibility + waiting * days
        self.withholding = self.withholding + xp.where(hidden > 0, hidden, 0.0) * days
        self.missed = self.missed + self._place.choose(waiting > self._floor, days, 0.0)
        paid = payment.paid
        self.burned, self.held = self.burned + payment.burned * days, payment.held
        own = xp.where(there, paid[xp.where(there, board.king, 0), self._numbers], 0.0) * days
        self.kings = self.kings + own
        if self._news:
            self._copy(board.models.copied[:-1, :], miners.books.emission)
        self.luck = self.luck + xp.where(self._lucky, own, 0.0)
        miners.books.emission = miners.books.emission + paid * days
        self._mark(now, until, log_king, committed, best, board, miners, there, king)

    def close(self) -> None:
        """The contest is over: the last gap is cut."""
        self._gap(self._scenario.horizon, self._place.xp.ones_like(self._lucky))

    def crowns(self) -> Crowns:
        """All crowns so far."""
        if not self._crowns:
            nothing = np.empty(0, dtype=np.int64)
            return Crowns(nothing, nothing, nothing, np.empty(0), np.empty(0))
        return Crowns(*(np.concatenate(parts) for parts in zip(*self._crowns, strict=True)))

    def _crown(self, now: int, king: Array, log_king: Array, there: Array) -> None:
        xp, place = self._place.xp, self._place
        changed = there & (king != self._king)
        if not xp.any(changed):
            return
        new = changed & (self._king < 0)
        self.first = xp.where(new, log_king, self.first)
        self.lowest = xp.where(new, log_king, self.lowest)
        gain = xp.where(new, 0.0, self._log_king - log_king)
        self._lucky = xp.where(changed, ~new & (gain <= 0), self._lucky)
        self.crowned = xp.where(changed, float(now), self.crowned)
        self._king = xp.where(changed, king, self._king)
        at = np.flatnonzero(place.numpy(changed))
        who, log, g = (place.numpy(a)[at] for a in (king, log_king, gain))
        self._crowns.append((np.full(len(at), now), at, who, np.exp(log), g))

    def _copy(self, copied: Array, emission: Array) -> None:
        """Notice whose model became a copy, or one of his own again; asked only when models were let in.

        Args:
            copied: whether a miner's judged model is somebody else's, `[miners, columns]`.
            emission: of all miners before this step.
        """
        xp = self._place.xp
        changed, self._news = copied != self._copied, False
        if not xp.any(changed):
            return
        self._copies = self._copies + ordered_sum(xp.where(self._copied & changed, emission - self._copied_from, 0.0))
        self._copied_from = xp.where(changed, emission, self._copied_from)
        self._copied = xp.asarray(copied, copy=True)

    def _improve(self, now: int, king: Array, log_king: Array, board: Board) -> None:
        xp, place = self._place.xp, self._place
        better = log_king < self.lowest
        left = float(np.exp((self._seen - now) / BLOCKS_PER_DAY / MEMORY_DAYS))
        gain = xp.where(better, self.lowest - log_king, 0.0)
        self.descent, self._seen = self.descent * left + gain / MEMORY_DAYS, now
        if not xp.any(better):
            return
        self._gap(now, better)
        self._better_at = xp.where(better, float(now), self._better_at)
        self.lowest = xp.where(better, log_king, self.lowest)
        due = better & xp.isnan(self.reached) & (self.first - log_king >= self._scenario.target)
        self.reached = xp.where(due, now / BLOCKS_PER_DAY, self.reached)
        at = np.flatnonzero(place.numpy(better))
        col = place.array(at)
        owners = place.numpy(board.models.owners(king[col], col))
        share = place.numpy(gain)[at] / np.maximum(owners.sum(axis=0), 1)
        self.credit[:, col] = self.credit[:, col] + place.array(owners * share)

    def _gap(self, now: int, where: Array) -> None:
        xp = self._place.xp
        gap = (now - self._better_at) / BLOCKS_PER_DAY
        self.gap = xp.where(where & (gap > self.gap), gap, self.gap)
        self.gap_squares = self.gap_squares + xp.where(where, gap**2, 0.0)
        self.gap_long = self.gap_long + xp.where(where & (gap > LONG_DAYS), gap, 0.0)

    def _mark(
        self,
        now: int,
        until: int,
        log_king: Array,
        committed: Array,
        best: Array,
        board: Board,
        miners: Miners,
        there: Array,
        king: Array,
    ) -> None:
        horizon, place = self._scenario.horizon, self._place
        for third in range(4):
            if now <= third * horizon / 3 < until or (third == 3 and until >= horizon):
                self.marks[third] = log_king
        start = horizon - LATE_DAYS * BLOCKS_PER_DAY
        if now <= max(start, 0) < until:
            self.late = place.xp.asarray(miners.books.emission, copy=True)
        while self._points < POINTS and (self._points * horizon / (POINTS - 1) < until or until >= horizon):
            for number, values in enumerate((log_king, committed, best)):
                self.curves[number, self._points] = place.numpy(values)
            age = now - board.models.block[king, self._numbers]
            epsilon = board.history.epsilon(now, place.xp.where(there, age, 0.0)[None, :], king[None, :])[0]
            self.epsilon[self._points] = np.where(place.numpy(there), place.numpy(epsilon), np.nan)
            self._points += 1
