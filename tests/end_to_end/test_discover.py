"""`steepest discover` as a user runs it: results, wrong input, and what a kill leaves."""

import json
import os
import signal
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from command import refused, start, steepest
from small_discovery import points, recipe, result_folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A discovery that nobody interrupted, computed in one process."""
    home = tmp_path_factory.mktemp("whole")
    recipe(home)
    done = steepest("discover", "small.yaml", "--workers", 1, cwd=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines()[:-2])) <= 80
    assert (result_folder(home) / "report.html").exists()
    assert "fixed epsilon=0.01: loses" in done.stdout
    return home


def test_document_and_tables(whole: Path) -> None:
    """The same command prints the kept results as JSON; tables have a row per point, and per case and lane."""
    before = points(whole)
    done = steepest("discover", "small.yaml", "--json", cwd=whole)
    document, folder = json.loads(done.stdout), result_folder(whole)

    assert points(whole) == before
    assert json.loads((folder / "results.json").read_text()) == document
    assert {key: document[key] for key in ("points", "worlds", "failed", "baseline")} == {
        "points": 40,
        "worlds": 2,
        "failed": 0,
        "baseline": "sn9-2025-03",
    }
    (policy,) = document["policies"]
    assert set(policy) == {"lane", "lost", "difference", "rules", "trajectory"}
    for rule in policy["rules"]:
        for limit in rule["limits"]:
            axis = document["axes"][limit["number"]]
            assert axis["low"] < limit.get("low", limit.get("high")) < axis["high"]
    table = pq.read_table(folder / "points.parquet")
    assert table.column_names == ["judges", "gain", "miners", "copies"]
    assert table["judges"].to_pylist() == [False] * 20 + [True] * 20
    cases = pq.read_table(folder / "cases.parquet")
    assert cases.num_rows == 40 * 2 * 2
    assert cases["world"].to_pylist()[:6] == [0, 0, 1, 1, 2, 2]
    assert cases["lane"].to_pylist()[:2] == ["sn9-2025-03", "fixed epsilon=0.01"]


def test_killed_and_gone_on_with(tmp_path: Path, whole: Path) -> None:
    """kill -9 in the middle: two workers end it as one process that nobody killed, and no point is computed twice."""
    recipe(tmp_path)
    process = start("discover", "small.yaml", "--workers", 1, cwd=tmp_path)
    end = time.monotonic() + 120
    while len(points(tmp_path)) < 3:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    before = points(tmp_path)
    done = steepest("discover", "small.yaml", "--workers", 2, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert before.items() <= points(tmp_path).items()
    assert not (result_folder(tmp_path) / "manifest.json").read_text().count("null")
    for name in ("results.json", "cases.parquet", "points.parquet", "spec.yaml"):
        assert (result_folder(tmp_path) / name).read_bytes() == (result_folder(whole) / name).read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("low: 0, high", "low: 0.7, high", "small.yaml:20: discover.over.copies: is 0.7 to 0.5, but `low` must be"),
        ("points: 40", "points: 1", "small.yaml:16: discover.points: must be greater than or equal to 40, not 1"),
        ("- fixed", "- fixd", "small.yaml:12: panel.1: there is no policy 'fixd'"),
    ],
)
def test_wrong_input(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Exit code 2, one line, and nothing is left behind; `check` says the same."""
    recipe(tmp_path, old, new)
    for command in ("discover", "check"):
        assert said in refused(steepest(command, "small.yaml", cwd=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]


def test_a_discovery_is_no_run(whole: Path) -> None:
    """`steepest report` of its folder says what it is."""
    said = refused(steepest("report", result_folder(whole), cwd=whole))
    assert "is a discovery and not a run" in said
