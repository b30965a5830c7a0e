"""The words of timelines: lines, models under evaluation, and how two of them compare."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import numpy as np

from policies.arrays import Array
from sim.clock import BLOCKS_PER_DAY
from sim.data.exposure import judged
from sim.evaluation import Bench
from sim.models import Models

MOST_NAMES = 8
"""Names in a list before it is cut short."""


def at(block: float, text: str) -> str:
    """A line of a timeline."""
    return f"{block:>7.0f}  day {block / BLOCKS_PER_DAY:6.2f}  {text}"


def seat(name: str, score: Array, epsilon: Array, wins: Array, weight: Array, *, king: bool, among: bool) -> str:
    """A model under evaluation; `king` marks his with `*`, and `-` one that is not `among` those that were compared."""
    mark = "*" if king else "" if among else "-"
    return f"{mark}{name} {score:.4f} eps {epsilon:.2%} wins {wins} weight {weight:.2f}"


def names(miners: Iterable[int]) -> str:
    """Miners as they are called."""
    return listed([f"m{miner}" for miner in miners])


def listed(words: list[str]) -> str:
    """A list that does not grow long."""
    rest = len(words) - MOST_NAMES
    return ", ".join(words[:MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")


@dataclass(frozen=True)
class Truth:
    """What is true of a model of column 0, whatever becomes of its place.

    Attributes:
        block, loss, diet: as in `Models`.
    """

    block: float = inf
    loss: float = inf
    diet: np.ndarray | None = None

    @classmethod
    def of(cls, models: Models, miner: int) -> "Truth":
        """That of a miner."""
        diet = models.fare(miner, 0)
        return cls(float(models.block[miner, 0]), float(models.loss[miner, 0]), None if diet is None else diet.copy())

    def seen(self, lens: np.ndarray | None) -> float:
        """Its loss in the eyes of a mixture."""
        return float(judged(self.loss, self.diet, lens))


def built_on(models: Models, miner: int) -> str:
    """The other owners in a model's line; nothing if there are none."""
    owners = np.flatnonzero(models.owners(np.array([miner]), np.array([0]))[:, 0]).tolist()
    others = [owner for owner in owners if owner != miner]
    return f", builds on {names(others)}" if others else ""


def compared(bench: Bench | None, king: int, before: int, weights: Array) -> str:
    """How an evaluation compares a king with the one before, in column 0.

    Args:
        bench: the evaluation.
        king, before: the two miners.
        weights: of all miners, `[miners]`.
    """
    place = {} if bench is None else {int(u): p for p, u in enumerate(bench.uid[:, 0]) if bench.present[p, 0]}
    if bench is None or king not in place or before not in place:
        return f"m{king if before in place else before} was not in the last evaluation"
    new, past = place[king], place[before]
    (mine, his), (born, old) = ((values[new, 0], values[past, 0]) for values in (bench.score, bench.block))
    own, other = bench.epsilon[[new, past], 0] if bench.against is None else bench.against[[new, past], [past, new], 0]
    left, one = _barred(mine, own, born < old)
    right, two = _barred(his, other, old < born)
    if left < right:
        return f"beats m{before}, measured {one} < {two}"
    shares = f"{weights[king]:.2f} to {weights[before]:.2f}"
    return f"weighs more than m{before}, {shares}, though measured {one} is not < {two}"


def _barred(loss: float, epsilon: float, older: bool) -> tuple[float, str]:
    """What a loss counts in a pair, and how that comes about."""
    if not older:
        return loss, f"{loss:.5f}"
    counts = (1.0 - epsilon) * loss
    return counts, f"(1 - {epsilon:.3%}) * {loss:.5f} = {counts:.5f}"
