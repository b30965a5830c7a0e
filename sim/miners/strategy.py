"""The contract of a strategy: what a miner sees when he looks up, and what he may decide."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from policies.arrays import Array
from policies.declared import Declared


@dataclass(frozen=True)
class View:
    """What miners see at one moment: public facts, their own books, and their own measurements. Never a true loss.

    Arrays are `[miners, columns]`, or `[miners, 1]` where no lane makes a difference. "Gain" is always a difference of
    log losses, `ln(king's loss / other loss)`: positive is better than the king. Times are in blocks, money in USD.

    Attributes:
        xp: the array library of the arrays.
        gain: of the miner's best private model, as his own paired evaluation measures it; inf while there is no king.
        doubt: standard error of that measurement.
        noise: sd of a gain that the validator measures in one step.
        epsilon: the king's advantage now, a fraction of loss; 0 while there is no king.
        floor: what it is after full decay.
        later: `later(blocks)` is the king's advantage so many blocks from now; `blocks` broadcasts like the rest.
        age: blocks since the king's commitment; 0 while there is no king.
        reign: blocks since he was crowned.
        king: whether the miner himself is the king.
        live: whether he has a model committed.
        live_gain: of that model, as the validator measured it last; -inf without one, NaN until it was evaluated.
        live_age: blocks since his commitment; inf without one.
        pace: log loss per day that his training is worth now, by his own logs.
        rivals: log loss per day by which the king's loss has fallen over the last weeks: public.
        share: his share of emission now.
        value: USD per day that are emitted to all miners.
        cost: USD per day that his training costs.
        balance: USD earned less USD spent since he entered.
        fee: USD of a registration.
        active: whether he is in the contest.
        draw: uniform numbers in [0, 1), his own for this moment, the same in every lane.
        seed_sd: sd of the log loss of runs that differ in their seed only.
        idle: blocks until he looks again.
    """

    xp: Any
    gain: Array
    doubt: Array
    noise: Array
    epsilon: Array
    floor: Array
    later: Callable[[Array], Array]
    age: Array
    reign: Array
    king: Array
    live: Array
    live_gain: Array
    live_age: Array
    pace: Array
    rivals: Array
    share: Array
    value: float
    cost: Array
    balance: Array
    fee: float
    active: Array
    draw: Array
    seed_sd: Array
    idle: Array

    @property
    def bar(self) -> Array:
        """The gain that a challenger needs now, `-ln(1 - epsilon)`."""
        return -self.xp.log1p(-self.epsilon)

    @property
    def lowest_bar(self) -> Array:
        """The gain that a challenger will need in the end."""
        return -self.xp.log1p(-self.floor)


@dataclass(frozen=True)
class Decision:
    """What miners do until they look again; every field broadcasts to `[miners, columns]`.

    Attributes:
        submit: commit a model.
        offer: the gain over the king that the model is to have: an earlier checkpoint than the best. It is cut to what
            the miner has; inf is his best.
        copy: the model is the king's own, perturbed, rather than one of the miner's.
        perturbation: relative size of that perturbation; 0 is an exact copy.
        runs: how many seeds of the last stretch are trained; the best one is submitted, and all of them cost.
        train: go on training.
        adopt: begin again from the king's public model where that is better than one's own.
        active: be in the contest (enter, stay) or not (stay out, leave).
        least: the gain below which a model is not submitted after all, once its runs have been measured.
    """

    submit: Array
    offer: Array = float("inf")
    copy: Array = False
    perturbation: Array = 0.0
    runs: Array = 1
    train: Array = True
    adopt: Array = True
    active: Array = True
    least: Array = float("-inf")


class Strategy(Declared):
    """A frozen value whose one job is to decide. Found by its file in `sim/miners/strategies`.

    `decide` is a pure function of the view, elementwise over its arrays, in any array library; it must neither draw
    random numbers (the view has `draw`) nor keep anything (the view has all a miner remembers).

    Attributes:
        about: what it does, in a sentence.
        source: who described it.
        honest: whether it tries to make the loss fall, rather than to be paid without it.
        from_scratch: whether it begins without anybody's model.
        waits: whether it begins outside the contest and decides when to enter.
    """

    about: ClassVar[str]
    source: ClassVar[str]
    honest: ClassVar[bool] = False
    from_scratch: ClassVar[bool] = False
    waits: ClassVar[bool] = False

    def decide(self, view: View) -> Decision:
        """What to do; see `View` and `Decision`."""
        raise NotImplementedError(f"{type(self).__name__} must define decide(view)")
