"""Rules that divide the emission, one file each: the subnet's own, and others that read the public history."""

from pathlib import Path

from policies.registry import Registry
from policies.rewards.base import Crowning, Reward

__all__ = ["SHELF", "Crowning", "Reward", "build", "find", "names"]

SHELF = Registry(
    Reward,
    "reward rule",
    "policies.rewards",
    Path(__file__).parent,
    {"base"},
    "{royalty: {tau_days: 14}}",
    group="steepest.rewards",
)

names = SHELF.names
"""The names of all rules."""

find = SHELF.find
"""The rule of that name; hyphens and underscores are the same. PolicyError: there is none."""

build = SHELF.build
"""A rule from its YAML form: a name, or `{name: {parameter: value}}`. PolicyError: with the key path to the fault."""
