"""How far an answer may be from the recorded one."""

import json
from math import nextafter
from pathlib import Path

from experiments.verification.oracle.run import verify


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
