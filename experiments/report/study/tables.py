"""The tables: the finalists, the same against every baseline, and the re-ranking."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from experiments.report.page import Cell, Head, Row, Table
from experiments.report.study.material import Material, name_of
from experiments.report.study.measure import Measure, better, described, estimate
from experiments.report.text import NONE, digits, ends, number, places_of, scaled
from experiments.results.estimate import Estimate

Column = tuple[Head, Cell]
"""The head of a column and a cell of it."""
EMPTY = Cell("", NONE)


def tables(material: Material) -> list[Table]:
    """All tables, each with its name."""
    made = [_table("finalists", material, material.best, _finalist)]
    if len(material.spec.baselines) > 1:
        made.append(_table("against each baseline", material, material.best, _baselines))
    return [*made, _table("re-ranking", material, material.reranked, _reranked)]


def _table(
    name: str,
    material: Material,
    candidates: list[dict[str, Any]],
    columns: Callable[[Material, dict[str, Any]], list[Column]],
) -> Table:
    rows = [columns(material, each) for each in candidates]
    shown = [i for i in range(len(rows[0])) if any(NONE not in row[i][1].shown for row in rows)] if rows else []
    heads = [rows[0][i][0] for i in shown]
    cells = [[row[i][1] for i in shown] for row in rows]
    made = [_row(material, each, own) for each, own in zip(candidates, cells, strict=True)]
    return Table(name, "Candidate", heads, made)


def _row(material: Material, each: dict[str, Any], cells: list[Cell]) -> Row:
    winner = material.winner is not None and each["trial"] == material.winner["trial"]
    name, about = name_of(each), described(each)
    note = "recommended" if winner else ""
    return Row(name, note, name.lower(), about, material.colour(each["family"]), cells, detail=about)


def _finalist(material: Material, each: dict[str, Any]) -> list[Column]:
    first, heldout = material.objective, each["heldout"]
    columns = [
        _gain("Gain", "over the baseline in the final worlds", first, estimate(each["difference"])),
        _chance(each["p_holm"]),
    ]
    if heldout is not None:
        columns.append(_gain("Held-out gain", "over all held-out families", first, estimate(heldout)))
    for measure in material.measures:
        columns += _objective(measure, each["objectives"][measure.metric], measure is first)
    columns += [_limit(name, limit) for name, limit in each["limits"].items()]
    drop, moved = each["drop"]["final" if heldout is None else "heldout"], each["sensitivity"] or {"worst": None}
    return [
        *columns,
        _gain("Search", "gain that the search believed in", first, estimate(each["search"])),
        _gain("Re-ranking", "gain in the worlds of the re-ranking", first, estimate(each["rerank"])),
        _plain("Drop", "what the search believed less what held up at the end", first, drop),
        _plain("Worst a quarter off", "least mean gain with one number a quarter off", first, moved["worst"]),
        _error(each["error"]),
    ]


def _baselines(material: Material, each: dict[str, Any]) -> list[Column]:
    return [
        _gain(name, f"gain over {name} in the final worlds", material.objective, estimate(e))
        for name, e in each["baselines"].items()
    ]


def _reranked(material: Material, each: dict[str, Any]) -> list[Column]:
    first, complexity = material.objective, each["complexity"]
    kept = Cell("1", "kept") if each["feasible"] else Cell("0", "broken", kind="level")
    return [
        _gain("Re-ranking", "gain in the worlds of the re-ranking", first, estimate(each["rerank"])),
        _gain("Search", "gain that the search believed in", first, estimate(each["search"])),
        (Head("Limits", "", "whether all limits were kept in the re-ranking"), kept),
        (Head("Numbers", "count", "how many numbers were searched"), _number(complexity)),
        _error(each["error"]),
    ]


def _objective(measure: Measure, result: dict[str, Any], is_first: bool) -> Iterator[Column]:
    if not is_first:
        gain = better(estimate(result["difference"]), measure.better)
        yield _gain(f"{measure.title}, gain", f"gain in {measure.short}, positive where it is better", measure, gain)
    yield (
        Head(measure.title, measure.unit, f"mean {measure.short} in the final worlds"),
        _level(result["level"], measure),
    )


def _level(level: float | None, measure: Measure | None = None, small: str | None = None) -> Cell:
    if level is None:
        return Cell("", NONE, small)
    return Cell(f"{level}", digits(level if measure is None else measure.scale * level), small)


def _gain(title: str, about: str, measure: Measure, e: Estimate) -> Column:
    head = Head(title, measure.difference_unit, about)
    if not e.n or not np.isfinite(e.mean):
        return head, EMPTY
    shown = scaled(e, measure.scale)
    places = places_of(shown)
    interval = " to ".join(ends(shown, places)) if np.isfinite(e.lo) else None
    kind = "level" if e.lo <= 0 <= e.hi else ""
    return head, Cell(f"{e.mean:.9g}", number(shown.mean, places, sign=True), interval, kind)


def _chance(p: float) -> Column:
    about = "chance of such a difference where there is none, corrected for all finalists"
    shown = "< 0.001" if p < 0.001 else f"{p:.2g}"
    return Head("p (Holm)", "", about), Cell(f"{-p:.9g}", shown, kind="" if p < 0.05 else "level")


def _limit(name: str, limit: dict[str, Any]) -> Column:
    most = limit["limit"] if isinstance(limit["limit"], str) else digits(float(limit["limit"]))
    head = Head(name.replace("_", " ").capitalize(), f"limit {most}", f"mean in the final worlds; the limit is {most}")
    return head, _level(limit["level"], small="kept" if limit["kept"] else "✗ broken")


def _plain(title: str, about: str, measure: Measure, value: float | None) -> Column:
    return Head(title, measure.difference_unit, about), EMPTY if value is None else _number(measure.scale * value)


def _error(error: str | None) -> Column:
    cell = Cell("1", error[:60], title=error) if error else Cell("0", NONE)
    return Head("Error", "", "the first error in any world"), cell


def _number(value: float) -> Cell:
    return Cell(f"{value:.9g}", digits(value, 3))
