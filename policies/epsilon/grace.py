"""A grace period before another policy begins."""

from policies.base import blocks
from policies.nested import Nested
from policies.seen import Seen


class Grace(Nested):
    """Full advantage for `grace_blocks`, then the policy in `then`, whose clock starts only now.

    Covers evaluation delay and the ramp of the moving average, so that a king is paid before it is exposed.
    """

    formula = "then(max(age - grace_blocks, 0))"
    source = "SN6, NousResearch/finetuning-subnet PR 9 (2024-02-15): hold, then linear"
    fails = "pure rent for the incumbent when the grace outlasts a natural reign"

    grace_blocks = blocks("time at full advantage", 3_600, (0, 14_400), low=0)

    def shield(self, age: float, seen: Seen) -> float:
        """The policy inside, by the time since the end of the grace."""
        return self.inner(max(age - self.grace_blocks, 0.0), seen)
