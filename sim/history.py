"""Public history: crowns and measurements that every validator can recompute, for policies that read them."""

from policies import News, Seen
from policies.arrays import Array
from sim.backend import Backend
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Columns
from sim.models import Models
from sim.noise import NoiseLevel

NEVER = float("inf")


class History:
    """What is known of crowns, arrays `[miners + 1, columns]`; the last row is nobody's. True losses never enter.

    Args:
        place: where arrays live.
        columns: the lanes times worlds.
        miners: how many there are.
        level: of the evaluation noise, for standard errors: a validator knows them from its samples.

    Attributes:
        crowned: block at which a miner's present model was crowned; inf where it never was.
        gain, gap: log loss by which it was measured to be better than the king before, and days since his crowning.
        last: block of the last crown, `[columns]`; inf before the first.
    """

    def __init__(self, place: Backend, columns: Columns, miners: int, level: NoiseLevel) -> None:
        shape = (miners + 1, columns.width)
        self._place, self._columns = place, columns
        self._kin, self._stranger = place.full((), level.kin), place.full((), level.stranger)
        self.crowned = place.full(shape, NEVER)
        self.gain = place.full(shape, 0.0)
        self.gap = place.full(shape, NEVER)
        self.last = place.full((columns.width,), NEVER)
        self._king = place.full((columns.width,), -1, "int64")
        self._score = place.full((columns.width,), float("nan"))
        self._all = place.xp.arange(columns.width, device=self.last.device)[None, :]

    def seen(self, now: Array, age: Array, miner: Array, king: Array, models: Models, measured: Array) -> Seen:
        """Facts about models.

        Args:
            now: the block that is asked about, a number or in the shape of `age`.
            age: their ages, `[some, columns]`.
            miner: whose they are, int `[some, columns]`.
            king: the reigning miner, `[columns]`, -1 before the first.
            models: what validators evaluate.
            measured: losses as measured last, `[miners + 1, columns]`.
        """
        xp, at = self._place.xp, (miner, self._all)
        crowned, loss = self.crowned[at], measured[at]
        known = xp.isfinite(crowned)
        reigning = xp.where(king < 0, self.crowned.shape[0] - 1, king), self._all[0]
        kin = models.family[at] == models.family[reigning]
        return Seen(
            since=xp.where(known, now - crowned, age),
            gain=self.gain[at],
            gap=self.gap[at],
            loss=loss,
            error=xp.where(kin, self._kin, self._stranger) / loss,
        )

    def forget(self, rows: Array, columns: Array) -> None:
        """These miners have new models, which nobody has crowned yet."""
        self.crowned[rows, columns] = NEVER
        self.gain[rows, columns] = 0.0
        self.gap[rows, columns] = NEVER

    def news(self, now: int, king: Array, judged: Array, slots: Array, models: Models, measured: Array) -> News:
        """Take in an evaluation's outcome.

        Args:
            now: the block.
            king: the reigning miner after it, `[columns]`, -1 before the first.
            judged: where there was an evaluation, bool `[columns]`.
            slots: the miners whose models were evaluated, `[slots, columns]`.
            models, measured: as in `seen`.
        """
        xp, nobody = self._place.xp, self.crowned.shape[0] - 1
        there = king >= 0
        seat = xp.where(there, king, nobody), self._all[0]
        crown = there & (king != self._king)
        loss = measured[seat]
        gain = xp.where(crown & xp.isfinite(self._score), xp.log(self._score / loss), 0.0)
        gap = xp.where(crown, (now - self.last) / BLOCKS_PER_DAY, NEVER)
        gap = xp.where(gap >= 0, gap, NEVER)  # the first king: the crown before lies nowhere
        self.crowned[seat] = xp.where(crown, float(now), self.crowned[seat])
        self.gain[seat] = xp.where(crown, gain, self.gain[seat])
        self.gap[seat] = xp.where(crown, gap, self.gap[seat])
        self.last = xp.where(crown, float(now), self.last)
        self._king = xp.where(there, king, self._king)
        others = (slots < nobody) & (slots != king)
        best = xp.log(loss / measured[slots, self._all])
        best = xp.max(xp.where(others & xp.isfinite(best), best, -NEVER), axis=0) if len(slots) else -self.last
        self._score = xp.where(there, loss, self._score)
        kin = xp.full_like(loss, 1.0) * self._kin / loss
        block = self._place.full((self._columns.width,), float(now))
        return News(block, judged, crown, gain, gap, loss, best, kin)
