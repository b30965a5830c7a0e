"""What names the results of a spec: a hash over all that they depend on, the code that they are made with included."""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import policies
import sim
from experiments.recipe.recipe import Spec
from experiments.recipe.resolved import plain
from policies.base import Declared
from sim.lanes import Lane

ENGINE = ("*.py", "compiler/*.py", "mechanism/*.py", "validators/*.py")
ROOMS = {
    "race": (*ENGINE, "data/exposure.py", "miners/miners.py", "miners/script.py", "race/*.py"),
    "world": (*ENGINE, "data/*.py", "data/*.yaml", "miners/*.py", "miners/progress/*.py", "traces/laws/*.py"),
}
"""Files of `sim` whose code decides about the results, by the scenario's kind."""
STANDING = ("base", "numbers", "seen")
"""Files of `policies` that all policies stand on."""
TABLES = ("results/metrics.py", "results/statistics.py", "results/tables.py")
"""Files of the harness that make numbers of what happened."""


def resolved(spec: Spec) -> dict[str, Any]:
    """Everything that a world's result depends on, as plain data; the worlds and their number are not part of it."""
    return {**plain(spec), "code": code_of(spec.lanes, spec.recipe.scenario.kind)}


def digest(spec: Spec) -> str:
    """Twelve hex digits that name the results of a spec."""
    text = json.dumps(resolved(spec), sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def spec_text(spec: Spec) -> str:
    """`spec.yaml`: the resolved spec for people and programs."""
    return str(yaml.safe_dump(resolved(spec), sort_keys=False, allow_unicode=True, width=120))


def code_of(lanes: Sequence[Lane], kind: str = "world") -> str:
    """Hash of all code that decides about the results of these lanes in a scenario of that kind."""
    return _code(kind, frozenset(modules_of(lanes)))


def modules_of(lanes: Sequence[Lane]) -> Iterator[str]:
    """Where the policies, reward rules and strategies of lanes are written down, and what they derive from."""
    things: list[Declared] = [lane.policy for lane in lanes]
    things += [lane.reward for lane in lanes if lane.reward is not None]
    populations = dict.fromkeys(lane.population for lane in lanes if lane.population is not None)
    things += [strategy for population in populations for strategy in population.strategies]
    while things:
        thing = things.pop()
        yield from (kind.__module__ for kind in type(thing).__mro__ if issubclass(kind, Declared))
        if isinstance(inner := getattr(thing, "then", None), Declared):
            things.append(inner)


def _source(module: str) -> Path | None:
    """The file of a policy or strategy: on the shelf, or a stranger's; one typed at a prompt has none."""
    package, *rest = module.split(".")
    for room in (policies, sim):
        if package == room.__name__:
            return Path(str(room.__file__)).parent.joinpath(*rest).with_suffix(".py")
    file = getattr(sys.modules.get(module), "__file__", None)
    return Path(file) if file else None


@cache
def _code(kind: str, modules: frozenset[str]) -> str:
    """Hash of the source of the world, the metrics, and the policies and strategies that take part."""
    here, policy_room, world_room = Path(__file__).parent, Path(policies.__file__).parent, Path(sim.__file__).parent
    files = [here / name for name in TABLES]
    files += [policy_room / f"{name}.py" for name in STANDING]
    files += [file for module in sorted(modules) if (file := _source(module))]
    files += [file for room in ROOMS[kind] for file in sorted(world_room.glob(room))]
    if kind == "world":
        files += sorted((world_room / "miners/strategies").glob("_*.py"))  # what strategies share
    sha = hashlib.sha256()
    for file in dict.fromkeys(files):
        if file.stem == "testing":  # laws that tests hold plug-ins to
            continue
        sha.update(file.name.encode() + b"\0" + file.read_bytes())
    return sha.hexdigest()[:16]
