"""Public history: crowns and measurements that every validator can recompute, for policies that read them."""

from collections.abc import Callable
from dataclasses import replace

from policies import News, Seen
from policies.arrays import Array
from sim.backend import Backend
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Columns
from sim.lineage import similarity
from sim.models import Models
from sim.noise import NoiseLevel

NEVER = float("inf")

Rival = tuple[Array, Array]
"""Family and line of a model, as in `Models`."""


class History:
    """What is known of crowns, arrays `[miners + 1, columns]`; the last row is nobody's. True losses never enter.

    Lanes whose policies look at ages only cost nothing here.

    Args:
        place: where arrays live.
        columns: the lanes times worlds, with their policies.
        models: what validators evaluate.
        measured: its losses as measured last, `[miners + 1, columns]`.
        level: of the evaluation noise, for standard errors: a validator knows them from its samples.

    Attributes:
        reads: whether any policy reads it.
        crowned: block at which a miner's present model was crowned; inf where it never was.
        gain, gap: log loss by which it was measured to be better than the king before, and days since his crowning.
        last: block of the last crown, `[columns]`; inf before the first.
    """

    def __init__(self, place: Backend, columns: Columns, models: Models, measured: Array, level: NoiseLevel) -> None:
        shape = tuple(measured.shape)
        self._place, self._columns, self._models, self._measured = place, columns, models, measured
        self.reads = columns.panel.reads
        self._kin, self._stranger = place.full((), level.kin), place.full((), level.stranger)
        self._nobody = place.full((), float("nan"))
        self.crowned = place.full(shape, NEVER)
        self.gain = place.full(shape, 0.0)
        self.gap = place.full(shape, NEVER)
        self.last = place.full((columns.width,), NEVER)
        self._king = place.full((columns.width,), -1, "int64")
        self._score, self._block = (place.full((columns.width,), float("nan")) for _ in range(2))
        self._pairs = place.array(columns.panel.pairs)
        self._all = place.xp.arange(columns.width, device=self.last.device)[None, :]

    def epsilon(self, now: Array, age: Array, miner: Array, alike: Array = None) -> Array:
        """The advantage of models.

        Args:
            now: the block that is asked about, a number or in the shape of `age`.
            age: their ages, `[some, columns]`.
            miner: whose they are, int `[some, columns]` or `[1, columns]`.
            alike: how much of each who challenges it was built on, from `alike`; None where it is nobody in particular.
        """
        if not self.reads:
            return self._columns.panel.epsilon(age)
        seen = self._seen(now, age, miner)
        if alike is not None:
            seen = replace(seen, similarity=self._place.xp.broadcast_to(alike, age.shape))
        return self._columns.panel.epsilon(age, seen)

    def floor(self, now: Array, miner: Array, alike: Array = None) -> Array:
        """The advantage of these models after full decay, if nothing else changes; broadcasts to `[some, columns]`."""
        return self.epsilon(now, self._for_ever(now, miner), miner, alike) if self.reads else self._columns.floor

    def alike(self, miner: Array, rival: Callable[[], Rival]) -> Array:
        """How much of these models a challenger was built on, `[some, columns]`; None where no policy asks.

        Args:
            miner: whose they are.
            rival: gives family and line of each one's challenger, `[some, columns]` and `[words, some, columns]`.
        """
        if not len(self._pairs):
            return None
        family, line = rival()
        at, pairs = self._all[:, self._pairs], self._pairs
        mine = self._kinship(miner[:, pairs], at)
        found = self._place.full((family.shape[0], self._all.shape[1]), float("nan"))
        found[:, pairs] = similarity(mine, (family[:, pairs], line[:, :, pairs]))
        return found

    def each_other(self, miner: Array) -> Array:
        """How much of each of these models each was built on, `[some, some, pairs]`; None where no policy asks."""
        if not len(self._pairs):
            return None
        family, line = self._kinship(miner[:, self._pairs], self._pairs[None, :])
        return similarity((family[:, None, :], line[:, :, None, :]), (family[None, ...], line[:, None, ...]))

    def against(self, now: Array, age: Array, miner: Array, plain: Array, alike: Array) -> Array:
        """The advantage of models against each other, `[some, some, columns]`; None where no policy looks at pairs.

        Args:
            now: the block that is asked about.
            age: of the models, `[some, columns]`; None is for ever.
            miner: whose they are, likewise.
            plain: their advantage whoever challenges, likewise.
            alike: from `each_other`.
        """
        if alike is None:
            return None
        age = self._for_ever(now, miner) if age is None else age
        return self._columns.panel.between(plain, age, self._seen(now, age, miner), alike)

    def epsilon_against(self, now: Array, age: Array, miner: Array, rival: Array) -> Array:
        """The advantage of models, each against another one, `[some, columns]`; both named by their miners."""
        return self.epsilon(now, age, miner, self.alike(miner, lambda: self._kinship(rival, self._all)))

    def floor_against(self, now: Array, miner: Array, alike: Array) -> Array:
        """The advantage after full decay, of each model or, where policies look at pairs, of each against each."""
        plain = self.floor(now, miner)
        return plain if alike is None else self.against(now, None, miner, plain, alike)

    def _for_ever(self, now: Array, miner: Array) -> Array:
        return self._place.xp.zeros_like(miner, dtype=self.last.dtype) + now * 0.0 + NEVER

    def _kinship(self, miner: Array, column: Array) -> Rival:
        return self._models.family[miner, column], self._models.line[:, miner, column]

    def _seen(self, now: Array, age: Array, miner: Array) -> Seen:
        xp, at = self._place.xp, (miner, self._all)
        crowned, loss = self.crowned[at], self._measured[at]
        reigning = xp.where(self._king < 0, self.crowned.shape[0] - 1, self._king), self._all[0]
        kin = self._models.family[at] == self._models.family[reigning]
        return Seen(
            since=xp.where(xp.isfinite(crowned) & xp.isfinite(age), now - crowned, age),
            gain=self.gain[at],
            gap=self.gap[at],
            loss=loss,
            error=xp.where(kin, self._kin, self._stranger) / loss,
            similarity=self._nobody,
            now=xp.broadcast_to(xp.asarray(now, dtype=xp.float64, device=loss.device), age.shape),
        )

    def forget(self, rows: Array, columns: Array) -> None:
        """These miners have new models, which nobody has crowned yet."""
        self.crowned[rows, columns] = NEVER
        self.gain[rows, columns] = 0.0
        self.gap[rows, columns] = NEVER

    def judged(self, now: int, king: Array, judged: Array, slots: Array) -> None:
        """Take in an evaluation's outcome, and let the policies remember it.

        It is a crown, too, where a king has replaced his model by one that measures better.

        Args:
            now: the block.
            king: the reigning miner after it, `[columns]`, -1 before the first.
            judged: where there was an evaluation, bool `[columns]`.
            slots: the miners whose models were evaluated, `[slots, columns]`.
        """
        if not self.reads:
            return
        xp, nobody = self._place.xp, self.crowned.shape[0] - 1
        there = king >= 0
        seat = xp.where(there, king, nobody), self._all[0]
        loss, block = self._measured[seat], self._models.block[seat]
        own = there & (king == self._king) & (block != self._block) & (loss < self._score)
        crown = (there & (king != self._king)) | own
        before = self._measured[xp.where(self._king < 0, nobody, self._king), self._all[0]]
        # of the same data where he was evaluated too; his replaced model has been forgotten
        before = xp.where(xp.isfinite(before) & ~own, before, self._score)
        known = there & xp.isfinite(loss)
        gain = xp.where(crown & known & xp.isfinite(before), xp.log(before / loss), 0.0)
        gap = xp.where(crown & xp.isfinite(self.last), (now - self.last) / BLOCKS_PER_DAY, NEVER)
        self.crowned[seat] = xp.where(crown, float(now), self.crowned[seat])
        self.gain[seat] = xp.where(crown, gain, self.gain[seat])
        self.gap[seat] = xp.where(crown, gap, self.gap[seat])
        self.last = xp.where(crown, float(now), self.last)
        self._king = xp.where(there, king, self._king)
        self._score = xp.where(known, loss, self._score)
        self._block = xp.where(known, block, self._block)
        rivals = xp.log(loss / self._measured[slots, self._all])
        others = (slots < nobody) & (slots != king) & xp.isfinite(rivals)
        best = xp.max(xp.where(others, rivals, -NEVER), axis=0)
        when = self._place.full((self._columns.width,), float(now))
        self._columns.panel.remember(News(when, judged, crown, gain, gap, loss, best, self._kin / loss))
