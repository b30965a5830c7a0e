"""A fit in words and columns for people, from its document."""

from collections.abc import Iterable
from typing import Any


def text(document: dict[str, Any]) -> str:
    """The constants with their intervals, and how the law does on what it has seen and what it has not."""
    fitted, predicted = document["fitted"], document["predicted"]
    count = f"{len(fitted)} curve{'s' * (len(fitted) != 1)}" if document["law"] != "chinchilla" else fitted[0]["name"]
    lines = [
        f"{document['law']} law: {document['points']} points of {count}, rmse {document['rmse']:.4f} nats",
        document["method"],
        "",
        *_columns([("constant", "value", "95 % interval"), *map(_constant, document["constants"].items())]),
        "",
        *_columns([("fitted to", "points", "rmse", "last", "largest"), *map(_run, fitted)]),
    ]
    if predicted:
        lines += ["", *_columns([("not seen by the fit", "points", "rmse", "last", "largest"), *map(_run, predicted)])]
    return "\n".join(lines)


def _constant(item: tuple[str, dict[str, Any]]) -> tuple[str, ...]:
    name, found = item
    interval = "-" if found["low"] is None else f"{found['low']:.4g} to {found['high']:.4g}"
    return name, f"{found['value']:.4g}", interval


def _run(found: dict[str, Any]) -> tuple[str, ...]:
    return (
        found["name"], str(found["points"]), f"{found['rmse']:.4f}", f"{found['last']:+.4f}", f"{found['most']:+.4f}"
    )  # fmt: skip


def _columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    rows = list(rows)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
