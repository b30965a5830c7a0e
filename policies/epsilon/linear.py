"""A straight line, then flat."""

from policies.base import Decay, blocks


class Linear(Decay):
    """The advantage falls in a straight line from `start` to `end` and stays there.

    What SN9 has deployed since September 2024, in ever shorter versions. The order of operations is the
    validators', so the last bit agrees too: after full decay the result is not always `end` exactly.
    """

    formula = "start - min(age / decay_blocks, 1) * (start - end)"
    source = "SN9 v4.3.0, 3bebb14 (2024-09-02); macrocosm-os/taoverse e350d5e, LinearDecay"
    fails = "a fixed calendar ignores progress; publication waits for the crossing; a long low tail"

    decay_blocks = blocks("time until full decay", 14_400)

    def curve(self, age: float) -> float:
        """The formula in the validators' order of operations."""
        return self.start - min(age / self.decay_blocks, 1.0) * (self.start - self.end)
