"""The scenarios of a world's recipe: the one that it describes, or its cases, each a variant of the rest."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from experiments.recipe.faults import check_name, descend, validate
from experiments.recipe.world import WorldScenario
from policies import InputError
from sim.miners.hardware import equip
from sim.miners.progress.course import Crew
from sim.miners.progress.trace import TraceProgress
from sim.scenario import Scenario

WHOLE = ("kinds",)
"""Mappings that a case replaces as a whole: shares that sum to 1."""
CHECKED_WORLDS = 1000
"""Worlds whose miners are drawn in advance, to see whether curves are long enough."""


def scenarios(
    keys: WorldScenario, raw: Mapping[str, Any], name: str, base: Path, *, seed: int, worlds: int
) -> tuple[Scenario, ...]:
    """The scenario of a recipe, or its cases.

    Args:
        keys: the scenario.
        raw: the same as it stands in the file.
        name: of the recipe, and so of its only scenario.
        base: the folder that relative paths start from.
        seed, worlds: of the recipe; curves must be long enough for the fastest miner of all worlds.

    Raises:
        InputError: with the key path within the scenario.
    """
    if keys.cases is None:
        return (_build(keys, name, base, seed, worlds),)
    found = []
    for case, changes in keys.cases.items():
        with descend("cases", case):
            check_name(case, "case")
            if "cases" in changes:
                raise InputError("a case has no cases of its own", ("cases",))
        rest = {key: value for key, value in raw.items() if key != "cases"}
        try:
            varied = validate(WorldScenario, merge(rest, changes))
            found.append(_build(varied, case, base, seed, worlds))
        except InputError as error:
            # A case may make a key wrong that it does not change; then the message names both.
            if error.path and error.path[0] in changes:
                raise error.under("cases", case) from None
            raise InputError(f"{'.'.join(map(str, error.path))}: {error}", ("cases", case)) from None
    return tuple(found)


def merge(rest: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The rest with changes: mappings key by key, all else replaced, and so is progress of another kind."""
    out = dict(rest)
    for key, new in changes.items():
        old = out.get(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping) and key not in WHOLE:
            out[key] = merge(old, new) if key != "progress" or set(old) == set(new) else new
        else:
            out[key] = new
    return out


def _build(keys: WorldScenario, name: str, base: Path, seed: int, worlds: int) -> Scenario:
    scenario = keys.scenario(name, base)
    drawn = range(min(worlds, CHECKED_WORLDS))
    key, several = ("menu", True) if scenario.menu else ("progress", isinstance(keys.progress, list))
    for i, (way, _) in enumerate(scenario.ways):
        if isinstance(way, TraceProgress):
            from sim.miners.looks import Looks  # noqa: PLC0415 - only traces need the compiler

            # When miners look up makes no difference to how far they get.
            looks = Looks(scenario.wake_blocks, np.zeros(scenario.miners, dtype=np.int64), scenario.horizon)
            hardware = equip(scenario.fleet, scenario.ways[0][0].parameters, scenario.miners, seed, drawn)
            with descend(key, *([i] if several else []), "trace"):
                way.course(Crew(hardware, looks, seed, drawn))
    return scenario
