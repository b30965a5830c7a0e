"""A margin in standard errors."""

from policies.base import Parameter, Policy, end_epsilon
from policies.numbers import LARGEST, clamp, finite_or
from policies.seen import Seen


class StandardErrors(Policy):
    """A challenger must be better by `errors` standard errors of the paired comparison, at every age.

    One standard error is the parameter-free Ladder; 1.645 lets one of twenty equals win by luck, 3.07 one of twenty
    days with 48 evaluations each, 3.61 one of twenty weeks.
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
        """The end where nobody has measured."""
        return clamp(self.errors * finite_or(seen.error, 0.0), self.end, LARGEST)
