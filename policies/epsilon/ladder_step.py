"""A margin rounded to whole steps."""

from policies.base import Parameter
from policies.nested import Nested
from policies.numbers import LARGEST, clamp, floor
from policies.seen import Seen


class LadderStep(Nested):
    """The policy in `then`, rounded to whole steps and never less than one.

    The Ladder publishes a score only when it is better by a step, and rounds it to one; validators whose numbers
    differ by less than half a step mostly agree. Its theory takes steps of (log(k n) / n)^(1/3) for k submissions
    on n samples.
    """

    formula = "min(step * max(floor(then(age) / step + 1/2), 1), 0.99)"
    source = "Blum and Hardt 2015, arXiv 1502.04585: the Ladder"
    fails = "coarse: every step is a cliff that snipers wait at; the step of the theory is far too careful"

    step = Parameter("the step", "fraction of loss", 1e-6, 0.1, 5e-4, (1e-4, 5e-3), "log")

    def shield(self, age: float, seen: Seen) -> float:
        """The nearest whole number of steps."""
        steps = floor(self.inner(age, seen) / self.step + 0.5)
        return clamp(self.step * clamp(steps, 1.0, 1e6), 0.0, LARGEST)
