"""Everything of a validator's mechanism that is a number or a switch, epsilon apart."""

from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

import numpy as np

Wins = Literal["average", "per-sample", "sample-champion"]
Semantics = Literal["pool", "king", "running-best"]

AVERAGE, PER_SAMPLE, SAMPLE_CHAMPION = range(3)
"""The codes of `Wins` in a record, in its order."""

POOL, KING, RUNNING_BEST = range(3)
"""The codes of `Semantics` in a record, in its order."""


@dataclass(frozen=True)
class Rules:
    """One validator's rules; the defaults are SN9's newest (v6.0.4)."""

    temperature: float = 0.01  #: of the softmax over win rates
    alpha: float = 0.5  #: weight of the old moving average
    keep: int = 5  #: models kept for the next step (`sample_min`)
    filtered: bool = True  #: the competitive filter applies
    delay: int = 250  #: blocks between commitment and the first evaluation
    threshold: float = 0.0  #: averages below it are not paid
    winner_takes_all: bool = False  #: the step's weight goes to the highest win rate, not through the softmax
    alone: float = 1.0  #: win rate of a model without opponents
    holds: bool = False  #: models that were not evaluated keep their weight in the average (until 2024-01-02)
    #: what is compared: average losses, every sample in pairs, or one champion per sample (SN29)
    wins: Wins = "average"
    skew: float = 1.0  #: exponent on the share of samples won (SN29)
    semantics: Semantics = "pool"  #: how a model becomes king, see `sim.mechanism.dethrone`

    def record(self) -> np.void:
        """The same as a record of `RULES`."""
        codes = {"wins": get_args(Wins).index(self.wins), "semantics": get_args(Semantics).index(self.semantics)}
        one: np.void = np.array([tuple({**vars(self), **codes}.values())], RULES)[0]
        return one


_KINDS: dict[Any, str] = {float: "f8", bool: "b1"}

RULES = np.dtype([(field.name, _KINDS.get(field.type, "i8")) for field in fields(Rules)], align=True)
"""Rules as the compiled loops read them."""
