"""How the numbers of a run were computed: values that the templates `race.html` and `world.html` need."""

from collections.abc import Iterator
from typing import Any

from experiments.report.results import Results
from experiments.report.strategies import kinds
from experiments.report.text import NONE, number
from experiments.results.estimate import LEVEL
from experiments.results.metrics import METRICS, RACE_METRICS
from experiments.results.tables import TABLES
from sim.clock import BLOCK_SECONDS
from sim.race.race import UNITS


def race_method(results: Results) -> dict[str, Any]:
    """Values for replayed races."""
    minutes = results.scenario.get("step_blocks", 0) * BLOCK_SECONDS / 60
    noise = results.scenario.get("noise", {})
    known = noise.get("paired") is not None and noise.get("common") is not None
    return {
        **_shared(results),
        "metrics": RACE_METRICS,
        "every": f"every {number(minutes)} minutes" if minutes else "again and again",
        "noise": noise if known else None,
    }


def world_method(results: Results) -> dict[str, Any]:
    """Values for simulated worlds."""
    cases = results.cases
    hours = [number(case["wake_blocks"] * BLOCK_SECONDS / 3600, 1).removesuffix(".0") for case in cases]
    minutes = [number(case["validation"]["step_blocks"] * BLOCK_SECONDS / 60) for case in cases]
    leaves_by_case = [dict(leaves(case)) for case in cases]
    keys = dict.fromkeys(key for case in leaves_by_case for key in case if key != "name")
    return {
        **_shared(results),
        "metrics": METRICS,
        "wake_hours": hours,
        "step_minutes": minutes,
        "kinds": kinds(results),
        "scenario": {key: [case.get(key, NONE) for case in leaves_by_case] for key in keys},
        "missing": [name for name in TABLES if name != "metrics" and name not in results.kept],
    }


def versions(manifest: dict[str, Any]) -> str:
    """The versions of the programs that made the results."""
    own = {"steepest": manifest.get("steepest"), "python": manifest.get("python"), **manifest.get("libraries", {})}
    return ", ".join(f"{name} {version}" for name, version in own.items())


def _shared(results: Results) -> dict[str, Any]:
    races = results.scenario.get("races", [])
    return {
        "level": f"{100 * LEVEL:.0f}",
        "versions": versions(results.manifest),
        "sources": [f"{race['name']}: {race['source']}" for race in races if race.get("source")],
        "unit": UNITS[results.manifest["unit"]],
    }


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Key path and text of every plain value inside nested settings; a list of plain values counts as one."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for i, inner in enumerate(value):
            yield from leaves(inner, f"{key}.{i + 1}")
    elif isinstance(value, list):
        yield key, ", ".join(map(leaf, value)) or "none"
    else:
        yield key, leaf(value)


def leaf(value: Any) -> str:
    """A plain value of a setting as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}" if abs(value) < 1e6 else f"{value:.6g}"
    if value == {}:
        return "by default"
    return str(value) if value or value == 0 else "none"
