"""The tables: the finalists, the same against every baseline, and the re-ranking."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from experiments.estimate import Estimate
from experiments.report.study.material import Material, named
from experiments.report.study.measure import Measure, better, digits, estimate
from experiments.report.study.numbers import described
from experiments.report.text import NONE, decimals, half, number, safe

Cells = list[tuple[str, str]]
"""The head of a column and a cell, as HTML."""


def tables(material: Material) -> list[tuple[str, str]]:
    """Names and HTML."""
    made = [("finalists", _table(material, material.best, _finalist))]
    if len(material.spec.baselines) > 1:
        made.append(("against each baseline", _table(material, material.best, _against)))
    return [*made, ("re-ranking", _table(material, material.reranked, _reranked))]


def _table(material: Material, rows: list[dict[str, Any]], cells: Any) -> str:
    if not rows:
        return "<p>There is no candidate.</p>"
    made = [cells(material, each) for each in rows]
    said = [any(NONE not in row[i][1] for row in made) for i in range(len(made[0]))]  # what says nothing is left out
    made = [[cell for cell, there in zip(row, said, strict=True) if there] for row in made]
    heads = "".join(f'<th scope="col"{head}</th>' for head, _ in made[0])
    body = "\n".join(
        f"<tr>{_name(material, each)}{''.join(cell for _, cell in row)}</tr>"
        for each, row in zip(rows, made, strict=True)
    )
    return (
        '<div class="scroll"><table class="lanes"><thead><tr><th scope="col" data-text><button>Candidate</button></th>'
        f"{heads}</tr></thead><tbody>\n{body}\n</tbody></table></div>"
    )


def _name(material: Material, each: dict[str, Any]) -> str:
    winner = material.winner is not None and each["trial"] == material.winner["trial"]
    note = " <small>recommended</small>" if winner else ""
    told = safe(described(each))
    return (
        f'<th scope="row" data-v="{safe(named(each).lower())}" title="{told}">'
        f'<i style="background:{material.colour(each["family"])}"></i><span>{safe(named(each))}{note}</span>'
        f"<br><small>{told}</small></th>"
    )


def _finalist(material: Material, each: dict[str, Any]) -> Cells:
    first, held = material.objective, each["heldout"]
    cells = [
        _gain("Gain", "over the baseline in the final worlds", first, estimate(each["difference"])),
        _chance(each["p_holm"]),
    ]
    if held is not None:
        cells.append(_gain("Held-out gain", "over all held-out families", first, estimate(held)))
    for measure in material.measures:
        cells += _objective(measure, each["objectives"][measure.metric], measure is first)
    cells += [_limit(name, limit) for name, limit in each["limits"].items()]
    cells += [
        _gain("Search", "gain that the search believed in", first, estimate(each["search"])),
        _gain("Re-ranking", "gain in the worlds of the re-ranking", first, estimate(each["rerank"])),
        _drop(first, each["drop"]["final" if held is None else "heldout"]),
        _worst(first, each["sensitivity"]),
    ]
    return [*cells, _error(each["error"])]


def _against(material: Material, each: dict[str, Any]) -> Cells:
    return [
        _gain(safe(name), f"gain over {name} in the final worlds", material.objective, estimate(e))
        for name, e in each["baselines"].items()
    ]


def _reranked(material: Material, each: dict[str, Any]) -> Cells:
    kept = '<td data-v="1">kept</td>' if each["feasible"] else '<td data-v="0" class="level">broken</td>'
    return [
        _gain("Re-ranking", "gain in the worlds of the re-ranking", material.objective, estimate(each["rerank"])),
        _gain("Search", "gain that the search believed in", material.objective, estimate(each["search"])),
        (_head("Limits", "whether all limits were kept in the re-ranking", ""), kept),
        (_head("Numbers", "how many numbers were searched", "count"), _plain(each["complexity"])),
        _error(each["error"]),
    ]


def _objective(measure: Measure, found: dict[str, Any], is_first: bool) -> Iterator[tuple[str, str]]:
    if not is_first:
        gain = better(estimate(found["difference"]), measure.better)
        yield _gain(f"{measure.title}, gain", f"gain in {measure.short}, positive where it is better", measure, gain)
    level = found["level"]
    shown = NONE if level is None else digits(measure.scale * level)
    cell = f'<td data-v="{"" if level is None else level}">{shown}</td>'
    yield _head(measure.title, f"mean {measure.short} in the final worlds", measure.unit), cell


def _gain(title: str, about: str, measure: Measure, e: Estimate) -> tuple[str, str]:
    return _head(title, about, measure.apart), _cell(measure, e)


def _cell(measure: Measure, e: Estimate) -> str:
    if not e.n or not np.isfinite(e.mean):
        return f'<td data-v="">{NONE}</td>'
    places = decimals(np.array([measure.scale * half(e)]), np.array([measure.scale * e.mean]))
    mean, lo, hi = (number(measure.scale * each, places, sign=True) for each in (e.mean, e.lo, e.hi))
    interval = f"<small>{lo} to {hi}</small>" if np.isfinite(e.lo) else ""
    dull = ' class="level"' if e.lo <= 0 <= e.hi else ""
    return f'<td data-v="{e.mean:.9g}"{dull}>{mean}{interval}</td>'


def _chance(p: float) -> tuple[str, str]:
    shown = "< 0.001" if p < 0.001 else f"{p:.2g}"
    dull = "" if p < 0.05 else ' class="level"'
    cell = f'<td data-v="{-p:.9g}"{dull}>{shown}</td>'
    return _head("p (Holm)", "chance of such a difference where there is none, corrected for all finalists", ""), cell


def _limit(name: str, limit: dict[str, Any]) -> tuple[str, str]:
    most = limit["limit"] if isinstance(limit["limit"], str) else digits(float(limit["limit"]))
    level = limit["level"]
    shown = NONE if level is None else digits(level)
    said = "kept" if limit["kept"] else "✗ broken"
    cell = f'<td data-v="{"" if level is None else level}">{shown}<small>{said}</small></td>'
    about = f"mean in the final worlds; the limit is {most}"
    return _head(safe(name.replace("_", " ").capitalize()), about, f"limit {safe(most)}"), cell


def _drop(measure: Measure, drop: float | None) -> tuple[str, str]:
    cell = f'<td data-v="">{NONE}</td>' if drop is None else _plain(measure.scale * drop)
    return _head("Drop", "what the search believed less what held up at the end", measure.apart), cell


def _worst(measure: Measure, moved: dict[str, Any] | None) -> tuple[str, str]:
    worst = None if moved is None else moved["worst"]
    cell = f'<td data-v="">{NONE}</td>' if worst is None else _plain(measure.scale * worst)
    return _head("Worst a quarter off", "least mean gain with one number a quarter off", measure.apart), cell


def _error(error: str | None) -> tuple[str, str]:
    shown = f'<td data-v="1" title="{safe(error)}">{safe(error[:60])}</td>' if error else f'<td data-v="0">{NONE}</td>'
    return _head("Error", "the first error in any world", ""), shown


def _plain(value: float) -> str:
    return f'<td data-v="{value:.9g}">{digits(value, 3)}</td>'


def _head(title: str, about: str, unit: str) -> str:
    """The rest of a heading, from its attributes on."""
    return f' title="{safe(about)}"><button>{title}</button><small>{unit}</small>'
