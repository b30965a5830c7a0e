"""A spec as plain data: everything that a world's result depends on, for people, programs and the digest."""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import astuple, fields, is_dataclass
from math import isfinite
from typing import Any

import numpy as np

from experiments.recipe.play import Players
from experiments.recipe.recipe import Spec
from experiments.recipe.world import WorldScenario
from policies import Policy, find, names
from policies.base import Declared
from policies.rewards.subnet import Subnet
from sim.lanes import Lane
from sim.miners.population import Population
from sim.race.race import Race
from sim.scenario import Scenario
from sim.traces.curve import Curve
from sim.traces.laws.published import law

AGES = 600.0 * np.arange(14 * 12 + 1)
"""Blocks, every two hours of two weeks: ages at which a spec holds epsilon of a policy that is not on the shelf."""


def plain(spec: Spec) -> dict[str, Any]:
    """The spec; worlds and their number are not part of it, and neither is where they are computed."""
    recipe, keys = spec.recipe, spec.recipe.scenario
    facts: dict[str, Any] = {"name": recipe.name, "question": recipe.question}
    if isinstance(keys, WorldScenario):
        facts["scenario"] = {"kind": keys.kind, "cases": {each.name: world_plain(each) for each in spec.scenarios}}
        facts["keep"] = sorted(set(recipe.keep))
        facts["populations"] = {each.name: population_plain(each) for each in spec.populations}
    else:
        facts["scenario"] = {**_plain(keys), "races": [_race(race) for race in spec.races]}
    lanes = [lane_plain(lane, paid=bool(spec.scenarios)) for lane in spec.lanes]
    return {**facts, "lanes": lanes, "baseline": spec.baseline, "seed": recipe.seed}


def lane_plain(lane: Lane, paid: bool = True) -> dict[str, Any]:
    """A lane; its population by name. `paid` says whether there is anything to pay, which in races there is not.

    A policy that is not on the shelf has its epsilon in it too, which nobody else could compute.
    """
    facts: dict[str, Any] = {"name": lane.name, "policy": lane.policy.spec(), "rules": _plain(lane.rules)}
    if kinds := [type(policy) for policy in _chain(lane.policy) if not _is_shipped(policy)]:
        facts["epsilon"] = np.asarray(lane.policy.epsilon(AGES)).tolist()
        if typed := [kind for kind in kinds if not hasattr(sys.modules.get(kind.__module__), "__file__")]:
            from sim.compiler.methods import fingerprint  # noqa: PLC0415 - slow to import

            facts["code"] = hashlib.sha256(b"".join(map(fingerprint, typed))).hexdigest()[:16]
    if paid:
        facts["reward"] = (lane.reward or Subnet()).spec()
        facts["population"] = lane.population.name if lane.population else None
    return facts


def _chain(policy: Policy) -> Iterator[Policy]:
    """A policy and those inside."""
    yield policy
    if (then := getattr(policy, "then", None)) is not None:
        yield from _chain(then)


def _is_shipped(policy: Policy) -> bool:
    name = policy.name()
    return name in names() and find(name) is type(policy)


def world_plain(scenario: Scenario) -> dict[str, Any]:
    """A scenario of miners that decide; the script is that of races."""
    facts: dict[str, Any] = {name: each for name, each in _plain(scenario).items() if name != "script"}
    facts["progress"] = []
    for way, share in scenario.ways:  # under its kind's name, with the constants of its law
        kind, keys = type(way).__name__.removesuffix("Progress").lower(), _plain(way)
        if kind == "law":
            keys["constants"] = list(astuple(law(keys["law"]))[:5])
        facts["progress"].append({kind: keys, "share": share})
    return facts


def population_plain(population: Population) -> dict[str, Any]:
    """A population; one that plays with its game."""
    facts: dict[str, Any] = {
        "mix": [{"strategy": strategy.spec(), "share": share} for strategy, share in population.mix],
        "deviants": [strategy.spec() for strategy in population.deviants],
    }
    if isinstance(population, Players):
        facts["play"] = {key: getattr(population, key) for key in ("game", "start", "rounds", "worlds")}
    return facts


def _race(race: Race) -> dict[str, Any]:
    columns = [race.block.tolist(), list(race.miner), race.loss.tolist(), [str(v) for v in race.sd], race.builds_on]
    if race.observed is not None:
        columns += [race.observed.block.tolist(), [[str(v) for v in row] for row in race.observed.loss]]
    return {
        "name": race.name,
        "unit": race.unit,
        "submissions": len(race),
        "source": race.source,
        "sha256": hashlib.sha256(json.dumps(columns).encode()).hexdigest(),
    }


def _plain(value: Any) -> Any:
    """Anything that a spec consists of; long arrays as the hash of their numbers."""
    if isinstance(value, Curve | np.ndarray):
        return _hash(value)
    if isinstance(value, Declared):
        return value.spec()
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    # JSON has no word for NaN and infinity.
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def _hash(value: Curve | np.ndarray) -> dict[str, Any]:
    arrays = [value.tokens, value.loss] if isinstance(value, Curve) else [value]
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(f"{array.dtype.str}{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    name = {"run": value.run, "parameters": _plain(value.parameters)} if isinstance(value, Curve) else {}
    return {**name, "numbers": arrays[0].size, "sha256": sha.hexdigest()}
