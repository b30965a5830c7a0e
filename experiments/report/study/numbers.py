"""The numbers that were searched, as the parameters that they come to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from experiments.report.study.measure import digits
from experiments.search.family import Family
from experiments.search.space import FAMILY, REWARD, RULES, Params, Space


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
    """Those of a point; a share of the way to another parameter is told as the parameter that it comes to."""
    policy, reward = _chosen(space.families, FAMILY, params), _chosen(space.rewards, REWARD, params)
    found = [*_of(policy, policy.spec(params), ""), *_of(reward, reward.spec(params), "reward.")]
    for key, dimension in space.constants.items():
        value = float(params[dimension.name])
        found.append(Number(f"{RULES}.{key}", dimension.name, value, dimension.scale == "log"))
    return found


def _of(family: Family, spec: Mapping[str, Any], prefix: str) -> Iterator[Number]:
    values = spec[family.kind]
    for key, dimension in family.free.items():
        log = family.shares[key].log if key in family.shares else dimension.scale == "log"
        yield Number(f"{prefix}{key}", dimension.name, float(values[key]), log)
    if family.then is not None:
        yield from _of(family.then, values["then"], f"{prefix}then.")


def _chosen(families: tuple[Family, ...], name: str, params: Params) -> Family:
    return next(f for f in families if len(families) == 1 or f.label == params[name])


def described(candidate: Mapping[str, Any]) -> str:
    """The numbers of a finalist in a line."""
    told = [*_flat(candidate["parameters"], "")]
    if candidate["reward"] != "subnet":
        told += [f"reward {candidate['reward']}", *_flat(candidate["reward_parameters"], "reward ")]
    told += [*_flat(candidate["rules"], ""), *_flat(candidate["scenario"], "")]
    return ", ".join(told)


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            ((name, inner),) = value.items()
            yield f"{prefix}{key} {name} ({', '.join(_flat(inner, ''))})"
        else:
            shown = digits(float(value)) if isinstance(value, int | float) else value
            yield f"{prefix}{key.replace('_', ' ')} {shown}"
