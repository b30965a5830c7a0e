"""`verify theory`: the world against closed forms, through the real command."""

import json

from command import steepest

from experiments.verification.theory.checks import checks


def test_the_quick_checks_hold(tmp_path):
    """`--quick --json` prints one document in which every check is ok, and nothing else; the exit code is 0."""
    found = steepest("verify", "theory", "--quick", "--json", cwd=tmp_path)
    assert (found.returncode, found.stderr) == (0, "")
    rows = json.loads(found.stdout)["checks"]
    assert all(set(row) == {"id", "what", "expected", "simulated", "se", "z", "ok"} for row in rows)
    assert all(row["ok"] is True and abs(row["z"]) < 3.5 for row in rows)
    assert [row["id"] for row in rows] == [check.id for check in checks(quick=True)]
    assert list(tmp_path.iterdir()) == []


def test_workers_are_counted(tmp_path):
    """A negative number of processes is wrong input."""
    found = steepest("verify", "theory", "--workers", "-1", cwd=tmp_path)
    assert found.returncode == 2
    assert "--workers" in found.stderr
    assert found.stdout == ""
