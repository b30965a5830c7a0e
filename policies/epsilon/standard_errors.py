"""A margin in standard errors."""

from policies.base import Parameter, Policy, end_epsilon
from policies.numbers import LARGEST, clamp, finite_or
from policies.seen import Seen


class StandardErrors(Policy):
    """A challenger must be better by `errors` standard errors of the paired comparison, at every age.

    One standard error is the parameter-free Ladder. With 1.645 an equal challenger wins an evaluation by luck with
    probability 1/20; with 3.07 it wins a day of 48 evaluations with that probability, with 3.61 a week.
    """

    formula = "clip(errors * s, end, 0.99)"
    source = "Blum and Hardt 2015, arXiv 1502.04585: the parameter-free Ladder"
    fails = "near copies have a small s and so a lower bar; validators measure different s: round by `ladder-step`"
    state = "V"
    needs = ("errors",)
    stores = "per model and evaluation: the standard error of the paired comparison, as a share of the loss"

    errors = Parameter("the margin", "standard errors", 0.0, 20.0, 1.645, (0.5, 4.0))
    end = end_epsilon()

    def shield(self, age: float, seen: Seen) -> float:
        """The end if the standard error is unknown."""
        return clamp(self.errors * finite_or(seen.error, 0.0), self.end, LARGEST)
