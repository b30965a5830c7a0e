"""P15: a margin in nats."""

from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.formulas import LARGEST, known
from policies.nested import Nested
from policies.parameter import Parameter
from policies.seen import Seen


class AbsoluteMargin(Nested):
    """A challenger must be better by so many nats, whatever the loss: then(age) * reference_loss of them.

    The pair rule multiplies losses, so the advantage rises as the king's loss falls: delta(age) / loss.
    """

    formula = "min(then(age) * reference_loss / loss, 0.99)"
    source = "catalogue of steepest, P15"
    fails = "the same step in nats becomes dearer as losses fall, and the last ones stall"
    state = "D+"
    stores = "each king's measured loss"

    reference_loss = Parameter("loss at which `then` holds as it is", "nats per token", 0.01, 20.0, 2.5, (1.5, 4.0))
    then: Policy

    def shield(self, age: Array, seen: Seen, xp: Any) -> Array:
        """Formula P15; a loss that nobody knows counts as the reference."""
        loss = xp.maximum(known(seen.loss, self.reference_loss, xp), 1e-9)
        return xp.minimum(self.inner(age, seen, xp) * self.reference_loss / loss, LARGEST)
