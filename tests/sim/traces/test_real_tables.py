"""Real tables, histories and event files beside the checkout: each is read, or refused for the right reason."""

import csv
import json

import numpy as np
import pytest
from places import BESIDE

from sim.traces.curve import Curve
from sim.traces.read import Refusal, read_file

TRACES = BESIDE / "traces"
pytestmark = pytest.mark.skipif(not TRACES.is_dir(), reason="real traces stand beside the checkout, and are not here")

READ = {
    "multipowerlaw/*/*.csv": ("table", 1),
    "olmo_ladder/*.csv": ("table", 6),
    "modded_nanogpt/val_curves.csv": ("table", 1132),
    "hf_trainer_state/*.json": ("hf-trainer-state", 1),
    "megatron_golden/*.json": ("megatron-golden", 1),
    "reencoded/wandb_export_*.csv": ("wandb-csv", 3),
    "reencoded/lightning_version_0/metrics.csv": ("lightning", 1),
    "reencoded/tensorboard/events*": ("tensorboard", 1),
    "reencoded/*.parquet": ("parquet-table", 6),
    "reencoded/*_trainer_state.json": ("hf-trainer-state", 1),
}
"""Files -> the format, and how many curves each gives."""

AGAIN = "d0b94662be a9e206d70e 557686c409 fc6ca3c10c c8f81de7b2 4c29311868 ec96be3fe4 6def03b4c7 8a825ff03b 0a53d16e44"
FLAGS = {
    "mt5_summarisation_trainer_state.json": ("truncated",),  # 7,000 of 9,411 steps
    **dict.fromkeys(AGAIN.split(), ("restarted",)),  # repeats of a run under one label, of which the last counts
}
"""The only flags there are."""

NO_LOSS, NO_STEP = "a table without a column of losses", "a table of losses without a column of steps or tokens"
REPLAY = "a validator's evaluations of several models, no training run"
REFUSED = {
    "formll_isoflop/*.csv": NO_LOSS,
    "mlf_scaling/models.csv": NO_LOSS,
    "dclm/model_scores.csv": NO_LOSS,
    "throughput/*.csv": NO_LOSS,
    "modded_nanogpt/records_track1.csv": NO_LOSS,
    "modded_nanogpt/results_track3.csv": NO_LOSS,
    "modded_nanogpt/runs.csv": NO_LOSS,
    "modded_nanogpt/logs_manifest.csv": NO_LOSS,
    "parameter_golf/logs_manifest.csv": NO_LOSS,
    "parameter_golf/leaderboard.csv": NO_STEP,
    "parameter_golf/submissions.csv": NO_STEP,
    "slowrun/records.csv": NO_STEP,
    "nanochat/records.csv": NO_STEP,
    "sn9_validator/*.csv": NO_LOSS,
    "sn9_validator/*.jsonl": REPLAY,
    "sn9_validator/*.json": "no reader knows this format",
    "reencoded/expected.json": "no reader knows this format",
    "README.md": "no reader knows this format",
}
"""Files -> how the reason begins."""


@pytest.mark.parametrize("files", READ)
def test_curves_are_read(files):
    """Every file of the kind is read, by the reader it belongs to, into so many curves without a flag."""
    paths = sorted(TRACES.glob(files))
    assert paths
    for path in paths:
        found = read_file(path)
        form, count = READ[files]
        assert len(found) == count, path
        for curve in found:
            assert isinstance(curve, Curve), (path, curve)
            assert curve.format == form
            assert len(curve)
            assert curve.flags == FLAGS.get(curve.run or path.name, ())


@pytest.mark.parametrize("files", REFUSED)
def test_what_is_no_curve_is_refused(files):
    """Tables of results and evaluations of validators are refused, and the reason says why."""
    paths = sorted(TRACES.glob(files))
    assert paths
    for path in paths:
        (found,) = read_file(path)
        assert isinstance(found, Refusal)
        assert found.reason.startswith(REFUSED[files]), (path, found.reason)


def expected(ending):
    """What is stated of a re-encoded file."""
    stated = json.loads((TRACES / "reencoded/expected.json").read_text(encoding="utf-8"))
    return next((TRACES / name, facts) for name, facts in stated.items() if ending in name)


def test_every_stated_fact_is_checked():
    """The statements below are all there are."""
    stated = json.loads((TRACES / "reencoded/expected.json").read_text(encoding="utf-8"))
    assert len(stated) == 6


@pytest.mark.parametrize("ending", ["train_loss.csv", "val_loss.csv"])
def test_reencoded_charts(ending):
    """Final losses by run, the number of runs and the last step."""
    path, facts = expected(ending)
    found = read_file(path)
    assert {curve.run: curve.final_loss for curve in found} == facts["final"]
    assert len(found) == facts.get("runs", 3)
    assert {curve.step[-1] for curve in found} == {facts.get("rows_last_step", 5100)}


def test_reencoded_lightning():
    """The final validation loss; steps count from 0 there, so the last one is 5,100."""
    path, facts = expected("metrics.csv")
    (curve,) = read_file(path)
    assert (curve.final_loss, curve.kind, curve.step[-1]) == (facts["final_val"], "validation", 5100)


def test_reencoded_event_file():
    """The final validation loss, and the number of scalars in the file."""
    from sim.traces.tidy import Given

    path, facts = expected("tensorboard")
    (curve,), (train,) = read_file(path), read_file(path, Given(kind="train"))
    assert curve.final_loss == facts["final_val"]
    assert len(curve) + len(train) == facts["scalars"]


def test_reencoded_parquet():
    """All rows, equal to the table in CSV that it was made of."""
    path, facts = expected("parquet")
    found = read_file(path)
    assert {len(curve) for curve in found} == {facts["rows"]}
    for curve, other in zip(found, read_file(TRACES / "olmo_ladder/1B-10xC.csv"), strict=True):
        np.testing.assert_array_equal(curve.loss, other.loss)
        np.testing.assert_array_equal(curve.tokens, other.tokens)


def test_reencoded_trainer_state():
    """The final evaluation."""
    path, facts = expected("pretrain_trainer_state")
    (curve,) = read_file(path)
    assert curve.final_loss == facts["final_eval"]
    assert curve.tokens[-1] == 2673868800


def test_formats_agree_on_one_run():
    """The run that stands in a chart, an event file and the table of all runs is one curve."""
    chart = read_file(TRACES / "reencoded/wandb_export_val_loss.csv")[0]
    (events,) = read_file(TRACES / "reencoded/tensorboard/events.out.tfevents.1730000000.host.0.0")
    table = next(c for c in read_file(TRACES / "modded_nanogpt/val_curves.csv") if c.run == "5abc0f8901")
    np.testing.assert_array_equal(chart.loss, events.loss)
    np.testing.assert_array_equal(chart.step, events.step)
    np.testing.assert_allclose(chart.loss, table.loss, atol=5e-5)
    assert events.seconds[-1] == pytest.approx(table.seconds[-1], abs=0.01)


def test_the_table_of_all_runs_is_what_it_says():
    """Every run of `val_curves.csv` has its rows and its last loss, which `runs.csv` states too."""
    found = {c.run: c for c in read_file(TRACES / "modded_nanogpt/val_curves.csv")}
    with (TRACES / "modded_nanogpt/runs.csv").open(newline="", encoding="utf-8") as file:
        runs = list(csv.DictReader(file))
    assert {run["run"] for run in runs} == found.keys()
    for run in runs:
        assert found[run["run"]].final_loss == float(run["final_val_loss"])
        if run["train_time_ms"]:
            assert found[run["run"]].seconds[-1] == pytest.approx(float(run["train_time_ms"]) / 1000)


def test_a_validators_histories():
    """Keys change from run to run; every model's evaluations are found, and those of the best model."""
    counts = {}
    for path in sorted((TRACES / "sn9_validator/wandb_history").glob("*.jsonl")):
        counts[path.stem] = {curve.run: len(curve) for curve in read_file(path)}
    assert counts["run01"] == {"uid 223": 1, "uid 255": 1}
    assert counts["run04"] == {"uid 223": 1, "uid 255": 1, "best_average_loss": 16}
    assert counts["run07"] == {"uid 223": 8, "uid 255": 8, "best_average_loss": 8}


def test_the_long_golden_run():
    """50,860 steps at about 1.45 seconds; "nan" afterwards is no divergence (README: H100, 1.43 to 1.45 s a step)."""
    (curve,) = read_file(TRACES / "megatron_golden/gpt3_15b_8t_release__dev_dgx_h100.json")
    assert (curve.step[-1], curve.flags) == (50860, ())
    assert curve.seconds[-1] / 50860 == pytest.approx(1.45, abs=0.05)
