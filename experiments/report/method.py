"""How the numbers of a run were computed: the values that the templates `race.html` and `world.html` need."""

from collections.abc import Callable, Iterator
from typing import Any

from experiments.report.results import Results
from experiments.report.strategies import kinds
from experiments.report.text import NONE, number
from experiments.results.estimate import LEVEL
from experiments.results.metrics import METRICS, RACE_METRICS
from experiments.results.tables import TABLES
from sim.clock import BLOCK_SECONDS
from sim.miners.strategies import find
from sim.race.race import UNITS


def of_race(results: Results) -> tuple[str, dict[str, Any]]:
    """The template for replayed races, and its values."""
    minutes = results.scenario.get("step_blocks", 0) * BLOCK_SECONDS / 60
    noise = results.scenario.get("noise", {})
    known = noise.get("paired") is not None and noise.get("common") is not None
    return "race.html", {
        **_shared(results),
        "metrics": RACE_METRICS,
        "every": f"every {number(minutes)} minutes" if minutes else "again and again",
        "paired": f"{100 * noise['paired']:g}" if known else None,
        "common": f"{100 * noise['common']:g}" if known else None,
    }


def of_world(results: Results) -> tuple[str, dict[str, Any]]:
    """The template for simulated worlds, and its values."""
    return "world.html", {
        **_shared(results),
        "metrics": METRICS,
        "hours": _by_case(results, lambda c: number(c["wake_blocks"] * BLOCK_SECONDS / 3600, 1).removesuffix(".0")),
        "minutes": _by_case(results, lambda c: number(c["validation"]["step_blocks"] * BLOCK_SECONDS / 60)),
        "populations": {name: _mix(body) for name, body in results.populations.items()},
        "strategies": [(kind.name, find(kind.name).about, kind.honest) for kind in kinds(results)],
        "scenario": _scenario(results),
        "missing": [name for name in TABLES if name != "metrics" and name not in results.kept],
    }


def versions(manifest: dict[str, Any]) -> str:
    """The versions of what made the results."""
    own = {"steepest": manifest.get("steepest"), "python": manifest.get("python"), **manifest.get("libraries", {})}
    return ", ".join(f"{name} {version}" for name, version in own.items())


def _shared(results: Results) -> dict[str, Any]:
    races = results.scenario.get("races", [])
    return {
        "results": results,
        "level": f"{100 * LEVEL:.0f}",
        "semantics": list(dict.fromkeys(lane.semantics for lane in results.lanes)),
        "versions": versions(results.manifest),
        "sources": [f"{race['name']}: {race['source']}" for race in races if race.get("source")],
        "unit": UNITS[results.manifest["unit"]],
    }


def _by_case(results: Results, value: Callable[[dict[str, Any]], str]) -> str:
    """A value of each case, once where cases agree."""
    return " or ".join(dict.fromkeys(value(results.case(case.name)) for case in results.races))


def _scenario(results: Results) -> dict[str, list[str]]:
    """All numbers of the scenario: key path -> its value in each case."""
    cases = [dict(leaves(results.case(case.name))) for case in results.races]
    keys = [key for key in dict.fromkeys(key for case in cases for key in case) if key != "name"]
    return {key: [case.get(key, NONE) for case in cases] for key in keys}


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Leaves with the path to them; short lists of plain values are leaves too."""
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from leaves(each, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        for i, each in enumerate(value):
            yield from leaves(each, f"{key}.{i + 1}")
    elif isinstance(value, list):
        yield key, ", ".join(map(_leaf, value)) or "none"
    else:
        yield key, _leaf(value)


def _leaf(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}" if abs(value) < 1e6 else f"{value:.6g}"
    if value == {}:
        return "by default"
    return str(value) if value or value == 0 else "none"


def _mix(body: dict[str, Any]) -> str:
    parts = [f"{100 * part['share']:.3g} % {_strategy(part['strategy'])}" for part in body.get("mix", [])]
    parts += [f"one {_strategy(spec)}" for spec in body.get("deviants", [])]
    return ", ".join(parts)


def _strategy(spec: dict[str, dict[str, Any]]) -> str:
    ((name, values),) = spec.items()
    inside = ", ".join(f"{key} {_leaf(value)}" for key, value in values.items())
    return f"{name} ({inside})" if inside else name
