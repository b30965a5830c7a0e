"""The words of timelines: lines, lists of miners, models under evaluation, and how a new king compares with the old."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Any

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.data.exposure import judged
from sim.models import Models
from sim.validators.validator import Validator

MOST_NAMES = 8  #: in a list before it is cut short


def line(block: float, text: str) -> str:
    """A line of a timeline."""
    return f"{block:>7.0f}  day {block / BLOCKS_PER_DAY:6.2f}  {text}"


def describe_seat(name: str, seat: Any, weight: float, king: bool) -> str:
    """A model under evaluation, a record of `SEAT`: `*` marks the king's, `-` one that the filter has dropped."""
    mark = "*" if king else "" if seat["competitive"] else "-"
    score, epsilon, wins = (seat[name] for name in ("score", "epsilon", "wins"))
    return f"{mark}{name} {score:.4f} eps {epsilon:.2%} wins {wins} weight {weight:.2f}"


def list_miners(miners: Iterable[int]) -> str:
    """Miners by their names, cut short where they are many."""
    return cut_short([f"m{miner}" for miner in miners])


def cut_short(words: list[str]) -> str:
    """A list that does not grow long."""
    rest = len(words) - MOST_NAMES
    return ", ".join(words[:MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")


@dataclass(frozen=True)
class TrueModel:
    """A copy of a model's facts in column 0, as in `Models`, for when its place gets another one; without one, inf."""

    block: float = inf
    loss: float = inf
    training_mix: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def read(cls, models: Models, miner: int) -> "TrueModel":
        """The model of a miner."""
        facts = models.facts[0, miner]
        return cls(float(facts["block"]), float(facts["loss"]), models.training_mix[0, miner].copy())

    def loss_on(self, data_weights: np.ndarray) -> float:
        """Its loss on a mixture."""
        return float(judged(self.loss, self.training_mix, data_weights)) if isfinite(self.loss) else inf


@dataclass(frozen=True)
class Evaluation:
    """A copy of a validator's step in column 0, for when the next one begins."""

    pool: np.ndarray  #: its models, records of `SEAT`, by uid
    again: np.ndarray  #: whether each was dropped earlier and is tried once more, bool `[models]`
    #: their advantages over each other, `[models, models]`; None where each has one against all
    against: np.ndarray | None
    lost: bool  #: whether nothing follows from it
    seconds: float  #: how long it takes

    @classmethod
    def newest(cls, validator: Validator) -> "Evaluation":
        """The validator's last one."""
        state, pool, against = validator.state[0], validator.pool(0), validator.against
        order = np.argsort(pool["uid"], kind="stable")
        each = against[np.ix_(order, order)] if len(against) else None
        return cls(pool[order], order >= state["retried"], each, bool(state["lost"]), float(state["seconds"]))

    def place_of(self, miner: int) -> int | None:
        """Which of the models is a miner's; None if it was not there."""
        places = np.flatnonzero(self.pool["uid"] == miner).tolist()
        return places[0] if places else None

    def block_of(self, miner: int) -> float | None:
        """The block of a miner's model; None if it was not there."""
        place = self.place_of(miner)
        return None if place is None else float(self.pool["block"][place])

    def adjusted_loss(self, mine: int, other: int) -> tuple[float, str]:
        """What a model's loss counts against another's, with the advantage of the older one, and the sum in words."""
        loss = float(self.pool["score"][mine])
        if not self.pool["block"][mine] < self.pool["block"][other]:
            return loss, f"{loss:.5f}"
        epsilon = float(self.pool["epsilon"][mine] if self.against is None else self.against[mine, other])
        counts = (1.0 - epsilon) * loss
        return counts, f"(1 - {epsilon:.3%}) * {loss:.5f} = {counts:.5f}"

    def compare(self, king: int, before: int, weights: np.ndarray) -> str:
        """How it compares a new king with the one before; `weights` are those of all miners, `[miners]`."""
        new, past = self.place_of(king), self.place_of(before)
        if new is None or past is None:
            return absent(king if past is not None else before)
        (left, one), (right, two) = self.adjusted_loss(new, past), self.adjusted_loss(past, new)
        if left < right:
            return f"beats m{before}, measured {one} < {two}"
        shares = f"{weights[king]:.2f} to {weights[before]:.2f}"
        return f"weighs more than m{before}, {shares}, though measured {one} is not < {two}"


def absent(miner: int) -> str:
    """Why there is no comparison with a miner's model."""
    return f"m{miner} was not in the last evaluation"


def builds_on(models: Models, miner: int) -> str:
    """The other owners in the line of a miner's model; nothing if there are none."""
    owners = np.flatnonzero(models.owners(np.array([miner]), np.array([0]))[:, 0]).tolist()
    others = [owner for owner in owners if owner != miner]
    return f", builds on {list_miners(others)}" if others else ""
