"""The checks of what miners do for their pay, with the settings of their worlds.

Time is in days in which the miners together have an idea, or as the formulas' publications have it; gains are in log
loss.
"""

from collections.abc import Iterator

from experiments.verification.theory import incentives
from experiments.verification.theory.check import Check

GAIN = 1e-3
"""Mean gain of an idea."""

LOST, QUICK_LOST = (0.1, 1.0, 5.0, 25.0), (1.0,)
"""Days that a crown costs everybody, with an idea a day of all miners together."""
AROUND = {"none": 0.0, "half": 0.5, "best": 1.0, "more": 1.5}
"""Bars around the best one, as shares of it."""


def disruption_bars(lost: float) -> list[float]:
    """The bars of these checks, in log loss, in the order of `AROUND`."""
    best = incentives.best_bar(1.0, GAIN, lost)
    return [share * best for share in AROUND.values()]


def checks() -> Iterator[Check]:
    """All of them, in the order of the results."""
    yield from _disruptions()


def _disruptions() -> Iterator[Check]:
    for lost in LOST:
        quick, settings = lost in QUICK_LOST, f"an idea a day, a crown costs everybody {lost:g} d"
        speeds = [incentives.descent(1.0, bar, GAIN, lost) for bar in disruption_bars(lost)]
        for (name, share), speed in zip(AROUND.items(), speeds, strict=True):
            bar = f"bar {share:g} z W(L tau)" if share else "no bar"
            what = f"descent a day, {settings}, {bar}, less a step and a half of the clock per crown"
            yield Check(f"disruption speed lost={lost:g} bar={name}", what, speed, quick)
        what = f"descent under the best bar z W(L tau) over that without, {settings}"
        yield Check(f"disruption gain lost={lost:g}", what, speeds[2] / speeds[0], quick)
