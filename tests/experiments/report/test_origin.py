"""When a report is written again: if anything that it is made from has changed."""

import subprocess
import sys
from pathlib import Path

from race_results import store as race_store

from experiments.report import origin, refresh
from experiments.results.store import write_table


def test_an_unchanged_report_is_not_written_again(tmp_path):
    """It is the same file, until a table, the manifest or the spec changes, or it is gone or no report."""
    made = race_store(tmp_path)
    path = refresh(made)

    def again():
        before = path.stat().st_mtime_ns if path.exists() else 0
        assert refresh(made) == path
        return path.stat().st_mtime_ns != before

    assert not again()
    for name in ("manifest.json", "spec.yaml"):
        (made.folder / name).write_text((made.folder / name).read_text() + "\n")
        assert (again(), again()) == (True, False)
    write_table(made.folder / "metrics.parquet", made.table("metrics"), small=False)
    assert (again(), again()) == (True, False)
    path.write_text("<html></html>")
    assert again()
    path.unlink()
    assert again()


def test_other_code_makes_another_report(tmp_path, monkeypatch):
    """What the page is made with counts as what it is made from."""
    made = race_store(tmp_path)
    before = refresh(made).stat().st_mtime_ns
    monkeypatch.setattr(origin, "_code", lambda: "another version")
    assert refresh(made).stat().st_mtime_ns != before


def test_all_our_code_behind_a_report_counts():
    """Whatever module of the harness a report imports is part of what it is made from."""
    ours = "(m.__file__ for n, m in sys.modules.items() if n[:11] == 'experiments')"
    program = f"import sys, experiments.report.run; print(*{ours})"
    used = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    here = Path(origin.__file__).parents[1]
    assert {Path(file) for file in used} <= {path for pattern in origin.CODE for path in here.glob(pattern)}
