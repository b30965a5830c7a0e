"""The conformance vectors: every row holds, and a row that does not is found."""

import json
from math import nextafter
from pathlib import Path
from typing import Any

import pytest
from places import BESIDE

from experiments.verification.oracle.kinds import CHECKS
from experiments.verification.oracle.run import summary, verify
from policies import InputError

PAIR = {
    "kind": "iswin",
    "eps": {"type": "fixed", "epsilon": 0.005},
    "current_block": 10,
    "loss_i": 2.0,
    "loss_j": 2.1,
    "block_i": 1,
    "block_j": 2,
    "out": True,
}
"""A row that holds: the earlier and better one wins."""

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


def test_float32_values_may_differ_a_little(tmp_path: Path) -> None:
    """A float32 value off by 1e-7 of itself is within tolerance, and not exact; off by 1e-5 it fails."""
    row = {
        "kind": "tracker",
        "init_num_neurons": 2,
        "alpha": 0.5,
        "ops": [{"op": "record", "comp": 0, "n": 2, "weights": [[0, 0.25], [1, 0.75]], "after": []}],
    }
    for after, outcome in ((0.75, "exact"), (0.7500001, "within_tolerance"), (0.75001, "failed")):
        row["ops"][0]["after"] = [[0, 0.25], [1, after]]
        (tmp_path / "sn9_tracker.jsonl").write_text(json.dumps(row), encoding="utf-8")
        (result,) = verify(tmp_path)["files"]
        assert result[outcome] == 1


def test_float64_values_may_not_differ(tmp_path: Path) -> None:
    """A float64 value that is off by one ulp fails."""
    row = {"kind": "epsilon", "eps": {"type": "fixed", "epsilon": 0.005}, "current_block": 5, "model_block": 1}
    for out, failed in ((0.005, 0), (nextafter(0.005, 1.0), 1), (nextafter(0.005, 0.0), 1)):
        (tmp_path / "sn9_epsilon.jsonl").write_text(json.dumps({**row, "out": out}), encoding="utf-8")
        assert verify(tmp_path)["files"][0]["failed"] == failed


def test_a_damaged_line_is_a_failed_row(tmp_path: Path) -> None:
    """A line that is no JSON, or lacks what its check needs, is a failed row and not a crash; the others still run."""
    good = json.dumps(PAIR)
    (tmp_path / "sn9_iswin.jsonl").write_text(f'{good[:60]}\n{good}\n\n{{"kind": "iswin"}}\n{{"kind": "new"}}\n[]\n')
    (result,) = verify(tmp_path)["files"]
    assert (result["rows"], result["exact"], result["failed"]) == (5, 1, 4)
    assert [failure["line"] for failure in result["failures"]] == [1, 4, 5, 6]
    assert result["failures"][0]["input"] == good[:60] + "\n"
    assert "JSONDecodeError" in result["failures"][0]["faults"][0]


def test_the_first_five_failures_are_shown(tmp_path: Path) -> None:
    """All failures are counted, and the first five are shown."""
    wrong = json.dumps({**PAIR, "out": False})
    (tmp_path / "sn9_iswin.jsonl").write_text("\n".join([wrong] * 9), encoding="utf-8")
    (result,) = verify(tmp_path)["files"]
    assert result["failed"] == 9
    assert [failure["line"] for failure in result["failures"]] == [1, 2, 3, 4, 5]


def test_unknown_files_are_named_and_not_run(tmp_path: Path) -> None:
    """A file of another name, or whose kind no check knows, is named as unknown."""
    (tmp_path / "yuma_epoch.jsonl").write_text('{"kind": "iswin"}\n', encoding="utf-8")
    (tmp_path / "sn9_future.jsonl").write_text('{"kind": "future"}\n', encoding="utf-8")
    assert verify(tmp_path) == {"files": [], "unknown": ["sn9_future.jsonl", "yuma_epoch.jsonl"]}


def test_a_folder_without_vectors_is_wrong_input(tmp_path: Path) -> None:
    """No folder, or a folder without vectors, is the user's error, and the message says what to give."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match="--vectors DIR"):
            verify(folder)
