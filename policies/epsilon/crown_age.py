"""Age counts from the crown."""

import math

from policies.nested import Nested
from policies.seen import Seen


class CrownAge(Nested):
    """The policy in `then` by the time since the crown, or by the age for a model that was never king.

    A king that waited long for its evaluation is as well protected as one that was judged at once.
    """

    formula = "then(blocks since the crown, or age where it never was king)"
    source = "catalogue of steepest"
    fails = "a miner that commits early and waits loses nothing by it; validators that crown apart disagree"
    state = "D+"
    stores = "the block of each king's crown"

    def shield(self, age: float, seen: Seen) -> float:
        """Age inf asks for full decay, so it is passed on."""
        if seen.since < age and math.isfinite(age):
            return self.inner(max(seen.since, 0.0), seen)
        return self.inner(age, seen)
