"""The numbers of a run's scenario, case by case, and who takes part."""

from collections.abc import Iterator
from typing import Any

from experiments.report.results import Results
from experiments.report.text import NONE, safe
from experiments.report.world.strategies import kinds
from sim.miners.strategies import find


def scenario(results: Results) -> str:
    """All numbers of the scenario as a table, a column per case."""
    cases = [dict(_flat(results.scenario.get("cases", {}).get(case.name, {}))) for case in results.races]
    keys = [key for key in dict.fromkeys(key for case in cases for key in case) if key != "name"]
    heads = "".join(f'<th scope="col">{safe(case.name)}</th>' for case in results.races)
    rows = "".join(
        f'<tr><th scope="row">{safe(key)}</th>{"".join(f"<td>{safe(case.get(key, NONE))}</td>" for case in cases)}</tr>'
        for key in keys
    )
    return (
        f"<details><summary>All {len(keys)} numbers and choices</summary>"
        f'<table class="numbers"><thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table></details>'
    )


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Leaves with the path to them; short lists of plain values are leaves too."""
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _flat(each, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        for i, each in enumerate(value):
            yield from _flat(each, f"{key}.{i + 1}")
    elif isinstance(value, list):
        yield key, ", ".join(map(_leaf, value)) or "none"
    else:
        yield key, _leaf(value)


def _leaf(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}" if abs(value) < 1e6 else f"{value:.6g}"
    return str(value) if value or value == 0 else "none"


def people(results: Results) -> str:
    """The populations by their strategies, and what each strategy does."""
    crowds = "".join(f"<dt>{safe(name)}</dt><dd>{safe(_mix(body))}</dd>" for name, body in results.populations.items())
    strategies = "".join(
        f"<dt>{safe(kind.name)}</dt><dd>{safe(find(kind.name).about)} "
        f"<small>[{'honest' if kind.honest else 'not honest'}]</small></dd>"
        for kind in kinds(results)
    )
    return f'<h3>Populations</h3><dl class="terms">{crowds}</dl><h3>Strategies</h3><dl class="terms">{strategies}</dl>'


def _mix(body: dict[str, Any]) -> str:
    parts = [f"{100 * part['share']:.3g} % {_strategy(part['strategy'])}" for part in body.get("mix", [])]
    parts += [f"one {_strategy(spec)}" for spec in body.get("deviants", [])]
    return ", ".join(parts)


def _strategy(spec: dict[str, dict[str, Any]]) -> str:
    ((name, values),) = spec.items()
    inside = ", ".join(f"{key} {_leaf(value)}" for key, value in values.items())
    return f"{name} ({inside})" if inside else name
