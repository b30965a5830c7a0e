"""A decay with a floor in standard errors."""

from policies.base import Parameter
from policies.epsilon.stretched import Stretched
from policies.nested import Nested
from policies.numbers import LARGEST, finite_or
from policies.seen import Seen


class NoiseFloor(Nested):
    """The policy in `then`, but at least `errors` standard errors of the paired comparison.

    It separates two jobs: the decay sets the speed, the floor keeps luck from winning.
    """

    formula = "max(then(age), min(errors * s, 0.99))"
    source = "catalogue of steepest"
    fails = "near copies have a small s and so a lower floor; validators measure different s"
    state = "V"
    needs = ("errors",)
    stores = "per model and evaluation: the standard error of the paired comparison, as a share of the loss"
    usual = Stretched

    errors = Parameter("the floor", "standard errors", 0.0, 20.0, 1.645, (0.5, 4.0))

    def shield(self, age: float, seen: Seen) -> float:
        """No floor if the standard error is unknown."""
        floor = min(self.errors * finite_or(seen.error, 0.0), LARGEST)
        return max(self.inner(age, seen), floor)
