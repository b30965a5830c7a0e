"""The words of timelines: lines, models under evaluation, and how two of them compare."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf, isfinite

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.data.exposure import judged
from sim.models import Models
from sim.validators.validator import Validator

MOST_NAMES = 8
"""Names in a list before it is cut short."""


def at(block: float, text: str) -> str:
    """A line of a timeline."""
    return f"{block:>7.0f}  day {block / BLOCKS_PER_DAY:6.2f}  {text}"


def seat(name: str, score: float, epsilon: float, wins: int, weight: float, *, king: bool, among: bool) -> str:
    """A model under evaluation: `*` marks the king's, and `-` one that is not `among` those that were compared."""
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
    diet: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def of(cls, models: Models, miner: int) -> "Truth":
        """That of a miner."""
        facts = models.facts[0, miner]
        return cls(float(facts["block"]), float(facts["loss"]), models.diet[0, miner].copy())

    def seen(self, lens: np.ndarray) -> float:
        """Its loss in the eyes of a mixture."""
        return float(judged(self.loss, self.diet, lens)) if isfinite(self.loss) else inf


@dataclass(frozen=True)
class Evaluation:
    """What a validator's step in column 0 saw and found, whatever comes after it.

    Attributes:
        pool: its models, records of `SEAT`, by uid.
        again: whether each was dropped earlier and is tried once more, bool `[models]`.
        against: their advantages over each other, `[models, models]`; None where each has one against all.
        lost: whether nothing follows from it.
        seconds: how long it takes.
    """

    pool: np.ndarray
    again: np.ndarray
    against: np.ndarray | None
    lost: bool
    seconds: float

    @classmethod
    def of(cls, validator: Validator) -> "Evaluation":
        """The validator's last one."""
        state, pool, against = validator.state[0], validator.pool(0), validator.against
        order = np.argsort(pool["uid"], kind="stable")
        each = against[np.ix_(order, order)] if len(against) else None
        return cls(pool[order], order >= state["retried"], each, bool(state["lost"]), float(state["seconds"]))

    def place(self, miner: int) -> int | None:
        """Which of the models is a miner's; None if it was not there."""
        found = np.flatnonzero(self.pool["uid"] == miner).tolist()
        return found[0] if found else None

    def advantages(self, one: int, other: int) -> tuple[float, float]:
        """The advantage of the model in one place against that in another, and the other way round."""
        if self.against is None:
            return float(self.pool["epsilon"][one]), float(self.pool["epsilon"][other])
        return float(self.against[one, other]), float(self.against[other, one])


def built_on(models: Models, miner: int) -> str:
    """The other owners in a model's line; nothing if there are none."""
    owners = np.flatnonzero(models.owners(np.array([miner]), np.array([0]))[:, 0]).tolist()
    others = [owner for owner in owners if owner != miner]
    return f", builds on {names(others)}" if others else ""


def compared(step: Evaluation | None, king: int, before: int, weights: np.ndarray) -> str:
    """How an evaluation compares a king with the one before.

    Args:
        step: the evaluation.
        king, before: the two miners.
        weights: of all miners, `[miners]`.
    """
    new, past = (None, None) if step is None else (step.place(king), step.place(before))
    if step is None or new is None or past is None:
        return f"m{king if past is not None else before} was not in the last evaluation"
    mine, theirs = step.pool[new], step.pool[past]
    own, other = step.advantages(new, past)
    left, one = _barred(mine["score"], own, mine["block"] < theirs["block"])
    right, two = _barred(theirs["score"], other, theirs["block"] < mine["block"])
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
