"""What every reward rule is and promises: all that is emitted is paid, burned or held back, and nothing is negative."""

from collections import namedtuple
from functools import cache
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from policies.base import Declared
from policies.seen import Memory

Shares: TypeAlias = NDArray[np.float64]
"""A number of every miner, `[miners]`."""

Ledger: TypeAlias = Any
"""Numbers of every miner, `Shares` by name, which a rule changes in place."""

Numbers: TypeAlias = tuple[tuple[str, float], ...]
"""Names, each with its number before anything has happened."""


class Crowning(NamedTuple):
    """What the public history says is new.

    Attributes:
        king: the miner that reigns; -1 before the first.
        crowned: whether it is another one than before.
        gain: log loss by which its model was measured to be better than the king's model before; 0 where it is the
            same model. A king that replaces its own model has a gain, and no crown.
        fresh: whether the king has a new model that was credited; there is no gain without.
        line: owners of the models that the king's was built on, the king included, bool `[miners]`. It is known only
            where there is a fresh model, and only to rules with `reads_line`.
    """

    king: int
    crowned: bool
    gain: float
    fresh: bool
    line: NDArray[np.bool_]


class Reward(Declared):
    """How one lane divides its emission: a pure function of the public history, step by step.

    Methods are compiled, as those of policies are: numbers, `math`, `policies.numbers`, and loops over miners.

    Attributes:
        formula: the formula in words that a person can read.
        source: who proposed or deployed it.
        fails: the known failure modes.
        reads_line: whether it asks for lineages.
        remembers: numbers of the lane.
        ledger: numbers of every miner.
    """

    formula: ClassVar[str]
    source: ClassVar[str]
    fails: ClassVar[str]
    reads_line: ClassVar[bool] = False
    remembers: ClassVar[Numbers] = ()
    ledger: ClassVar[Numbers] = ()

    def begin(self, miners: int) -> tuple[Memory, Ledger]:
        """What it remembers of the lane and of its miners before anything has happened."""
        names = tuple(name for name, _ in self.ledger)
        return Memory(**dict(self.remembers)), _book(names)(*(np.full(miners, number) for _, number in self.ledger))

    def pay(
        self, memory: Memory, ledger: Ledger, weights: Shares, crowning: Crowning, days: float, paid: Shares
    ) -> float:
        """Divide the emission of one step; returns what is burned, in shares of the step's emission.

        Args:
            memory: from the step before; changed in place.
            ledger: the same of every miner.
            weights: the mechanism's; they sum to 1, or to 0 where nothing is emitted yet.
            crowning: what is new at the step's beginning.
            days: how long the step is.
            paid: to be filled, in shares of the step's emission; more than 1 together when held-back emission is
                paid out.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define pay(memory, ledger, weights, crowning, days, paid)"
        )

    def held(self, memory: Memory, ledger: Ledger) -> float:
        """What is held back so far, in days of all emission."""
        return 0.0


@cache
def _book(names: tuple[str, ...]) -> type[Any]:
    return namedtuple("Ledger", names)


def total(values: Shares) -> float:
    """The sum over miners, added strictly from first to last, so that its last bit does not depend on the machine."""
    amount = 0.0
    for value in values:
        amount += value
    return amount


def fresh_gain(memory: Memory, gain: float) -> float:
    """The descent that was never there before; what there was is remembered as `level` and `high`.

    What a worse king lost must be regained before anybody is paid for it again, so kings that take turns by luck are
    not paid for the same descent over and over.
    """
    before = memory.high
    memory.level = memory.level + gain
    memory.high = max(before, memory.level)
    return memory.high - before
