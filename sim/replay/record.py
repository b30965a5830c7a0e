"""What is kept of a pass: crowns, emission, and the integrals behind the metrics; memory does not grow with steps."""

from dataclasses import dataclass

import numpy as np

from sim.evaluation import NOBODY
from sim.lanes import Columns
from sim.replay.race import Race
from sim.replay.validator import Validator


@dataclass(frozen=True)
class Crowns:
    """Every change of king, in the order of time.

    Attributes:
        block: when, int `[crowns]`.
        column: in which column, int `[crowns]`.
        model: the submission that was crowned, int `[crowns]`.
    """

    block: np.ndarray
    column: np.ndarray
    model: np.ndarray


class Record:
    """Accumulates while the world runs; all arrays over the trailing columns axis.

    Attributes:
        emission: emission received, in days of the whole subnet's, float64 `[uids, columns]`.
        area: integral of ln(L0 / L_king) over days, `[columns]`; L0 is the first submission's loss.
        eligibility: integral of ln(L_king / best published loss) over days, `[columns]`.
        luck: emission of kings whose true gain over their predecessor was not positive, in days, `[columns]`.
    """

    def __init__(self, race: Race, columns: Columns, uids: int) -> None:
        self._log_loss = np.append(np.log(race.loss), np.log(race.loss[0]))
        self._log_best = np.log(race.best())
        self._block = race.block
        width = columns.width
        self._columns = np.arange(width)
        self._king = np.full(width, NOBODY)
        self._lucky = np.zeros(width, dtype=bool)
        self._crowns: list[tuple[int, np.ndarray, np.ndarray]] = []
        self.emission = np.zeros((uids, width))
        self.area = np.zeros(width)
        self.eligibility = np.zeros(width)
        self.luck = np.zeros(width)

    def step(self, now: int, validator: Validator, days: float) -> None:
        """Take in the state after the step at `now`, which holds for `days`."""
        uid = np.maximum(validator.king, 0)
        king = np.where(validator.king == NOBODY, NOBODY, validator.model[uid, self._columns])
        crowned = np.flatnonzero(king != self._king)
        if len(crowned):
            self._crown(now, crowned, king)
        log_king = self._log_loss[king]  # NOBODY is -1: the last entry, the loss at the start
        self.area += (self._log_loss[-1] - log_king) * days
        published = np.searchsorted(self._block, now, side="right") - 1
        self.eligibility += (log_king - self._log_best[published]) * days
        self.emission += validator.weights * days
        own = validator.weights[uid, self._columns]
        self.luck += np.where(self._lucky, own, 0.0) * days

    def _crown(self, now: int, crowned: np.ndarray, king: np.ndarray) -> None:
        before = self._king[crowned]
        gain = self._log_loss[before] - self._log_loss[king[crowned]]
        self._lucky[crowned] = (before != NOBODY) & (gain <= 0)
        self._crowns.append((now, crowned, king[crowned]))
        self._king[crowned] = king[crowned]

    def crowns(self) -> Crowns:
        """All crowns so far."""
        if not self._crowns:
            nothing = np.empty(0, dtype=np.int64)
            return Crowns(nothing, nothing, nothing)
        blocks = np.concatenate([np.full(len(c), block) for block, c, _ in self._crowns])
        return Crowns(
            blocks, np.concatenate([c for _, c, _ in self._crowns]), np.concatenate([m for _, _, m in self._crowns])
        )
