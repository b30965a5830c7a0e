"""What a result depends on, written out and hashed: the whole resolved spec and the code that it names."""

import hashlib
import json
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import policies
import sim
from experiments.recipe import Spec
from sim.replay.race import Race


def resolved(spec: Spec) -> dict[str, Any]:
    """Everything that a world's result depends on, as plain data; the worlds and their number are not part of it."""
    setting = asdict(spec.setting)
    return {
        "name": spec.recipe.name,
        "question": spec.recipe.question,
        "scenario": {
            "kind": "race",
            "races": [_race(race) for race in spec.races],
            "days_per_day": spec.recipe.scenario.days_per_day,
            **setting,
        },
        "lanes": [
            {"name": lane.name, "policy": lane.policy.spec(), "rules": asdict(lane.rules)} for lane in spec.lanes
        ],
        "baseline": spec.baseline,
        "seed": spec.recipe.seed,
        "code": _code(frozenset(module for lane in spec.lanes for module in _modules(lane.policy))),
    }


def digest(spec: Spec) -> str:
    """Twelve hex digits that name the results of a spec."""
    text = json.dumps(resolved(spec), sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def spec_text(spec: Spec) -> str:
    """`spec.yaml`: the resolved spec for people and programs."""
    return str(yaml.safe_dump(resolved(spec), sort_keys=False, allow_unicode=True, width=120))


def _race(race: Race) -> dict[str, Any]:
    columns = [race.block.tolist(), list(race.miner), race.loss.tolist(), [str(v) for v in race.sd], race.builds_on]
    if race.observed is not None:
        columns += [race.observed.block.tolist(), [[str(v) for v in row] for row in race.observed.loss]]
    text = json.dumps(columns)
    return {
        "name": race.name,
        "unit": race.unit,
        "submissions": len(race),
        "source": race.source,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def _modules(policy: policies.Policy) -> list[str]:
    inner = getattr(policy, "then", None)
    return [type(policy).__module__, *(_modules(inner) if isinstance(inner, policies.Policy) else [])]


def _source(module: str, shelf: Path) -> Path | None:
    """The file of a policy: on the shelf, or a stranger's; one typed into a session has none."""
    package, _, name = module.rpartition(".")
    if package == "policies":
        return shelf / f"{name}.py"
    file = getattr(sys.modules.get(module), "__file__", None)
    return Path(file) if file else None


@cache
def _code(policy_modules: frozenset[str]) -> str:
    """Hash of the source of the world, the metrics, and the policies that take part."""
    here, policy_room, world_room = Path(__file__).parent, Path(policies.__file__).parent, Path(sim.__file__).parent
    files = [here / name for name in ("metrics.py", "tables.py")]
    files += [policy_room / f"{name}.py" for name in ("arrays", "base", "panel", "parameter")]
    files += [file for module in sorted(policy_modules) if (file := _source(module, policy_room))]
    files += [path for room in (".", "replay", "mechanism") for path in sorted((world_room / room).glob("*.py"))]
    sha = hashlib.sha256()
    for file in files:
        sha.update(file.name.encode() + b"\0" + file.read_bytes())
    return sha.hexdigest()[:16]
