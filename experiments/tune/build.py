"""From the keys of a recipe to a search space, with all that can be wrong about them."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from experiments.recipe.faults import descend
from experiments.recipe.panel import rules_of
from experiments.recipe.yaml_file import Path_
from experiments.tune.dimension import Choice, Dimension
from experiments.tune.family import Family, family
from experiments.tune.keys import SearchKeys, StudyRecipe
from experiments.tune.space import RULES, SCENARIO, Space
from experiments.world_metrics import WORLD_METRICS
from policies import InputError, find, nearest
from policies.rewards import find as find_reward
from sim.mechanism.rules import Rules
from sim.miners.population import Population

RELATIVE = ("ic_gap", "ic_pay")
"""Metrics of a miner who deviates."""


def built_space(keys: SearchKeys, rules: Rules) -> Space:
    """The search space of a recipe.

    Raises:
        InputError: with the key path from `search`.
    """
    policies = _families(keys.policies, "policies", find, "")
    rewards = _families(keys.rewards, "rewards", find_reward, "reward.")
    constants = {key: _constant(key, what, rules) for key, what in keys.rules.items()}
    variants = {}
    for key, options in keys.scenario.items():
        if len(options) < 2 or len({repr(option) for option in options}) < len(options):
            raise InputError(f"is a list of two or more different options, not {options!r}", ("scenario", key))
        if any(not isinstance(option, int | float | str) for option in options):
            raise InputError(f"options are numbers or texts, not {options!r}", ("scenario", key))
        variants[key] = Choice(f"{SCENARIO}.{key}", tuple(options))
    space = Space(policies, rewards, rules, constants, variants)
    if not space.dimensions and not space.choices:
        raise InputError("nothing is left to search: give a parameter a range, or a second family", ("policies",))
    return space


def _families(entries: list[Any], key: str, find: Any, prefix: str) -> tuple[Family, ...]:
    found: dict[str, Family] = {}
    for i, entry in enumerate(entries):
        with descend(key, i):
            name, body = _named(entry)
            made = family(body, find, f"{prefix}{name}." if name else prefix)
            made = replace(made, label=name or made.label)
            if made.label in found:
                raise InputError(f"there are two families {made.label!r}; give one a name: {{name: ..., policy: ...}}")
            found[made.label] = made
    return tuple(found.values())


def _named(entry: Any) -> tuple[str, Any]:
    """An entry with a name of its own, `{name: TEXT, policy: ENTRY}`."""
    if isinstance(entry, Mapping) and "policy" in entry:
        if set(entry) != {"name", "policy"} or not isinstance(entry["name"], str) or not entry["name"].strip():
            raise InputError(
                f"is an entry, or one with a name: {{name: slow linear, policy: ENTRY}}, not {dict(entry)!r}"
            )
        return entry["name"], entry["policy"]
    return "", entry


def _constant(key: str, what: Any, rules: Rules) -> Dimension:
    numbers = {f.name for f in fields(Rules) if type(getattr(rules, f.name)) in (int, float)}
    with descend("rules", key):
        if key not in numbers:
            raise InputError(f"is not a number of the rules; {nearest(key, numbers)}")
        if not isinstance(what, Mapping) or not {"low", "high"} <= set(what) <= {"low", "high", "scale"}:
            raise InputError(f"is a range such as {{low: 0.005, high: 0.5, scale: log}}, not {what!r}")
        for end in ("low", "high"):
            rules_of({key: what[end]}, rules)  # as a panel would check it
        low, high = float(what["low"]), float(what["high"])
        whole = isinstance(getattr(rules, key), int)
        scale = what.get("scale", "integer" if whole else "linear")
        if scale not in (("integer",) if whole else ("linear", "log")) or (scale == "log" and low <= 0) or low > high:
            raise InputError(f"is not a range that can be walked: {dict(what)!r}")
        return Dimension(f"{RULES}.{key}", low, high, scale)


def check_metrics(recipe: StudyRecipe, populations: tuple[Population, ...]) -> None:
    """Check that objectives and constraints are metrics that can be had.

    Raises:
        InputError: with the key path.
    """
    deviants = any(population.deviants for population in populations)
    asked: list[tuple[Path_, str]] = [(("objectives", i), name) for i, name in enumerate(recipe.objectives)]
    asked += [(("constraints", name), name) for name in recipe.constraints]
    for where, name in asked:
        if name not in WORLD_METRICS:
            raise InputError(f"there is no metric {name!r}; {nearest(name, WORLD_METRICS)}", where)
        if not WORLD_METRICS[name].better:
            raise InputError(f"{name} is neither better high nor low, so that it cannot be asked for", where)
        if name in RELATIVE and not deviants:
            raise InputError(f"{name} needs `deviations`, miners who deviate, such as [withholder, copycat]", where)
    if len(set(recipe.objectives)) < len(recipe.objectives):
        raise InputError(f"an objective is named twice: {', '.join(recipe.objectives)}", ("objectives",))
