"""Numbers as the page of a study shows them: metrics with their units and directions, and what was searched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.report.table import WORLD, Column
from experiments.report.text import NONE, digits, ends, number, places_of, scaled
from experiments.results.estimate import Estimate
from experiments.results.metrics import METRICS
from experiments.search.family import Family
from experiments.search.space import FAMILY, REWARD, RULES, Params, Space

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
    def difference_unit(self) -> str:
        """The unit of a difference: that of percentages is a percentage point."""
        return "percentage points" if self.unit == "%" else self.unit

    @property
    def axis(self) -> str:
        """The title of an axis of gains."""
        return f"gain in {self.short} ({'≈ ' if self.unit == LOGARITHM else ''}{self.difference_unit})"

    def gain(self, e: Estimate) -> str:
        """A gain with its interval and its unit, positive where it is better; a dash where there is none."""
        if not e.n or not np.isfinite(e.mean):
            return NONE
        unit = f" ({self.difference_unit})" if self.difference_unit[0].isdigit() else f" {self.difference_unit}"
        e = scaled(e, self.scale)
        places = places_of(e)
        mean = f"{number(e.mean, places, sign=True)}{unit}"
        return f"{mean} [{', '.join(ends(e, places))}]" if np.isfinite(e.lo) else mean


def measure(metric: str) -> Measure:
    """A metric by its name."""
    about = METRICS[metric]
    usual = Column(metric, metric.replace("_", " ").capitalize(), about.unit, 1.0)
    column = next((c for c in WORLD if c.metric == metric and not c.paired), usual)
    unit = LOGARITHM if column.unit == "100 · ln" else column.unit
    title = column.title.replace(SOFT_HYPHEN, "")
    return Measure(metric, title, unit, column.scale, 1.0 if about.better == "higher" else -1.0)


def estimate(document: Mapping[str, Any] | None) -> Estimate:
    """An estimate from JSON."""
    if document is None:
        return Estimate(np.nan, np.nan, np.nan, 0)
    mean, lo, hi = (np.nan if document[key] is None else float(document[key]) for key in ("mean", "lo", "hi"))
    return Estimate(mean, lo, hi, int(document["n"]))


def better(e: Estimate, sign: float) -> Estimate:
    """A difference in a metric's own direction as a gain, or the other way round."""
    return e if sign > 0 else Estimate(-e.mean, -e.hi, -e.lo, e.n)


@dataclass(frozen=True)
class Number:
    """A parameter that was searched.

    Attributes:
        name: `start`; those of rewards and rules begin with `reward.` and `rules.`, those of a policy inside `then.`.
        dimension: the name of its axis in the storage.
        value: what it is.
        log: whether its range is walked by the logarithm.
    """

    name: str
    dimension: str
    value: float
    log: bool


def numbers(space: Space, params: Params) -> list[Number]:
    """The numbers of a trial; a share of the way to another parameter is shown as the parameter that it comes to."""
    policy, reward = _chosen(space.families, FAMILY, params), _chosen(space.rewards, REWARD, params)
    searched = [*_of_family(policy, policy.spec(params), ""), *_of_family(reward, reward.spec(params), "reward.")]
    for key, dimension in space.constants.items():
        value = float(params[dimension.name])
        searched.append(Number(f"{RULES}.{key}", dimension.name, value, dimension.scale == "log"))
    return searched


def _of_family(family: Family, spec: Mapping[str, Any], prefix: str) -> Iterator[Number]:
    values = spec[family.kind]
    for key, dimension in family.free.items():
        log = family.shares[key].log if key in family.shares else dimension.scale == "log"
        yield Number(f"{prefix}{key}", dimension.name, float(values[key]), log)
    if family.then is not None:
        yield from _of_family(family.then, values["then"], f"{prefix}then.")


def _chosen(families: tuple[Family, ...], name: str, params: Params) -> Family:
    return next(f for f in families if len(families) == 1 or f.label == params[name])


def described(candidate: Mapping[str, Any]) -> str:
    """The numbers of a finalist in a line."""
    parts = [*_flat(candidate["parameters"], "")]
    if candidate["reward"] != "subnet":
        parts += [f"reward {candidate['reward']}", *_flat(candidate["reward_parameters"], "reward ")]
    parts += [*_flat(candidate["rules"], ""), *_flat(candidate["scenario"], "")]
    return ", ".join(parts)


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            ((name, inner),) = value.items()
            yield f"{prefix}{key} {name} ({', '.join(_flat(inner, ''))})"
        else:
            shown = digits(float(value)) if isinstance(value, int | float) else value
            yield f"{prefix}{key.replace('_', ' ')} {shown}"
