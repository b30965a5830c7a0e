"""The digest that names the results of a spec: a hash over all that they depend on, the code included."""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import experiments
import policies
import sim
from experiments.recipe.play import Players
from experiments.recipe.recipe import Spec
from experiments.recipe.resolved import plain
from policies.base import Declared
from sim.lanes import Lane

CODE = (
    "policies/*.py",
    "sim/**/*.py",
    "sim/data/*.yaml",
    "experiments/results/measure.py",
    "experiments/results/metrics.py",
    "experiments/results/statistics.py",
    "experiments/results/tables.py",
)
"""The code that results depend on, except for `LEFT_OUT`: folders, so that a new file counts without being named here.

Policies, reward rules and strategies count only if they take part, by the modules of their classes.
"""
PLAY = tuple(f"experiments.play.{name}" for name in ("replicator", "rounds", "settle", "regret"))
"""Modules that count where a population plays."""
LEFT_OUT = {
    "all": (
        "policies/export*.py",
        "policies/laws.py",
        "sim/**/testing.py",
        "sim/timeline/*.py",
        "sim/traces/*.py",
        "sim/traces/formats/*.py",
        "sim/miners/strategies/[!_]*.py",
    ),
    "race": (
        "sim/miners/strategies/*.py",
        "sim/miners/progress/*.py",
        "sim/traces/laws/*.py",
    ),
    "world": ("sim/race/*.py",),
}
"""Code that results do not depend on, by the scenario's kind: exports, tests, explanations, readers of traces (their
content is part of the spec), plug-ins, which count only if they take part, and the code of the other kind."""


def resolved(spec: Spec) -> dict[str, Any]:
    """Everything that a world's result depends on, as plain data, without the number of worlds."""
    return {**plain(spec), "code": code_of(spec.lanes, spec.recipe.scenario.kind)}


def digest(spec: Spec) -> str:
    """Twelve hex digits that name the results of a spec."""
    return hash_of(resolved(spec), 12)


def hash_of(data: object, digits: int) -> str:
    """So many hex digits of a hash over plain data; the order of keys does not matter."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, allow_nan=False).encode()).hexdigest()[:digits]


def spec_text(spec: Spec) -> str:
    """`spec.yaml`: the resolved spec for people and programs."""
    return str(yaml.safe_dump(resolved(spec), sort_keys=False, allow_unicode=True, width=120))


def code_of(lanes: Sequence[Lane], kind: str = "world") -> str:
    """Hash of all code that the results of these lanes depend on, in a scenario of that kind."""
    return _code(kind, frozenset(modules_of(lanes)))


def modules_of(lanes: Sequence[Lane]) -> Iterator[str]:
    """The modules of the policies, reward rules and strategies of lanes, of their base classes, and of games."""
    things: list[Declared] = [lane.policy for lane in lanes]
    things += [lane.reward for lane in lanes if lane.reward is not None]
    populations = dict.fromkeys(lane.population for lane in lanes if lane.population is not None)
    things += [strategy for population in populations for strategy in population.strategies]
    yield from PLAY if any(isinstance(population, Players) for population in populations) else ()
    while things:
        thing = things.pop()
        yield from (kind.__module__ for kind in type(thing).__mro__ if issubclass(kind, Declared))
        if isinstance(inner := getattr(thing, "then", None), Declared):
            things.append(inner)


def _source(module: str) -> Path | None:
    """The file of a policy's or strategy's module, shipped or a user's; None if it was typed at a prompt."""
    package, *rest = module.split(".")
    if package in _rooms():
        return _rooms()[package].joinpath(*rest).with_suffix(".py")
    file = getattr(sys.modules.get(module), "__file__", None)
    return Path(file) if file else None


def _rooms() -> dict[str, Path]:
    """The folders of the packages."""
    return {package.__name__: Path(str(package.__file__)).parent for package in (policies, sim, experiments)}


def _files(patterns: Iterable[str]) -> set[Path]:
    """The files that match patterns; the first part of each is a package."""
    found: set[Path] = set()
    for pattern in patterns:
        package, _, rest = pattern.partition("/")
        found.update(_rooms()[package].glob(rest))
    return found


@cache
def _code(kind: str, modules: frozenset[str]) -> str:
    """Hash of the source of the world, the metrics, and the policies and strategies that take part."""
    files = _files(CODE) - _files((*LEFT_OUT["all"], *LEFT_OUT[kind]))
    files.update(file for module in modules if (file := _source(module)))
    sha = hashlib.sha256()
    for name, text in sorted((file.name, file.read_bytes()) for file in files):  # no folders: installed anywhere
        sha.update(name.encode() + b"\0" + text)
    return sha.hexdigest()[:16]
