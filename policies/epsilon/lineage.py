"""Who builds on the king has to bring more."""

from typing import ClassVar

from policies.base import Parameter, Policy
from policies.nested import Nested
from policies.numbers import LARGEST, clamp, finite_or
from policies.seen import Seen


class Lineage(Nested):
    """The policy in `then`, with an advantage that is larger the more the challenger is like the model.

    A copy, and a model that was trained on, have all of it in them; work from scratch has none, and keeps the bar.
    """

    formula = "min(then(age) * (1 + tax * similarity), 0.99)"
    source = "catalogue of steepest"
    fails = "taxes honest work on the king as it does copies; permuted or scaled weights look like fresh ones"
    state = "V"
    needs = ("lineage",)
    stores = "the weights in the pool, or whose models each was built on, and one measure of similarity for all"
    pairs: ClassVar[bool] = True

    tax = Parameter("what a copy has to bring more", "advantages", 0.0, 100.0, 1.0, (0.25, 10.0), "log")
    then: Policy

    def shield(self, age: float, seen: Seen) -> float:
        """Without tax where nobody says who the challenger is."""
        alike = clamp(finite_or(seen.similarity, 0.0), 0.0, 1.0)
        return min(self.inner(age, seen) * (1.0 + self.tax * alike), LARGEST)
