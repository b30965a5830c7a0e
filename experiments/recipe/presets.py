"""Presets of other subnets by name; `experiments.data.PRESETS` has their constants and sources."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from experiments.data import PRESETS
from experiments.recipe.yaml_file import read
from policies import InputError, Policy, build
from policies.rewards import Reward
from policies.rewards import build as build_reward
from sim.mechanism.eras import names, subnet, suggest


@dataclass(frozen=True)
class Preset:
    """A rule of another subnet."""

    policy: Any  #: its margin as a policy, in the form of YAML
    source: str  #: the repository that it was read from
    about: str  #: the rule in its own words and constants
    changed: str = ""  #: what had to be changed, where a rule speaks of scores or does more than a margin
    reward: Any = None  #: how it pays, where that is part of the rule


@cache
def presets() -> dict[str, Preset]:
    """All presets of other subnets by name."""
    return {name: Preset(**entry) for name, entry in read(PRESETS).data.items()}


def find_preset(name: str) -> tuple[Policy, Reward | None]:
    """The policy and the reward of a preset; None pays as the subnet does.

    Raises:
        InputError: there is none of that name; presets of a subnet exist at certain dates only.
    """
    if name not in presets():
        raise InputError(f"there is no preset {name!r}; {suggest(name, (*names(), *presets()))}", ("preset",))
    preset = presets()[name]
    return build(preset.policy), None if preset.reward is None else build_reward(preset.reward)


def is_era(name: str) -> bool:
    """Whether a name is of a subnet with eras (SN9, SN37 and SN29), if perhaps misspelt, and is no preset's."""
    return name not in presets() and subnet(name) in {subnet(each) for each in names()}


def is_preset(name: str) -> bool:
    """Whether a name is of an era or of another subnet, and so names no policy."""
    known = {subnet(each) for each in (*names(), *presets())}
    return subnet(name) in known or re.fullmatch(r"sn\d+", subnet(name)) is not None
