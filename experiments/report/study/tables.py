"""The tables of a study: the finalists, the same against every baseline, and the re-ranking."""

from collections.abc import Callable
from typing import Any

from experiments.report.study.measure import Measure, describe, read_estimate, turn
from experiments.report.study.results import StudyResults, name_finalist
from experiments.report.table import Cell, Head, Row, Table, estimate_cell
from experiments.report.text import NONE, digits
from experiments.results.estimate import Estimate

Candidate = dict[str, Any]
Columns = Callable[["StudyResults", Candidate], list["Column"]]
Column = tuple[Head, Cell]  #: the head of a column, and a candidate's cell in it


def tables(results: StudyResults) -> list[Table]:
    """All tables; that of the baselines is left out where there is one baseline."""
    made = [_table("finalists", results, results.finalists, _finalist)]
    if len(results.spec.kinds) > 1:
        made.append(_table("in each family", results, results.finalists, _families))
    if len(results.spec.baselines) > 1:
        made.append(_table("against each baseline", results, results.finalists, _baselines))
    return [*made, _table("re-ranking", results, results.reranked, _reranked)]


def _table(name: str, results: StudyResults, candidates: list[Candidate], columns: Columns) -> Table:
    """A row for each candidate; a column without any value is left out."""
    made = [columns(results, each) for each in candidates]
    shown = [i for i, _ in enumerate(made[0]) if any(NONE not in row[i][1].shown for row in made)] if made else []
    rows = []
    for each, row in zip(candidates, made, strict=True):
        about, winner = describe(each), results.recommended
        note = "recommended" if winner is not None and each["trial"] == winner["trial"] else ""
        cells = [row[i][1] for i in shown]
        rows.append(Row(name_finalist(each), note, about, results.colour(each["family"]), cells, detail=about))
    return Table(name, "Candidate", [made[0][i][0] for i in shown], rows)


def _finalist(results: StudyResults, each: Candidate) -> list[Column]:
    first, heldout, p = results.objective, each["heldout"], each["p_holm"]
    chance = "chance of such a difference where there is none, corrected for all finalists"
    columns = [
        _gain(
            "Gain",
            "over the baseline in the final worlds, in its worst family",
            first,
            read_estimate(each["difference"]),
        ),
        (
            Head("p (Holm)", "", chance),
            Cell(f"{-p:.9g}", "< 0.001" if p < 0.001 else f"{p:.2g}", kind="" if p < 0.05 else "level"),
        ),
    ]
    if heldout is not None:
        columns.append(_gain("Held-out gain", "in the worst held-out family", first, read_estimate(heldout)))
    for measure in results.measures:
        objective = each["objectives"][measure.metric]
        if measure is not first:
            gain = turn(read_estimate(objective["difference"]), measure.better)
            about = f"gain in {measure.short}, positive where it is better"
            columns.append(_gain(f"{measure.title}, gain", about, measure, gain))
        head = Head(measure.title, measure.unit, f"mean {measure.short} in the final worlds")
        columns.append((head, _level(objective["level"], measure.scale)))
    for name, limit in each["limits"].items():
        most = limit["limit"] if isinstance(limit["limit"], str) else digits(float(limit["limit"]))
        title, where = name.replace("_", " ").capitalize(), limit["family"]
        about = f"mean in the final worlds of {where}, where it is kept with the least chance; the limit is {most}"
        small = f"{'kept' if limit['kept'] else '✗'} with {100 * limit['chance']:.0f} %"
        columns.append((Head(title, f"limit {most}", about), _level(limit["level"], small=small)))
    drop = each["drop"]["final" if heldout is None else "heldout"]
    moved = each["sensitivity"] or {"worst": None}
    return [
        *columns,
        *_earlier(first, each),
        _plain("Drop", "what the search believed less what held up at the end", first, drop),
        _plain("Worst a quarter off", "least mean gain with one number a quarter off", first, moved["worst"]),
        _error(each["error"]),
    ]


def _families(results: StudyResults, each: Candidate) -> list[Column]:
    columns = []
    for hold in (each["difference"], *([each["heldout"]] if each["heldout"] else [])):
        for name, gain in hold["families"].items():
            columns.append(_gain(name, f"gain over the baseline in {name}", results.objective, read_estimate(gain)))
            about = "what the best single deviation gains from the mix that the crowd settled to"
            head = Head(f"Regret, {name}", "equal shares", about)
            columns.append((head, estimate_cell(read_estimate(gain["regret"]), 1.0, paired=False)))
            rest = Cell("", NONE) if gain["settled"] is None else Cell("", "yes" if gain["settled"] else "no")
            columns.append((Head(f"Settled, {name}", "", "whether the mix came to rest"), rest))
    return columns


def _baselines(results: StudyResults, each: Candidate) -> list[Column]:
    return [
        _gain(name, f"gain over {name} in the final worlds", results.objective, read_estimate(e))
        for name, e in each["baselines"].items()
    ]


def _reranked(results: StudyResults, each: Candidate) -> list[Column]:
    kept = Cell("1", "kept") if each["feasible"] else Cell("0", "broken", kind="level")
    search, rerank = _earlier(results.objective, each)
    return [
        rerank,
        search,
        (Head("Limits", "", "whether all limits were kept in the re-ranking"), kept),
        (Head("Numbers", "count", "how many numbers were searched"), _number(each["complexity"])),
        _error(each["error"]),
    ]


def _earlier(measure: Measure, each: Candidate) -> list[Column]:
    """The gains at the stages before the final worlds."""
    return [
        _gain("Search", "gain that the search believed in", measure, read_estimate(each["search"])),
        _gain("Re-ranking", "gain in the worlds of the re-ranking", measure, read_estimate(each["rerank"])),
    ]


def _gain(title: str, about: str, measure: Measure, e: Estimate) -> Column:
    return Head(title, measure.difference_unit, about), estimate_cell(e, measure.scale)


def _level(level: float | None, scale: float = 1.0, small: str = "") -> Cell:
    return Cell("", NONE, small) if level is None else Cell(f"{level}", digits(scale * level), small)


def _plain(title: str, about: str, measure: Measure, value: float | None) -> Column:
    cell = Cell("", NONE) if value is None else _number(measure.scale * value)
    return Head(title, measure.difference_unit, about), cell


def _error(error: str | None) -> Column:
    cell = Cell("1", error[:60], title=error) if error else Cell("0", NONE)
    return Head("Error", "", "the first error in any world"), cell


def _number(value: float) -> Cell:
    return Cell(f"{value:.9g}", digits(value, 3))
