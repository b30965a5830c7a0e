"""A larger margin against models built on the king's."""

from typing import ClassVar

from policies.base import Parameter
from policies.nested import Nested
from policies.numbers import LARGEST, clamp, finite_or
from policies.seen import Seen


class Lineage(Nested):
    """The policy in `then`, with an advantage that is larger the more the challenger is like the model.

    A copy has similarity 1, and so has a model trained on from it; one trained from scratch has 0 and the plain margin.
    """

    formula = "min(then(age) * (1 + tax * similarity), 0.99)"
    source = "catalogue of steepest"
    fails = "taxes honest work on the king as it does copies; permuted or scaled weights look like fresh ones"
    state = "V"
    needs = ("lineage",)
    stores = "the weights in the pool, or whose models each was built on, and one measure of similarity for all"
    pairs: ClassVar[bool] = True

    tax = Parameter("what a copy has to bring more", "advantages", 0.0, 100.0, 1.0, (0.25, 10.0), "log")

    def shield(self, age: float, seen: Seen) -> float:
        """Without tax if the challenger is unknown."""
        alike = clamp(finite_or(seen.similarity, 0.0), 0.0, 1.0)
        return min(self.inner(age, seen) * (1.0 + self.tax * alike), LARGEST)
