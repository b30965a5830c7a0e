"""Numbers as the page of a study shows them: metrics with their units and directions, and what was searched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from experiments.report.table import WORLD, Column
from experiments.report.text import digits, format_estimate
from experiments.results.estimate import Estimate
from experiments.results.metrics import METRICS
from experiments.search.family import Family
from experiments.search.space import FAMILY, REWARD, RULES, Params, Space

LOGARITHM = "% of the loss"
"""The unit of a hundredth of a natural logarithm of losses, where it is small."""


@dataclass(frozen=True)
class Measure:
    """A metric and how it is shown: times `scale`, in `unit`."""

    metric: str
    title: str
    unit: str
    scale: float
    better: float  #: 1 where higher is better, -1 where lower is

    @property
    def short(self) -> str:
        """The title within a sentence; an abbreviation keeps its capital."""
        return self.title if self.title.split()[0].isupper() else self.title[0].lower() + self.title[1:]

    @property
    def difference_unit(self) -> str:
        """The unit of a difference: that of percentages is a percentage point."""
        return "percentage points" if self.unit == "%" else self.unit

    @property
    def axis(self) -> str:
        """The title of an axis of gains."""
        return f"gain in {self.short} ({'≈ ' if self.unit == LOGARITHM else ''}{self.difference_unit})"

    def gain(self, e: Estimate) -> str:
        """A gain with its interval and its unit, positive where it is better; a dash where there is none."""
        unit = self.difference_unit
        return format_estimate(e, f"({unit})" if unit[0].isdigit() else unit, self.scale, sign=True)


def make_measure(metric: str) -> Measure:
    """The measure of a metric, with the title and the unit that it has in the table of a run."""
    about = METRICS[metric]
    usual = Column(metric, metric.replace("_", " ").capitalize(), about.unit, 1.0)
    column = next((c for c in WORLD if c.metric == metric and not c.paired), usual)
    unit = LOGARITHM if column.unit == "100 · ln" else column.unit
    title = column.title.replace("\N{SOFT HYPHEN}", "")
    return Measure(metric, title, unit, column.scale, 1.0 if about.better == "higher" else -1.0)


def read_estimate(document: Mapping[str, Any] | None) -> Estimate:
    """An estimate from JSON."""
    if document is None:
        return Estimate(np.nan, np.nan, np.nan, 0)
    mean, lo, hi = (np.nan if document[key] is None else float(document[key]) for key in ("mean", "lo", "hi"))
    return Estimate(mean, lo, hi, int(document["n"]))


def turn(e: Estimate, sign: float) -> Estimate:
    """A difference as a gain: with the other sign (-1) where lower is better."""
    return e if sign > 0 else Estimate(-e.mean, -e.hi, -e.lo, e.n)


class Number(NamedTuple):
    """A parameter that was searched."""

    name: str  #: `start`; those of rewards and rules begin with `reward.` and `rules.`, of an inner policy with `then.`
    dimension: str  #: the name of its axis in the storage
    value: float
    log: bool  #: whether its range is searched on a logarithmic scale


def searched_numbers(space: Space, params: Params) -> list[Number]:
    """The numbers of a trial; a share of the way to another parameter is shown as the parameter that it comes to."""
    found: list[Number] = []
    for families, name, prefix in ((space.families, FAMILY, ""), (space.rewards, REWARD, "reward.")):
        family = next(f for f in families if len(families) == 1 or f.label == params[name])
        found += _family_numbers(family, family.spec(params), prefix)
    for key, dimension in space.constants.items():
        value = float(params[dimension.name])
        found.append(Number(f"{RULES}.{key}", dimension.name, value, dimension.scale == "log"))
    return found


def _family_numbers(family: Family, spec: Mapping[str, Any], prefix: str) -> Iterator[Number]:
    values = spec[family.kind]
    for key, dimension in family.free.items():
        log = family.shares[key].log if key in family.shares else dimension.scale == "log"
        yield Number(f"{prefix}{key}", dimension.name, float(values[key]), log)
    if family.then is not None:
        yield from _family_numbers(family.then, values["then"], f"{prefix}then.")


def describe(candidate: Mapping[str, Any]) -> str:
    """The numbers of a candidate in a line."""
    parts = [*_texts(candidate["parameters"], "")]
    if candidate["reward"] != "subnet":
        parts += [f"reward {candidate['reward']}", *_texts(candidate["reward_parameters"], "reward ")]
    parts += [*_texts(candidate["rules"], ""), *_texts(candidate["scenario"], "")]
    return ", ".join(parts)


def _texts(values: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            ((name, inner),) = value.items()
            yield f"{prefix}{key} {name} ({', '.join(_texts(inner, ''))})"
        else:
            shown = digits(float(value)) if isinstance(value, int | float) else value
            yield f"{prefix}{key.replace('_', ' ')} {shown}"
