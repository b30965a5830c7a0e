"""Work under a falling bar, as the world has it: a crowd that works once an idea is worth its cost.

What an idea is worth depends on how long reigns last, and that on when the crowd begins. The checks give miners the
mean length at which both agree, and see whether reigns are so long.
"""

from collections.abc import Iterator
from functools import cached_property
from math import exp, log

from scipy.integrate import quad
from scipy.optimize import brentq

from experiments.verification.theory import incentives
from experiments.verification.theory.check import Check
from experiments.verification.theory.incentive_checks import BUNCHING, COST, GAIN, PAY, RATE
from policies import build
from sim.clock import BLOCKS_PER_DAY

LOOK = 10
"""Blocks of a step of the clock."""
STEP = LOOK / BLOCKS_PER_DAY
"""The same in days."""
WAIT = 18 * STEP
"""Days that the crowd needs for an idea that passes, about: the formula has a crowd that needs none."""
LONGEST = 0.5
"""Days after which it has one for sure."""


class Bunch:
    """A crowd under a falling bar.

    Args:
        name: of a policy in `BUNCHING`.
    """

    def __init__(self, name: str) -> None:
        self.policy = build(BUNCHING[name])
        #: of all together, per day
        self.ideas = PAY * RATE / COST * incentives.bunching_age(self.policy, GAIN, RATE, PAY, COST) / WAIT

    def most(self, reign: float) -> float:
        """The bar at which an idea is worth its cost, if a reign lasts so many days."""
        return GAIN * log(PAY * RATE / COST * reign)

    @cached_property
    def reign(self) -> float:
        """Mean days of a reign, if miners believe in it.

        From the crown on it takes until the bar has fallen, then until one of all ideas since has passed it, and a step
        of the clock.
        """
        first = incentives.bunching_age(self.policy, GAIN, RATE, PAY, COST)

        def longer(reign: float) -> float:
            begins = self._begins(reign)
            waits = quad(lambda days: self._none(begins, days), 0.0, LONGEST, limit=200)[0]
            return float(begins + waits + STEP - reign)

        return float(brentq(longer, 0.9 * first, 1.2 * first, xtol=1e-9))

    @cached_property
    def descent(self) -> float:
        """Per day: an idea that passes at once gains z more than the bar, one that the bar has fallen to the bar."""
        begins = self._begins(self.reign)

        def gains(days: float) -> float:
            bar = incentives.bar_at(self.policy, begins + days)
            fresh = self.ideas * exp(-bar / GAIN)
            falls = (bar - incentives.bar_at(self.policy, begins + days + STEP)) / STEP
            return self._none(begins, days) * fresh * (bar + GAIN + days * falls / GAIN * bar)

        return float(quad(gains, 0.0, LONGEST, limit=200)[0]) / self.reign

    def _begins(self, reign: float) -> float:
        """The king's age in days at which the bar has fallen so far."""
        most = self.most(reign)
        return float(brentq(lambda days: incentives.bar_at(self.policy, days) - most, 0.0, 100.0))

    def _none(self, begins: float, days: float) -> float:
        """The chance that no idea of so many days passes the bar that is left then; those that failed are kept."""
        return exp(-self.ideas * days * exp(-incentives.bar_at(self.policy, begins + days) / GAIN))


BUNCHES = {name: Bunch(name) for name in BUNCHING}


def checks() -> Iterator[Check]:
    """All of them, in the order of the results."""
    for name, bunch in BUNCHES.items():
        what = f"if miners work once that pays at this mean reign, {name}, corrected for a step and {WAIT:g} d of work"
        yield Check(f"bunching world-reign {name}", f"days of a reign {what}", bunch.reign, quick=False)
        yield Check(f"bunching world-descent {name}", f"descent a day {what}", bunch.descent, quick=False)
