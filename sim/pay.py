"""Who is paid what: the lanes' reward rules at work, beside the subnet's own payment by weight."""

from dataclasses import dataclass

import numpy as np

from policies.arrays import Array
from policies.rewards import Crowning, Reward
from policies.seen import Memory
from sim.backend import Backend
from sim.lanes import Columns
from sim.mechanism.sums import ordered_sum
from sim.models import Models


@dataclass(frozen=True)
class Payment:
    """What happened to the emission of one step.

    Attributes:
        paid: in shares of the step's emission, float64 `[miners, columns]`.
        burned: the same, `[columns]`.
        held: what is held back now, in days of all emission, `[columns]`.
    """

    paid: Array
    burned: Array
    held: Array


class Pay:
    """Applies the reward rules; lanes without one are paid by weight, and cost nothing where no lane has one.

    Args:
        place: where arrays live.
        columns: the lanes times worlds.
        miners: how many.
    """

    def __init__(self, place: Backend, columns: Columns, miners: int) -> None:
        self._place, self._miners, self._width = place, miners, columns.width
        kinds: dict[type[Reward], list[int]] = {}
        for number, lane in enumerate(columns.lanes):
            if lane.reward is not None:
                kinds.setdefault(type(lane.reward), []).append(number)
        like = place.full((miners, columns.width), 0.0)
        self._groups: list[tuple[Array, Reward]] = []
        self._memories: list[Memory] = []
        for kind, numbers in kinds.items():
            at = (np.array(numbers)[:, None] * columns.worlds + np.arange(columns.worlds)).ravel()
            rules = [rule for number in numbers if (rule := columns.lanes[number].reward) is not None]
            self._groups.append((place.array(at), kind.stack(rules, columns.worlds)))
            self._memories.append(self._groups[-1][1].begin(like[:, self._groups[-1][0]]))
        self._ruled = place.full((columns.width,), False, "bool")
        for where, _ in self._groups:
            self._ruled[where] = True
        self._none = place.full((columns.width,), 0.0)
        self._held = self._none
        self._all = place.xp.arange(columns.width, device=self._none.device)
        self._king = place.full((columns.width,), -1, "int64")
        self._owner, self._block, self._score = self._king, self._none, self._none + float("nan")
        self._shown = place.full((miners, columns.width), 0.0, "float32")

    def shown(self, weights: Array) -> Array:
        """The shares that everybody sees, in the form of weights, float32 `[miners, columns]`."""
        return self._place.xp.where(self._ruled, self._shown, weights) if self._groups else weights

    def step(self, weights: Array, king: Array, models: Models, measured: Array, days: float) -> Payment:
        """Pay for one step.

        Args:
            weights: the mechanism's, float32 `[miners, columns]`.
            king: who reigns, `[columns]`, -1 before the first.
            models: what validators evaluate.
            measured: its losses as measured last, `[miners + 1, columns]`.
            days: how long the step is.
        """
        xp = self._place.xp
        paid = xp.astype(weights, xp.float64)  # in float32 a step's days would be rounded
        if not self._groups:
            return Payment(paid, self._none, self._none)
        whole = ordered_sum(paid)
        emitted = whole > 0
        exact = xp.where(emitted, paid / xp.where(emitted, whole, 1.0), 0.0)  # in float32 it is 1 to 1e-7 only
        news = self._news(king, models, measured)
        burned, held = xp.zeros_like(self._none), xp.zeros_like(self._none)
        for number, (at, rule) in enumerate(self._groups):
            line = None if news.line is None else news.line[:, at]
            mine = Crowning(news.king[at], news.crowned[at], news.gain[at], line)
            done = rule.pay(self._memories[number], exact[:, at], mine, days)
            self._memories[number] = done.memory
            paid[:, at], burned[at], held[at] = done.paid, done.burned, rule.held(done.memory)
        self._shown = xp.astype(paid, xp.float32)
        return Payment(paid, burned, held)

    def _news(self, king: Array, models: Models, measured: Array) -> Crowning:
        """What the public history says is new.

        A king's model is compared with the last one that was credited. Where that one still stands, both are taken
        from the newest evaluation, not from the one that crowned him: that one was lucky more often than not.
        """
        xp, place = self._place.xp, self._place
        there = king >= 0
        seat = xp.where(there, king, self._miners)
        block, loss = models.block[seat, self._all], measured[seat, self._all]
        crowned = there & (king != self._king)
        new = there & xp.isfinite(loss) & ((king != self._owner) | (block != self._block))
        gain, line = xp.zeros_like(self._none), None
        if xp.any(new):
            former = xp.where(self._owner >= 0, self._owner, self._miners)
            again = measured[former, self._all]
            stands = (models.block[former, self._all] == self._block) & xp.isfinite(again)
            before = xp.where(stands, again, self._score)
            ratio = xp.where(new & xp.isfinite(before), before / xp.where(new, loss, 1.0), 1.0)
            gain = place.array(np.log(place.numpy(ratio)))  # the last bit of a logarithm differs between libraries
            if any(rule.reads_line for _, rule in self._groups):
                line = models.owners(seat, self._all)
        same = there & (king == self._owner) & (block == self._block) & xp.isfinite(loss)
        self._score = xp.where(new | same, loss, self._score)
        self._owner = xp.where(new, king, self._owner)
        self._block = xp.where(new, block, self._block)
        self._king = xp.where(there, king, self._king)
        return Crowning(king, crowned, gain, line)
