"""A metric as the page of a study shows it: scaled, with its unit, and with a direction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.estimate import Estimate
from experiments.report.table import Column
from experiments.report.text import NONE, decimals, half, number
from experiments.report.world.columns import WORLD
from experiments.world_metrics import WORLD_METRICS

SOFT_HYPHEN = "\u00ad"
LOGARITHM = "% of the loss"
"""What a hundredth of a natural logarithm of losses comes to, where it is small."""


@dataclass(frozen=True)
class Measure:
    """A metric.

    Attributes:
        metric: its name.
        title: as people call it.
        unit: of the shown numbers.
        scale: what numbers are multiplied by.
        better: 1 where higher is better, -1 where lower is.
    """

    metric: str
    title: str
    unit: str
    scale: float
    better: float

    @property
    def short(self) -> str:
        """The title within a sentence."""
        return self.title if self.title[1:2] in ("", " ") else self.title[0].lower() + self.title[1:]

    @property
    def apart(self) -> str:
        """The unit of a difference: that of percentages is a percentage point."""
        return "percentage points" if self.unit == "%" else self.unit

    @property
    def axis(self) -> str:
        """The title of an axis of gains."""
        return f"gain in {self.short} ({'≈ ' if self.unit == LOGARITHM else ''}{self.apart})"

    def told(self, e: Estimate) -> str:
        """A gain with its interval and its unit, positive where it is better; a dash where there is none."""
        if not e.n or not np.isfinite(e.mean):
            return NONE
        unit = f" ({self.apart})" if self.apart[0].isdigit() else f" {self.apart}"
        places = decimals(np.array([self.scale * half(e)]), np.array([self.scale * e.mean]))
        mean, lo, hi = (number(self.scale * each, places, sign=True) for each in (e.mean, e.lo, e.hi))
        return f"{mean}{unit} [{lo}, {hi}]" if np.isfinite(e.lo) else f"{mean}{unit}"

    def level(self, value: float | None) -> str:
        """A level with its unit; a dash where there is none."""
        if value is None or not np.isfinite(value):
            return NONE
        return f"{digits(self.scale * value)} {self.unit}"


def measure(metric: str) -> Measure:
    """A metric by its name."""
    about = WORLD_METRICS[metric]
    usual = Column(metric, metric.replace("_", " ").capitalize(), about.unit, 1.0)
    column = next((c for c in WORLD if c.metric == metric and not c.paired), usual)
    unit = LOGARITHM if column.unit == "100 · ln" else column.unit
    title = column.title.replace(SOFT_HYPHEN, "")
    return Measure(metric, title, unit, column.scale, 1.0 if about.better == "higher" else -1.0)


def estimate(found: Mapping[str, Any] | None) -> Estimate:
    """An estimate from JSON."""
    if found is None:
        return Estimate(np.nan, np.nan, np.nan, 0)
    mean, lo, hi = (np.nan if found[key] is None else float(found[key]) for key in ("mean", "lo", "hi"))
    return Estimate(mean, lo, hi, int(found["n"]))


def better(e: Estimate, sign: float) -> Estimate:
    """A difference in a metric's own direction as a gain, or the other way round."""
    return e if sign > 0 else Estimate(-e.mean, -e.hi, -e.lo, e.n)


def digits(value: float, precision: int = 4) -> str:
    """A number of which nothing is known but itself, to so many digits, without an exponent where people would not."""
    if value and not 1e-7 < abs(value) < 1e9:
        return f"{value:.{precision}g}".replace("-", "−")
    return np.format_float_positional(value, precision=precision, fractional=False, trim="-").replace("-", "−")


def signed(value: float | None) -> str:
    """A gain to three digits, with its sign; a dash where there is none."""
    if value is None or not np.isfinite(value):
        return NONE
    return f"{'+' if value > 0 else ''}{digits(value, 3)}"
