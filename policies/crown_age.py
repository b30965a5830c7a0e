"""P13: the clock starts with the crown."""

from typing import Any

from policies.arrays import Array
from policies.base import Policy
from policies.nested import Nested
from policies.seen import Seen


class CrownAge(Nested):
    """The policy in `then` by the time since the crown; the age, as ever, for a model that never was king.

    A king that waited long for its evaluation is as well protected as one that was judged at once.
    """

    formula = "then(blocks since the crown, or age where it never was king)"
    source = "catalogue of steepest, P13"
    fails = "whoever commits early and lies in wait loses nothing by it; validators that crown apart disagree"
    state = "D+"
    stores = "the block of each king's crown"

    then: Policy

    def shield(self, age: Array, seen: Seen, xp: Any) -> Array:
        """Formula P13; age inf, which asks for full decay, goes through."""
        crowned = (seen.since < age) & xp.isfinite(age)
        return self.inner(xp.where(crowned, xp.maximum(seen.since, 0.0), age), seen, xp)
