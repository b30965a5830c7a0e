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
from policies.own import DIGESTS
from sim.lanes import Lane

ROOTS = {package.__name__: Path(str(package.__file__)).parents[1] for package in (policies, sim, experiments)}
"""The folder that each package lies in: of a copied shelf another one than that of the rest."""
CODE = (
    "policies/*.py",
    "sim/**/*.py",
    "sim/data/*.yaml",
    "experiments/results/measure.py",
    "experiments/results/metrics.py",
    "experiments/results/metrics.csv",
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
    "race": ("sim/miners/strategies/*.py", "sim/miners/progress/*.py", "sim/traces/laws/*.py"),
    "world": ("sim/race/*.py",),
}
"""Code that results do not depend on, by the scenario's kind: exports, tests, explanations, readers of traces (their
content is part of the spec), plug-ins, which count only if they take part, and the code of the other kind."""


def spec_document(spec: Spec) -> dict[str, Any]:
    """Everything that a world's result depends on, as plain data, without the number of worlds."""
    return {**plain(spec), "code": code_of(spec.lanes, spec.recipe.scenario.kind)}


def digest(spec: Spec) -> str:
    """Twelve hex digits that name the results of a spec."""
    return hash_of(spec_document(spec), 12)


def hash_of(data: object, digits: int) -> str:
    """So many hex digits of a hash over plain data; the order of keys does not matter."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, allow_nan=False).encode()).hexdigest()[:digits]


def spec_text(spec: Spec) -> str:
    """`spec.yaml`: the resolved spec for people and programs."""
    return str(yaml.safe_dump(spec_document(spec), sort_keys=False, allow_unicode=True, width=120))


def code_of(lanes: Sequence[Lane], kind: str = "world") -> str:
    """Hash of all code that the results of these lanes depend on, in a scenario of that kind."""
    modules = frozenset(modules_of(lanes))
    own = sorted(DIGESTS[module] for module in modules if module in DIGESTS)  # by itself: a file may have changed since
    rest = _hash_code(kind, frozenset(modules - DIGESTS.keys()))
    return hash_of([rest, *own], 16) if own else rest


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


def match_files(patterns: Iterable[str]) -> set[Path]:
    """The files that match patterns, which begin with the name of a package."""
    return {file for pattern in patterns for file in ROOTS[pattern.partition("/")[0]].glob(pattern)}


@cache
def _hash_code(kind: str, modules: frozenset[str]) -> str:
    """Hash of the source of the world, the metrics, and the policies and strategies that take part."""
    files = match_files(CODE) - match_files((*LEFT_OUT["all"], *LEFT_OUT[kind]))
    for module in modules:
        if root := ROOTS.get(module.partition(".")[0]):
            files.add(root / f"{module.replace('.', '/')}.py")
        elif file := getattr(sys.modules.get(module), "__file__", None):  # None: typed at a prompt
            files.add(Path(file))
    sha = hashlib.sha256()
    for name, text in sorted((file.name, file.read_bytes()) for file in files):  # no folders: installed anywhere
        sha.update(name.encode() + b"\0" + text)
    return sha.hexdigest()[:16]
