"""The competition tracker: a moving average of step weights per competition, and their mix for the chain.

Averages are float32 `[uids]` of one lane. They are summed in float64 strictly from first to last.
"""

import math
from collections.abc import Collection, Sequence
from typing import TypeVar

import numpy as np

from sim.compiler import compiled

Running = TypeVar("Running")


def turn(running: Sequence[Running], global_step: int) -> Running:
    """The competition that a step evaluates: round robin over those that run now."""
    return running[global_step % len(running)]


@compiled
def divide(weights: np.ndarray) -> None:
    """Divides by the sum, in place; all become NaN where that is 0."""
    total = 0.0
    for uid in range(len(weights)):
        total += np.float64(weights[uid])
    for uid in range(len(weights)):
        weights[uid] = weights[uid] / np.float32(total)


@compiled
def normalise(weights: np.ndarray) -> None:
    """Divides by the sum, in place, and makes what is NaN then 0."""
    divide(weights)
    for uid in range(len(weights)):
        if math.isnan(weights[uid]):
            weights[uid] = 0


@compiled
def record_step(average: np.ndarray, begun: bool, weights: np.ndarray, alpha: float) -> None:
    """Take the weights of one step into an average, in place.

    Args:
        average: float32 `[uids]`.
        begun: whether it holds a step already; the first is taken as it is.
        weights: of the step, float32 `[uids]`; normalised in place.
        alpha: weight of the old average.
    """
    normalise(weights)
    old, new = np.float32(alpha), np.float32(1 - alpha)
    for uid in range(len(weights)):
        average[uid] = old * average[uid] + new * weights[uid] if begun else weights[uid]


@compiled
def paid(average: np.ndarray, threshold: float, out: np.ndarray) -> None:
    """Fills `out` with what an average pays: itself, or above a threshold, without smaller entries and normalised.

    On the way to that the original also normalises **the stored average in place**, so that one without entries becomes
    NaN and stays so.
    """
    least = np.float32(threshold)
    if least > 0:
        divide(average)
    for uid in range(len(average)):
        out[uid] = average[uid] if average[uid] >= least or not least > 0 else 0
    if least > 0:
        normalise(out)


@compiled
def chain_weights(average: np.ndarray, threshold: float, out: np.ndarray) -> None:
    """Fills `out` with the weights for the chain where one competition has all of the reward.

    Args:
        average: float32 `[uids]`; a threshold above 0 normalises it in place, see `paid`.
        threshold: smaller entries are not paid.
        out: float32 `[uids]`.
    """
    paid(average, threshold, out)
    normalise(out)


class Tracker:
    """Moving averages of one validator over all its competitions, float32 `[neurons]`.

    Indexed by uid, and not reset when a uid changes hands: a newcomer inherits what is left of its predecessor's
    average.

    Args:
        neurons: length of the first vectors.
        alpha: weight of the old average.
    """

    def __init__(self, neurons: int, alpha: float) -> None:
        self.neurons = neurons
        self.alpha = alpha
        self.average: dict[int, np.ndarray] = {}

    def record(self, competition: int, weights: np.ndarray) -> None:
        """Take in the weights of one step, `[neurons]`.

        Raises:
            ValueError: fewer neurons than before (the original asserts this; nothing changes).
        """
        if len(weights) < self.neurons:
            raise ValueError(
                f"{len(weights)} neurons were recorded, but there were {self.neurons} before; "
                f"the number of neurons cannot shrink"
            )
        for other, old in self.average.items():
            self.average[other] = np.pad(old, (0, len(weights) - self.neurons))
        self.neurons = len(weights)
        begun = competition in self.average
        average = self.average.setdefault(competition, np.zeros(self.neurons, dtype=np.float32))
        record_step(average, begun, np.array(weights, dtype=np.float32), float(self.alpha))

    def reset(self, keep: Collection[int]) -> None:
        """Forget the competitions that left the schedule."""
        self.average = {c: v for c, v in self.average.items() if c in keep}

    def subnet(self, competitions: Sequence[tuple[int, float]], threshold: float = 0.0) -> np.ndarray:
        """The weights for the chain, float32 `[neurons]`: averages mixed by reward share, then normalised.

        A competition without an average is skipped; a threshold changes the averages, see `paid`.
        """
        total, share = (np.zeros(self.neurons, dtype=np.float32) for _ in range(2))
        for competition, reward in competitions:
            if competition in self.average:
                paid(self.average[competition], float(threshold), share)
                total += share * np.float32(reward)
        normalise(total)
        return total
