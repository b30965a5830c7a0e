"""A margin in nats."""

from policies.base import Parameter
from policies.nested import Nested
from policies.numbers import LARGEST, finite_or
from policies.seen import Seen


class AbsoluteMargin(Nested):
    """A challenger must be better by then(age) * reference_loss nats, whatever the king's loss.

    The pair rule multiplies losses, so the advantage rises as the king's loss falls.
    """

    formula = "min(then(age) * reference_loss / loss, 0.99)"
    source = "catalogue of steepest"
    fails = "the same step in nats becomes dearer as losses fall, and the last ones stall"
    state = "D+"
    stores = "each king's measured loss"

    reference_loss = Parameter("loss at which `then` holds as it is", "nats per token", 0.01, 20.0, 2.5, (1.5, 4.0))

    def shield(self, age: float, seen: Seen) -> float:
        """An unknown loss counts as the reference."""
        loss = max(finite_or(seen.loss, self.reference_loss), 1e-9)
        return min(self.inner(age, seen) * self.reference_loss / loss, LARGEST)
