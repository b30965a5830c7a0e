"""Files of recorded answers, good and damaged."""

import json
from pathlib import Path

import pytest

from experiments.verification.oracle.run import verify
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
