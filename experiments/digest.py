"""What names the results of a spec: a hash over all that they depend on, the code that it uses included."""

import hashlib
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import policies
import sim
from experiments import resolved as resolving
from experiments.recipe import Spec
from policies.declared import Declared

ROOMS = {
    "race": (".", "mechanism", "replay"),
    "world": (".", "data", "mechanism", "miners", "miners/progress", "traces/laws"),
}
"""Folders of `sim` whose code decides about the results of a kind of scenario."""
POLICIES = ("arrays", "base", "declared", "panel", "parameter")
"""Files of `policies` that all policies stand on."""
TABLES = ("metrics.py", "tables.py")
"""Files of the harness that make numbers of what happened."""
TESTS = ("contract.py",)
"""Files that only tests use."""
STRATEGIES = "miners/strategies"


def resolved(spec: Spec) -> dict[str, Any]:
    """Everything that a world's result depends on, as plain data; the worlds and their number are not part of it."""
    used = {type(lane.policy) for lane in spec.lanes}
    ...
