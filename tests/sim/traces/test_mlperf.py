"""MLPerf logs."""

import json

import numpy as np
import pytest
from text_logs import curve, curves

from sim.traces.read import Refusal, read_file

START = 1728601142335


def entry(key: str, value: object = None, ms: int = 0, **metadata: object) -> str:
    """A line of the log."""
    said = {
        "namespace": "",
        "time_ms": START + ms,
        "event_type": "POINT_IN_TIME",
        "key": key,
        "value": value,
        "metadata": metadata,
    }
    return ":::MLLOG " + json.dumps(said)


FACTS = [
    entry("submission_benchmark", "gpt3"),
    entry("submission_platform", "64xDGXH100"),
    entry("seed", 11),
    entry("global_batch_size", 1536),
    entry("max_sequence_length", 2048),
]
EVALUATIONS = [entry("eval_accuracy", 2.8 - n / 100, 60_000 * n, epoch_num=50331648 * n) for n in (1, 2, 3)]
STOP = entry("run_stop", None, 200_000, status="success")


def test_gpt3(tmp_path):
    """The accuracy is the log perplexity in nats, the epochs are tokens, the clock begins with the run."""
    found = curve(tmp_path / "log", [*FACTS, entry("run_start"), *EVALUATIONS, STOP, "other output"])
    assert (found.format, found.kind, found.unit) == ("mlperf", "validation", "nats")
    assert found.loss == pytest.approx([2.79, 2.78, 2.77])
    assert found.tokens.tolist() == [50331648, 100663296, 150994944]
    assert found.step.tolist() == [16, 32, 48]
    assert found.seconds.tolist() == [60, 120, 180]
    assert (found.seed, found.hardware, found.dataset, found.flags) == (11, "64xDGXH100", "gpt3", ())


def test_samples(tmp_path):
    """Newer benchmarks count samples, which become tokens by the stated length."""
    lines = [
        entry("submission_benchmark", "llama31_8b"),
        entry("global_batch_size", 32),
        entry("max_sequence_length", 8192),
        entry("run_start"),
        *(entry("eval_accuracy", 4 - n, 1000 * n, samples_count=3200 * n) for n in (1, 2)),
        STOP,
    ]
    found = curve(tmp_path / "log", lines)
    assert (found.step.tolist(), found.tokens.tolist()) == ([100, 200], [3200 * 8192, 6400 * 8192])


def test_other_benchmarks_are_refused(tmp_path):
    """An accuracy of another benchmark is no loss."""
    (tmp_path / "log").write_text(
        "\n".join([entry("submission_benchmark", "resnet"), entry("run_start"), *EVALUATIONS])
    )
    (found,) = read_file(tmp_path / "log")
    assert isinstance(found, Refusal)


def test_what_the_log_does_not_say(tmp_path):
    """Without benchmark, start and batch the curve says what it assumed."""
    found = curve(tmp_path / "log", EVALUATIONS)
    assert found.seconds.tolist() == [0, 60, 120]
    assert any("benchmark" in warning for warning in found.warnings)
    assert any("samples" in warning for warning in found.warnings)
    assert np.isnan(found.tokens).all()


def test_several_runs(tmp_path):
    """Every `run_start` after a `run_stop` begins a run."""
    second = [text.replace(str(START), "X") for text in EVALUATIONS]
    later = [entry("seed", 12, 300_000), entry("run_start", None, 300_000)]
    second = [entry("eval_accuracy", 2.5 - n / 100, 300_000 + 60_000 * n, epoch_num=50331648 * n) for n in (1, 2)]
    found = curves(tmp_path / "log", [*FACTS, entry("run_start"), *EVALUATIONS, STOP, *later, *second])
    assert [(item.run, len(item), item.seed) for item in found] == [("1", 3, 11), ("2", 2, 12)]
    assert found[1].seconds.tolist() == [60, 120]
    assert [item.flags for item in found] == [(), ("truncated",)]


def test_damage(tmp_path):
    """Lines that are no JSON are counted; a torn last one cuts the log; a rank prefix does not matter."""
    lines = [f"0: {text}" for text in [*FACTS, entry("run_start"), *EVALUATIONS]]
    lines.insert(6, ":::MLLOG {broken")
    found = curve(tmp_path / "log", "\n".join([*lines, STOP[:40]]))
    assert len(found) == 3
    assert "truncated" in found.flags
    assert {"damaged entries left out: 1 line", "torn last line left out: 1 line"} <= set(found.warnings)
