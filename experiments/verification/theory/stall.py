"""A fixed margin stalls where losses flatten out: the frontier falls as E + A t^-b and no further."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Frontier:
    """The best attainable loss, floor + scale * t^-power, t > 0 in any unit of time."""

    floor: float
    scale: float
    power: float

    def loss(self, t: float) -> float:
        """The loss at time t."""
        return float(self.floor + self.scale * t**-self.power)

    def time(self, loss: float) -> float:
        """When the frontier is at a loss above its floor."""
        return float((self.scale / (loss - self.floor)) ** (1.0 / self.power))


def dethronings(floor: float, first_loss: float, epsilon: float) -> int:
    """How often the throne can change hands after the first king, floor(ln(L0 / E) / delta).

    The k-th successor needs a loss of L0 (1 - epsilon)^k, which is to be above the floor: where the ratio is whole, the
    last one never comes.
    """
    ratio = np.log(first_loss / floor) / -np.log1p(-epsilon)
    return int(np.ceil(ratio)) - 1


def king_times(frontier: Frontier, first_loss: float, epsilon: float) -> np.ndarray:
    """When the first king and each of its successors reach their bars, float64 `[dethronings + 1]`."""
    most = dethronings(frontier.floor, first_loss, epsilon)
    return np.array([frontier.time(first_loss * (1.0 - epsilon) ** k) for k in range(most + 1)])


def gap(floor: float, epsilon: float) -> float:
    """How far above the floor the last king can be at most: E epsilon / (1 - epsilon), in units of the loss."""
    return floor * epsilon / (1.0 - epsilon)
