"""What columns, tags and keys are called, and what they mean."""

import numpy as np
import pytest
from table_files import curve, refusal

from sim.traces.tidy import Given


def rows(text):
    """The bytes of a table, written with one `|` per line end."""
    return text.replace("|", "\n").encode() + b"\n"


@pytest.mark.parametrize(
    "name",
    [
        "step",
        "_step",
        "Step",
        "iter",
        "iteration",
        "global_step",
        "trainer/global_step",
        "Global Step",
        "s",
        "TRAIN/GLOBAL-STEP",
    ],
)
def test_names_of_the_step(tmp_path, name):
    """The step has many names; case, `/`, `_`, `-` and space are no difference."""
    assert curve(tmp_path, rows(f"{name},loss|1,9.5|20,8.25")).step.tolist() == [1, 20]


@pytest.mark.parametrize(
    "name",
    [
        "val_loss",
        "eval_loss",
        "validation loss",
        "lm loss validation",
        "test loss",
        "Loss/val",
        "eval/loss",
        "valid-nll",
    ],
)
def test_names_of_a_validation_loss(tmp_path, name):
    """Validation losses are known by their names, and are nats."""
    found = curve(tmp_path, rows(f"step,{name}|1,9.5|20,8.25"))
    assert (found.kind, found.unit, found.loss.tolist()) == ("validation", "nats", [9.5, 8.25])


@pytest.mark.parametrize("name", ["loss", "train_loss", "lm loss", "Train/Loss", "training loss", "loss/train"])
def test_names_of_a_training_loss(tmp_path, name):
    """Training losses are known by their names; that no validation loss was there is said."""
    found = curve(tmp_path, rows(f"step,{name}|1,9.5|20,8.25"))
    assert found.kind == "train"
    assert "no validation loss in the log: the training loss is used" in found.warnings


@pytest.mark.parametrize(
    "name",
    ["tokens", "total_tokens", "consumed_tokens", "throughput/total_tokens", "num_input_tokens_seen", "n_tokens"],
)
def test_names_of_the_tokens(tmp_path, name):
    """Tokens are known by their names; a table may have no other count, and is then numbered."""
    found = curve(tmp_path, rows(f"{name},loss|1000,9.5|2000,8.25"))
    assert found.tokens.tolist() == [1000, 2000]
    assert found.step.tolist() == [1, 2]
    assert curve(tmp_path, rows(f"{name},loss|1000,9.5|2000,8.25"), Given(tokens_per_step=500)).step.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("train_time_ms", 0.09),
        ("train_time (ms)", 0.09),
        ("elapsed_s", 90),
        ("seconds", 90),
        ("ms", 0.09),
        ("_runtime", 90),
        ("Relative Time (Process)", 90),
        ("time (min)", 5400),
        ("hours", 324000),
    ],
)
def test_a_unit_in_the_name_decides(tmp_path, name, seconds):
    """A column of times that says its unit is in that unit."""
    found = curve(tmp_path, rows(f"step,{name},loss|1,0,9.5|20,90,8.25"))
    assert found.seconds.tolist() == pytest.approx([0, seconds])
    assert not any("unit of time" in warning for warning in found.warnings)


@pytest.mark.parametrize("name", ["train_time", "elapsed", "time", "wall_time"])
def test_a_time_without_unit_is_unknown_until_it_is_given(tmp_path, name):
    """Times without a unit are NaN and asked for; the user's unit makes them seconds."""
    data = rows(f"step,{name},loss|1,30,9.5|20,90,8.25")
    found = curve(tmp_path, data)
    assert np.isnan(found.seconds).all()
    assert "the unit of time is not in the log and was not given (time unit)" in found.warnings
    assert curve(tmp_path, data, Given(time_unit="min")).seconds.tolist() == [1800, 5400]


def test_other_losses_are_not_the_loss(tmp_path):
    """Averages, auxiliary and final losses are not read as points."""
    found = curve(
        tmp_path, rows("step,val_ema_loss,val_loss,aux_loss,final_val_loss,val_avg_loss|1,1,9,1,1,1|2,1,8,1,1,1")
    )
    assert found.loss.tolist() == [9, 8]
    assert "without a column of losses" in refusal(tmp_path, rows("step,val_ema_loss,aux_loss|1,1,9|2,1,8"))
