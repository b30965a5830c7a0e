"""What a miner sees when it looks up, and what it may decide: the contract of a strategy."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from math import inf
from typing import ClassVar

import numpy as np

from policies.base import Declared


@dataclass(frozen=True, slots=True)
class View:
    """What one miner sees at one look: public facts, its own books and its own measurements. Never a true loss.

    "Gain" is always a difference of log losses, `ln(king's loss / other loss)`: positive is better than the king. Times
    are in blocks, money in USD.
    """

    gain: float  #: of its best private model, as its own paired evaluation measures it; inf while there is no king
    doubt: float  #: standard error of that measurement
    noise: float  #: sd of a gain that the validator measures in one step
    epsilon: float  #: the king's advantage now, a fraction of loss; 0 while there is no king
    floor: float  #: what it is after full decay
    bar: float  #: the gain that a challenger needs now, `-ln(1 - epsilon)`
    lowest_bar: float  #: the gain that a challenger will need in the end
    age: float  #: blocks since the king's commitment; 0 while there is no king
    reign: float  #: blocks since the king was crowned
    king: bool  #: whether it is the king itself
    live: bool  #: whether it has a model committed
    live_gain: float  #: of that model, as the validator measured it last; -inf without one, NaN until it was evaluated
    live_age: float  #: blocks since that commitment; inf without one
    pace: float  #: log loss per day that its training is worth now, by its own logs
    rivals: float  #: log loss per day by which the king's loss has fallen over the last weeks: public
    share: float  #: its share of emission now
    value: float  #: USD per day that are emitted to all miners
    cost: float  #: USD per day that its training costs
    balance: float  #: USD earned less USD spent since it entered
    fee: float  #: USD of a registration
    active: bool  #: whether it is in the contest
    draw: float  #: a uniform number in [0, 1), its own for this look, the same in every lane
    seed_sd: float  #: sd of the log loss of runs that differ in their seed only
    idle: float  #: blocks until it looks again
    later: Callable[[float], float]  #: `later(blocks)` is the king's advantage so many blocks from now


VIEW = np.dtype([(field.name, "b1" if field.type is bool else "f8") for field in fields(View) if field.name != "later"])
"""The facts of a view as compiled strategies read them, a record; `later` is compiled along with the strategy."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a miner does until it looks again."""

    submit: bool  #: commit a model
    offer: float = inf  #: the gain over the king that the model shows, an earlier checkpoint; inf is the miner's best
    copy: bool = False  #: the model is the king's own, perturbed, rather than one of the miner's
    perturbation: float = 0.0  #: relative size of that perturbation, 0 to 1; 0 is an exact copy
    runs: float = 1.0  #: seeds of the last stretch, a whole number; all of them cost, and the best is submitted
    train: bool = True  #: go on training
    adopt: bool = True  #: begin again from the king's public model where that is better than the miner's own
    active: bool = True  #: be in the contest (enter, stay) or not (stay out, leave)
    least: float = -inf  #: the gain below which a model is not submitted after all, once its runs have been measured


class Strategy(Declared):
    """A frozen value whose one job is to decide. Found by its file in `sim/miners/strategies`.

    `decide` is a pure function of one view. It neither draws random numbers (the view has `draw`) nor keeps anything
    (the view has all that a miner remembers). The engine compiles it; `prepare` gives it numbers that depend on the
    parameters alone, which it reads as attributes.
    """

    about: ClassVar[str]  #: what it does, in a sentence
    source: ClassVar[str]  #: the publication or person that described it
    honest: ClassVar[bool] = False  #: whether it tries to make the loss fall, rather than to be paid without it
    from_scratch: ClassVar[bool] = False  #: whether it begins without anybody's model
    waits: ClassVar[bool] = False  #: whether it begins outside the contest and decides when to enter

    def decide(self, view: View) -> Decision:
        """What to do; see `View` and `Decision`."""
        raise NotImplementedError(f"{type(self).__name__} must define decide(view)")
