"""A margin relative to the loss above the entropy."""

import math

from policies.base import Parameter
from policies.nested import Nested
from policies.numbers import finite_or
from policies.seen import Seen


class ExcessEntropy(Nested):
    """The policy in `then`, but as a share of the king's loss above the entropy of text, which no model goes below.

    A fixed share of the whole loss stalls at entropy / (1 - epsilon); a share of the excess never does.
    """

    formula = "then(age) * max(1 - entropy / loss, 0)"
    source = "catalogue of steepest; entropy 1.69: Hoffmann et al. 2022, arXiv 2203.15556"
    fails = "needs an entropy that all agree on; with one that is too high nobody is protected"
    state = "D+"
    stores = "each king's measured loss"

    entropy = Parameter("loss that cannot be gone below", "nats per token", 0.0, 10.0, 1.69, (1.0, 2.2))

    def shield(self, age: float, seen: Seen) -> float:
        """An unknown loss counts as very large."""
        loss = max(finite_or(seen.loss, math.inf), 1e-9)
        return self.inner(age, seen) * max(1.0 - self.entropy / loss, 0.0)
