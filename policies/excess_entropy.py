"""P16: a share of what can still be gained."""

from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.formulas import known
from policies.nested import Nested
from policies.parameter import Parameter
from policies.seen import Seen


class ExcessEntropy(Nested):
    """The policy in `then`, but as a share of the king's loss above the entropy of text, which no model goes below.

    A fixed share of the whole loss stalls at entropy / (1 - epsilon); a share of the excess never does.
    """

    formula = "then(age) * max(1 - entropy / loss, 0)"
    source = "catalogue of steepest, P16; entropy 1.69: Hoffmann et al. 2022, arXiv 2203.15556"
    fails = "needs an entropy that all agree on; with one that is too high nobody is protected"
    state = "D+"
    stores = "each king's measured loss"

    entropy = Parameter("loss that cannot be gone below", "nats per token", 0.0, 10.0, 1.69, (1.0, 2.2))
    then: Policy

    def shield(self, age: Array, seen: Seen, xp: Any) -> Array:
        """Formula P16; a loss that nobody knows counts as very large."""
        loss = xp.maximum(known(seen.loss, xp.inf, xp), 1e-9)
        return self.inner(age, seen, xp) * xp.maximum(1.0 - self.entropy / loss, 0.0)
