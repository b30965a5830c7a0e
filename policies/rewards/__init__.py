"""Rules that divide the emission, one file each: the subnet's own, and others that read the public history."""

from pathlib import Path

from policies.registry import Registry
from policies.rewards.base import Crowning, Reward

__all__ = ["Crowning", "Reward", "build", "find", "names"]

_shelf = Registry(
    Reward, "reward rule", "policies.rewards", Path(__file__).parent, {"base"}, "{royalty: {tau_days: 14}}"
)

names = _shelf.names
"""The names of all rules."""

find = _shelf.find
"""The rule of that name; hyphens and underscores are the same. PolicyError: there is none."""

build = _shelf.build
"""A rule from its YAML form: a name, or `{name: {parameter: value}}`. PolicyError: with the key path to the fault."""
