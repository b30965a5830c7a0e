"""What every reward rule is and promises: all that is emitted is paid, burned or held back, and nothing is negative."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from policies.arrays import Array, namespace
from policies.declared import Declared
from policies.seen import Memory


@dataclass(frozen=True)
class Crowning:
    """What the public history says is new, arrays `[lanes]`.

    Attributes:
        king: who reigns, int; -1 before the first.
        crowned: whether he is another one than before.
        gain: log loss by which his model was measured to be better than the king's model before; 0 where it is the
            same model. A king who replaces his own model has a gain, and no crown.
        line: owners of the models that his was built on, himself included, bool `[miners, lanes]`; None where no rule
            needs it, or no king has a new model.
    """

    king: Array
    crowned: Array
    gain: Array
    line: Array = None


@dataclass(frozen=True)
class Paid:
    """What a rule does with the emission of a step.

    Attributes:
        paid: by miner, in shares of the step's emission, `[miners, lanes]`; more than 1 together when held-back
            emission is paid out.
        burned: in shares of the step's emission, `[lanes]`.
        memory: what the rule remembers.
    """

    paid: Array
    burned: Array
    memory: Memory


class Reward(Declared):
    """A pure function of the public history. Parameters are numbers, or arrays whose last axis is the lanes.

    Functions of time are computed by numpy, whatever the library of the arrays, for the last bit of an exponential
    differs between libraries.

    Attributes:
        formula: the formula in words that a person can read.
        source: who proposed or deployed it.
        fails: the known failure modes.
        reads_line: whether it asks for lineages.
    """

    formula: ClassVar[str]
    source: ClassVar[str]
    fails: ClassVar[str]
    reads_line: ClassVar[bool] = False

    def begin(self, like: Array) -> Memory:
        """What it remembers before anything has happened; `like` are weights, float64 `[miners, lanes]`."""
        return {}

    def pay(self, memory: Memory, weights: Array, crowning: Crowning, days: float) -> Paid:
        """Divide the emission of one step.

        Args:
            memory: from the step before.
            weights: the mechanism's, float64 `[miners, lanes]`; they sum to 1, or to 0 where nothing is emitted yet.
            crowning: what is new at the step's beginning.
            days: how long the step is.
        """
        raise NotImplementedError(f"{type(self).__name__} must define pay(memory, weights, crowning, days)")

    def held(self, memory: Memory) -> Array:
        """What is held back so far, in days of all emission, `[lanes]`."""
        return 0.0

    @classmethod
    def stack(cls, rules: Sequence["Reward"], repeat: int = 1) -> Self:
        """Rules of this class as one over lanes, each repeated `repeat` times side by side."""
        lanes = {key: np.array([rule.values[key] for rule in rules], dtype=np.float64) for key in cls.parameters()}
        return cls.unchecked(**{key: np.repeat(values, repeat) for key, values in lanes.items()})


def total(values: Array) -> Array:
    """The sum over miners, added strictly from first to last, so that a lane's last bit is its own affair."""
    xp = namespace(values)
    return xp.cumulative_sum(values, axis=0)[-1, ...]


def here(numbers: Array, like: Array) -> Array:
    """Numbers of numpy in the library and on the device of `like`."""
    xp = namespace(like)
    return np.asarray(numbers) if xp is np else xp.asarray(np.array(numbers), dtype=xp.float64, device=like.device)


def seat(king: Array, like: Array) -> Array:
    """Where the kings sit, bool `[miners, lanes]`."""
    xp = namespace(like)
    return xp.arange(like.shape[0], device=like.device)[:, None] == king[None, :]


def fresh(memory: Memory, crowning: Crowning) -> tuple[Array, dict[str, Array]]:
    """The descent that was never there before, `[lanes]`, and what to remember of it (keys `level` and `high`).

    What a worse king lost must be regained before anybody is paid for it again, so kings who take turns by luck are
    not paid for the same descent over and over.
    """
    level = memory["level"] + crowning.gain
    high = namespace(level).maximum(memory["high"], level)
    return high - memory["high"], {"level": level, "high": high}
