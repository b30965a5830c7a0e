"""What the files of a folder hold, run by run: the document and the table of `steepest traces inspect`."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from math import isfinite
from typing import TYPE_CHECKING, Any

from policies.errors import printable
from sim.traces.curve import Curve
from sim.traces.read import Refusal

if TYPE_CHECKING:
    from rich.table import Table

Row = dict[str, Any]
MOST_LINES = 40
"""Different warnings that are listed; `--json` has all."""


def row(file: str, found: Curve | Refusal) -> Row:
    """A run as an object of the document, null where unknown; a refused file has its reason in `warnings`."""
    if isinstance(found, Refusal):
        return {**dict.fromkeys(FIELDS), "file": file, "format": found.format, "points": 0, "warnings": [found.reason]}
    there = len(found) > 0
    return {
        "file": file,
        "format": found.format if found.source == file else "library",
        "run": found.run or None,
        "points": len(found),
        "loss_kind": found.kind,
        "loss_unit": found.unit,
        "first_step": _number(found.step[0]) if there else None,
        "last_step": _number(found.step[-1]) if there else None,
        "final_loss": _number(found.final_loss),
        "last_finite_loss": _number(found.loss[-1]) if there else None,
        "diverged": "diverged" in found.flags,
        "truncated": "truncated" in found.flags,
        "seconds": _last(found.seconds),
        "tokens": _last(found.tokens),
        "warnings": list(found.warnings),
    }


FIELDS = ("file", "format", "run", "points", "loss_kind", "loss_unit", "first_step", "last_step", "final_loss",
          "last_finite_loss", "diverged", "truncated", "seconds", "tokens", "warnings")  # fmt: skip


def _number(value: float) -> float | int | None:
    """A number of JSON: whole ones without a point, none where it is not finite."""
    value = float(value)
    if not isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _last(values: Any) -> float | int | None:
    """The last of values that rise, NaN left out."""
    return next((_number(value) for value in values[::-1] if isfinite(value)), None)


def table(rows: Iterable[Row]) -> "Table":
    """The runs as a table for people."""
    from rich import box  # noqa: PLC0415 - slow to import, and not needed for --json
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    out = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("file", overflow="fold", max_width=48)
    out.add_column("run", overflow="fold", max_width=24)
    out.add_column("format", no_wrap=True)
    for heading in ("points", "steps", "final loss"):
        out.add_column(heading, justify="right", no_wrap=True)
    out.add_column("loss", no_wrap=True)
    for heading in ("hours", "tokens"):
        out.add_column(heading, justify="right", no_wrap=True)
    out.add_column("")
    for r in rows:
        out.add_row(*(Text(printable(cell)) for cell in _cells(r)))
    return out


def _cells(r: Row) -> list[str]:
    steps = "-" if r["first_step"] is None else f"{r['first_step']:g}–{r['last_step']:,g}"
    flags = [flag for flag in ("diverged", "truncated") if r[flag]]
    kind = " ".join(filter(None, (r["loss_kind"], r["loss_unit"])))
    hours = "-" if r["seconds"] is None else f"{r['seconds'] / 3600:.3g}"
    tokens = "-" if r["tokens"] is None else f"{r['tokens']:.3g}"
    loss = "-" if r["final_loss"] is None else f"{r['final_loss']:.4f}"
    return [
        r["file"],
        r["run"] or "",
        r["format"] or "-",
        f"{r['points']:,}",
        steps,
        loss,
        kind,
        hours,
        tokens,
        " ".join(flags),
    ]


def warnings(rows: Iterable[Row]) -> list[str]:
    """Every warning once, with where it holds, the common ones first."""
    where: dict[str, list[str]] = defaultdict(list)
    count: Counter[str] = Counter()
    for r in rows:
        for warning in r["warnings"]:
            count[warning] += 1
            where[warning].append(f"{r['file']} [{r['run']}]" if r["run"] else r["file"])
    lines = []
    for warning, times in count.most_common(MOST_LINES):
        places = f"{times} runs" if times > 1 else where[warning][0]
        lines.append(printable(f"{places}: {warning}"))
    if len(count) > MOST_LINES:
        lines.append(f"and {len(count) - MOST_LINES} other warnings; --json lists all of them")
    return lines
