"""`verify oracle`: the mechanism against recorded answers."""

import json

import pytest
from command import steepest
from places import BESIDE

VECTORS = BESIDE / "oracle"

pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the conformance vectors stand beside the checkout, not in it"
)


def test_all_vectors_hold(tmp_path):
    """Every row of every known file holds, exactly or within the tolerance; other files are named."""
    found = steepest("verify", "oracle", "--vectors", VECTORS, "--json", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (0, "")
    document = json.loads(found.stdout)
    known = sorted(path.name for path in VECTORS.glob("s*.jsonl"))
    assert [file["file"] for file in document["files"]] == known
    for file in document["files"]:
        assert set(file) == {"file", "rows", "exact", "within_tolerance", "failed", "failures"}
        assert (
            file["rows"]
            == file["exact"] + file["within_tolerance"]
            == len((VECTORS / file["file"]).read_text().splitlines())
        )
        assert (file["failed"], file["failures"]) == (0, [])
    assert document["unknown"] == sorted(path.name for path in VECTORS.glob("yuma_*.jsonl"))


def test_an_altered_answer_fails(tmp_path):
    """One wrong answer among thirty is found, shown with its line and input, and the exit code is 1."""
    rows = (VECTORS / "sn9_epsilon.jsonl").read_text().splitlines()[:30]
    number = next(i for i, row in enumerate(rows) if isinstance(json.loads(row).get("out"), float))
    wrong = json.loads(rows[number])
    wrong["out"] *= 1.0000001
    rows[number] = json.dumps(wrong)
    (tmp_path / "sn9_epsilon.jsonl").write_text("\n".join(rows) + "\n")
    found = steepest("verify", "oracle", "--vectors", ".", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (1, "")
    assert f"line {number + 1}: epsilon: expected {wrong['out']}" in found.stdout
    document = json.loads(steepest("verify", "oracle", "--vectors", ".", "--json", cwd=tmp_path).stdout)
    (file,) = document["files"]
    assert (file["rows"], file["failed"], file["failures"][0]["input"]) == (30, 1, wrong)


def test_a_broken_row_is_a_failed_row(tmp_path):
    """A row that is no JSON, or lacks a key, fails alone."""
    rows = (VECTORS / "sn9_iswin.jsonl").read_text().splitlines()[:3]
    (tmp_path / "sn9_iswin.jsonl").write_text("\n".join([rows[0], rows[1][:40], '{"kind": "iswin"}', rows[2]]))
    found = steepest("verify", "oracle", "--vectors", ".", "--json", cwd=tmp_path)
    assert found.returncode == 1
    (file,) = json.loads(found.stdout)["files"]
    assert (file["rows"], file["exact"], file["failed"]) == (4, 2, 2)
    assert [failure["line"] for failure in file["failures"]] == [2, 3]


def test_a_file_of_an_unknown_kind_is_named_and_not_run(tmp_path):
    """Vectors of a mechanism that is not here do not fail."""
    (tmp_path / "sn9_new.jsonl").write_text('{"kind": "teleport"}\n')
    found = steepest("verify", "oracle", "--vectors", ".", "--json", cwd=tmp_path)
    assert found.returncode == 0
    assert json.loads(found.stdout) == {"files": [], "unknown": ["sn9_new.jsonl"]}
