"""The recorded answers: every row holds, and one altered value of any kind is found."""

import json
from pathlib import Path
from typing import Any

import pytest
from places import BESIDE

from experiments.verification.oracle.kinds import CHECKS
from experiments.verification.oracle.run import summary, verify

FILES = {
    "sn9_epsilon.jsonl": 603,
    "sn9_iswin.jsonl": 1200,
    "sn9_wins.jsonl": 386,
    "sn9_tracker.jsonl": 180,
    "sn9_retry.jsonl": 360,
    "sn9_legacy.jsonl": 120,
    "sn9_episodes.jsonl": 10,
    "sister_sn29_wins.jsonl": 120,
    "sister_sn37_episodes.jsonl": 4,
}
"""Rows of each file, from the vectors' README."""


def vectors() -> Path:
    """The folder of the vectors."""
    folder = BESIDE / "oracle"
    if not folder.is_dir():
        pytest.skip("the conformance vectors do not stand beside the checkout")
    return folder


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What the runner says about the vectors beside the checkout."""
    return verify(vectors())


@pytest.mark.parametrize(("file", "rows"), FILES.items())
def test_every_row_holds(found: dict[str, Any], file: str, rows: int) -> None:
    """Every row of every file agrees, exactly or within the float32 tolerance, and none is left out."""
    (result,) = [result for result in found["files"] if result["file"] == file]
    assert result["failures"] == []
    assert (result["rows"], result["failed"]) == (rows, 0)
    assert result["exact"] + result["within_tolerance"] == rows


@pytest.mark.parametrize("file", ["sn9_epsilon.jsonl", "sn9_iswin.jsonl", "sn9_retry.jsonl"])
def test_float64_rows_hold_exactly(found: dict[str, Any], file: str) -> None:
    """Where nothing is float32, agreement is to the last bit."""
    (result,) = [result for result in found["files"] if result["file"] == file]
    assert result["exact"] == result["rows"]


def test_other_vectors_are_named(found: dict[str, Any]) -> None:
    """Files of the chain's vectors are not run here, and said to be unknown."""
    assert all(name.startswith("yuma_") for name in found["unknown"])


def rows_of(file: str) -> list[dict[str, Any]]:
    """The rows of a file."""
    return [json.loads(line) for line in (vectors() / file).read_text(encoding="utf-8").splitlines()]


def spoil(kind: str, row: dict[str, Any]) -> bool:
    """Alter one expected value of a row; false where the row has none to alter."""
    place: tuple[Any, Any] = (row, "out")
    if kind in {"episode", "sn37_episode"}:
        place = (next(step["out"]["wins"] for step in row["steps"][::-1] if step.get("out", {}).get("wins")), 0)
    elif kind == "tracker":
        place = (next((op["after"][0] for op in row["ops"] if op.get("after")), [None, None]), 1)
    elif kind not in {"epsilon", "iswin", "retry"}:
        place = (row["out"].get("wins") or [None], 0)
    holder, key = place
    if not isinstance(holder[key], int | float):
        return False
    holder[key] = not holder[key] if isinstance(holder[key], bool) else holder[key] + 1
    return True


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("epsilon", "sn9_epsilon.jsonl"),
        ("iswin", "sn9_iswin.jsonl"),
        ("wins", "sn9_wins.jsonl"),
        ("tracker", "sn9_tracker.jsonl"),
        ("retry", "sn9_retry.jsonl"),
        ("legacy_persample", "sn9_legacy.jsonl"),
        ("legacy_7bstar", "sn9_legacy.jsonl"),
        ("episode", "sn9_episodes.jsonl"),
        ("sn29_wins", "sister_sn29_wins.jsonl"),
        ("sn37_episode", "sister_sn37_episodes.jsonl"),
    ],
)
def test_one_altered_value_is_found(kind: str, file: str, tmp_path: Path) -> None:
    """One altered expected value is one failed row, shown with its line and its input."""
    rows = rows_of(file)[:40]
    line = next(i for i, row in enumerate(rows) if row["kind"] == kind and spoil(kind, row))
    (tmp_path / file).write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    (result,) = verify(tmp_path)["files"]
    assert (result["rows"], result["failed"]) == (len(rows), 1)
    (failure,) = result["failures"]
    assert failure["line"] == line + 1
    assert failure["input"] == rows[line]
    assert "expected" in failure["faults"][0]
    assert f"line {line + 1}: " in summary(verify(tmp_path))


def test_every_kind_can_fail() -> None:
    """The list above has every kind of vector that the runner knows."""
    (mark,) = test_one_altered_value_is_found.pytestmark
    assert {kind for kind, _ in mark.args[1]} == set(CHECKS)
