"""Base class of all reward rules: all emission is paid, burned or held back, and no amount is negative."""

from collections import namedtuple
from functools import cache
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from policies.base import Declared
from policies.seen import Memory

Shares: TypeAlias = NDArray[np.float64]
"""A number per miner, `[miners]`."""

Ledger: TypeAlias = Any
"""A named tuple of `Shares`, which a rule changes in place."""

Numbers: TypeAlias = tuple[tuple[str, float], ...]
"""Names, each with its initial value."""


class Crowning(NamedTuple):
    """What is new in the public history at the beginning of a step."""

    king: int  #: the miner that reigns; -1 before the first
    crowned: bool  #: whether it is another miner than before
    #: log loss by which its model was measured to be better than the king's model before; 0 where it is the same
    #: model. A king that replaces its own model has a gain, and no crown.
    gain: float
    fresh: bool  #: whether the king has a new model that was credited; without one the gain is 0
    #: owners of the models that the king's was built on, the king included, bool `[miners]`; known only where there is
    #: a fresh model, and only to rules with `reads_line`
    line: NDArray[np.bool_]


class Reward(Declared):
    """How a lane divides its emission: a pure function of the public history, step by step.

    Methods are compiled, as those of policies are, and so use only numbers, `math`, `policies.numbers` and loops over
    miners.
    """

    formula: ClassVar[str]  #: the formula in words that a person can read
    source: ClassVar[str]  #: who proposed or deployed it
    fails: ClassVar[str]  #: the known failure modes
    reads_line: ClassVar[bool] = False  #: whether it needs `Crowning.line`
    remembers: ClassVar[Numbers] = ()  #: numbers per lane in its memory, with their initial values
    ledger: ClassVar[Numbers] = ()  #: numbers per miner in its ledger, with their initial values

    def begin(self, miners: int) -> tuple[Memory, Ledger]:
        """A new memory and a new ledger with the initial values."""
        names = tuple(name for name, _ in self.ledger)
        return Memory(**dict(self.remembers)), _book(names)(*(np.full(miners, number) for _, number in self.ledger))

    def pay(
        self, memory: Memory, ledger: Ledger, weights: Shares, crowning: Crowning, days: float, paid: Shares
    ) -> float:
        """Divide the emission of one step.

        Args:
            memory, ledger: from the step before; changed in place.
            weights: the mechanism's weights; they sum to 1, or to 0 before the first emission.
            crowning: what is new at the beginning of the step.
            days: length of the step.
            paid: filled with each miner's pay, in shares of the step's emission; the sum exceeds 1 when held-back
                emission is paid out.

        Returns:
            What is burned, in shares of the step's emission.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define pay(memory, ledger, weights, crowning, days, paid)"
        )

    def escrow(self, memory: Memory, ledger: Ledger) -> float:
        """Emission that is held back so far, in days of the whole emission."""
        return 0.0


@cache
def _book(names: tuple[str, ...]) -> type[Any]:
    return namedtuple("Ledger", names)


def total(values: Shares) -> float:
    """The sum over miners, added from first to last: the last bit of numpy's pairwise sum depends on the machine."""
    amount = 0.0
    for value in values:
        amount += value
    return amount


def fresh_gain(memory: Memory, gain: float) -> float:
    """The part of a gain that takes the descent beyond its highest level so far; updates `level` and `high`.

    What a worse king lost must be regained before it is paid for again. So kings that take turns by luck are not paid
    for the same descent over and over.
    """
    before = memory.high
    memory.level = memory.level + gain
    memory.high = max(before, memory.level)
    return memory.high - before
