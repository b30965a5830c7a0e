"""The runs of many files: the document and the table of `steepest traces inspect`."""

from collections import defaultdict
from collections.abc import Iterable
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from policies.errors import printable
from sim.traces.curve import Curve
from sim.traces.read import Refusal

if TYPE_CHECKING:
    from rich.table import Table

Row = dict[str, Any]
FIELDS = ("file", "format", "run", "points", "loss_kind", "loss_unit", "first_step", "last_step", "final_loss",
          "last_finite_loss", "diverged", "truncated", "seconds", "tokens", "warnings")  # fmt: skip
MOST_LINES = 40  #: different warnings that are listed; `--json` has all

TEXT: dict[str, Any] = {"no_wrap": True}
NUMBER: dict[str, Any] = {"no_wrap": True, "justify": "right"}
COLUMNS: dict[str, dict[str, Any]] = {
    "file": {"overflow": "fold", "max_width": 48},
    "run": {"overflow": "fold", "max_width": 24},
    "format": TEXT,
    "points": NUMBER,
    "steps": NUMBER,
    "final loss": NUMBER,
    "loss": TEXT,
    "hours": NUMBER,
    "tokens": NUMBER,
    "": {},  # flags
}
"""Headings of the table, and how rich lays the columns out."""


def row(file: str, found: Curve | Refusal) -> Row:
    """A run as an object of the document, null where unknown; a refused file has its reason in `warnings`."""
    if isinstance(found, Refusal):
        return {**dict.fromkeys(FIELDS), "file": file, "format": found.format, "points": 0, "warnings": [found.reason]}
    step, loss = (values if len(values) else [nan] for values in (found.step, found.loss))
    return {
        "file": file,
        "format": found.format if found.source == file else "library",
        "run": found.run or None,
        "points": len(found),
        "loss_kind": found.kind,
        "loss_unit": found.unit,
        "first_step": _number(step[0]),
        "last_step": _number(step[-1]),
        "final_loss": _number(found.final_loss),
        "last_finite_loss": _number(loss[-1]),
        "diverged": "diverged" in found.flags,
        "truncated": "truncated" in found.flags,
        "seconds": _last_known(found.seconds),
        "tokens": _last_known(found.tokens),
        "warnings": list(found.warnings),
    }


def _number(value: float) -> float | int | None:
    """A number of JSON: a whole one without a point, null where it is not finite."""
    value = float(value)
    if not isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _last_known(values: Any) -> float | int | None:
    return next((_number(value) for value in values[::-1] if isfinite(value)), None)


def table(rows: Iterable[Row]) -> "Table":
    """The runs as a table for people."""
    from rich import box  # noqa: PLC0415 - slow to import, and not needed for --json
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    out = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading, layout in COLUMNS.items():
        out.add_column(heading, **layout)
    for r in rows:
        cells = (
            r["file"],
            r["run"] or "",
            r["format"] or "-",
            f"{r['points']:,}",
            "-" if r["first_step"] is None else f"{r['first_step']:g}–{r['last_step']:,g}",
            "-" if r["final_loss"] is None else f"{r['final_loss']:.4f}",
            " ".join(filter(None, (r["loss_kind"], r["loss_unit"]))),
            "-" if r["seconds"] is None else f"{r['seconds'] / 3600:.3g}",
            "-" if r["tokens"] is None else f"{r['tokens']:.3g}",
            " ".join(flag for flag in ("diverged", "truncated") if r[flag]),
        )
        out.add_row(*(Text(printable(cell)) for cell in cells))
    return out


def warnings(rows: Iterable[Row]) -> list[str]:
    """Every warning once, with the run that it is about or how many these are; the common ones first."""
    places: dict[str, list[str]] = defaultdict(list)
    for r in rows:
        for warning in r["warnings"]:
            places[warning].append(f"{r['file']} [{r['run']}]" if r["run"] else r["file"])
    common = sorted(places, key=lambda warning: -len(places[warning]))
    lines = [
        printable(f"{places[warning][0] if len(places[warning]) == 1 else f'{len(places[warning])} runs'}: {warning}")
        for warning in common[:MOST_LINES]
    ]
    if len(common) > MOST_LINES:
        lines.append(f"and {len(common) - MOST_LINES} other warnings; --json lists all of them")
    return lines
