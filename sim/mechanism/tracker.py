"""The competition tracker: a moving average of step weights per competition, and their mix for the chain."""

from collections.abc import Collection, Sequence

from policies.arrays import Array, namespace
from sim.mechanism.sums import ordered_sum


class Tracker:
    """Moving averages of one validator over all its competitions; vectors are float32 `[neurons, *lanes]`.

    Indexed by uid, and not reset when a uid changes hands: a newcomer inherits what is left of its predecessor's
    average.

    Args:
        neurons: length of the first vectors.
        alpha: weight of the old average, a number or `[*lanes]`.
    """

    def __init__(self, neurons: int, alpha: Array) -> None:
        self.neurons = neurons
        self.alpha = alpha
        self.average: dict[int, Array] = {}
        self._begun: dict[int, Array] = {}  # lanes that have recorded a step: only a later one is averaged

    def record(self, competition: int, weights: Array, updated: Array | None = None) -> None:
        """Take in the weights of one step, `[neurons, *lanes]`; where `updated` is False a lane keeps its average.

        Raises:
            ValueError: fewer neurons than before (the original asserts this; nothing changes).
        """
        xp = namespace(weights)
        if weights.shape[0] < self.neurons:
            raise ValueError(
                f"{weights.shape[0]} neurons were recorded, but there were {self.neurons} before; "
                f"the number of neurons cannot shrink"
            )
        if weights.shape[0] > self.neurons:
            self._grow(weights.shape[0])
        new = _normalised(weights)
        old, begun = self.average.get(competition), self._begun.get(competition, True)
        if old is not None:
            alpha = xp.asarray(self.alpha, dtype=xp.float32)
            mean = alpha * old + xp.asarray(1 - xp.asarray(self.alpha, dtype=xp.float64), dtype=xp.float32) * new
            new = mean if begun is True else xp.where(begun, mean, new)
        if updated is not None:
            new = xp.where(updated, new, xp.zeros_like(new) if old is None else old)
        self.average[competition] = new
        self._begun[competition] = True if updated is None else updated if old is None else begun | updated

    def reset(self, keep: Collection[int]) -> None:
        """Forget the competitions that left the schedule."""
        self.average = {c: v for c, v in self.average.items() if c in keep}
        self._begun = {c: v for c, v in self._begun.items() if c in keep}

    def subnet(
        self, competitions: Sequence[tuple[int, float]], threshold: Array = 0.0, lanes: tuple[int, ...] = ()
    ) -> Array:
        """The weights for the chain, float32 `[neurons, *lanes]`: averages mixed by reward share, then normalised.

        A competition without an average is skipped. A threshold above 0 drops smaller entries and normalises the rest;
        on the way the original also normalises **the stored average in place**, so that one without entries becomes NaN
        and stays so (pitfall P11).
        """
        total: Array = None
        for competition, reward in competitions:
            if competition not in self.average:
                continue
            share = self.average[competition]
            xp = namespace(share)
            if xp.any(xp.asarray(threshold) > 0):
                floor = xp.asarray(threshold, dtype=xp.float32)
                self.average[competition] = xp.where((floor > 0) & self._begun[competition], _divided(share), share)
                kept = xp.where(self.average[competition] >= floor, self.average[competition], xp.zeros_like(share))
                share = xp.where(floor > 0, _normalised(kept), share)
            share = share * xp.asarray(reward, dtype=xp.float32)
            total = share if total is None else total + share
        if total is None:
            import numpy as np  # noqa: PLC0415 - nothing has been recorded, so there is no library to ask

            return np.zeros((self.neurons, *lanes), dtype=np.float32)
        return _normalised(total)

    def _grow(self, neurons: int) -> None:
        for competition, old in self.average.items():
            xp = namespace(old)
            more = xp.zeros((neurons - self.neurons, *old.shape[1:]), dtype=old.dtype)
            self.average[competition] = xp.concat([old, more], axis=0)
        self.neurons = neurons


def _divided(weights: Array) -> Array:
    import numpy as np  # noqa: PLC0415 - for its error state only

    with np.errstate(invalid="ignore", divide="ignore"):
        return weights / ordered_sum(weights)


def _normalised(weights: Array) -> Array:
    xp = namespace(weights)
    divided = _divided(weights)
    return xp.where(xp.isnan(divided), xp.asarray(0, dtype=divided.dtype), divided)
