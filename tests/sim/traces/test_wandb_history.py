"""JSON lines: partial rows, several names, numbers as words; W&B's histories, validators' and one's own."""

import json

import numpy as np
import pytest
from table_files import curve, read, refusal

from sim.traces.tidy import Given


def lines(*rows):
    """The bytes of JSON lines."""
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows).encode()


def test_rows_of_one_step_are_one(tmp_path):
    """W&B spreads a step over rows; its clock and loss may stand in different ones."""
    found = curve(
        tmp_path,
        lines({"_step": 0, "val/loss": 9}, {"_step": 0, "_runtime": 5}, {"_step": 3, "val/loss": 8, "_runtime": 7}),
    )
    assert (found.format, found.step.tolist()) == ("wandb-history", [0, 3])
    assert (found.loss.tolist(), found.seconds.tolist()) == ([9, 8], [5, 7])
    assert any("_step counts calls" in warning for warning in found.warnings)


@pytest.mark.parametrize("key", ["trainer/global_step", "train/global_step", "iter", "step"])
def test_optimiser_steps_before_calls(tmp_path, key):
    """Where the trainer logs its own step, W&B's count is not used."""
    found = curve(tmp_path, lines({"_step": 0, key: 100, "val/loss": 9}, {"_step": 1, key: 200, "val/loss": 8}))
    assert found.step.tolist() == [100, 200]
    assert not any("_step counts calls" in warning for warning in found.warnings)


@pytest.mark.parametrize("word", ["NaN", '"NaN"', "Infinity", '"Infinity"', "-Infinity"])
def test_lost_losses_as_words(tmp_path, word):
    """NaN and Infinity, bare or as strings, are losses that were lost."""
    found = curve(tmp_path, lines({"_step": 0, "loss": 9}, f'{{"_step": 1, "loss": {word}}}'))
    assert (found.loss.tolist(), found.flags) == ([9], ("diverged",))


def test_keys_that_change_their_names(tmp_path):
    """A loss that is called otherwise later on is still the loss; of two names in a row the plainer one counts."""
    found = curve(
        tmp_path,
        lines({"_step": 0, "loss": 9}, {"_step": 1, "train/loss": 8, "loss": 1}, {"_step": 2, "train_loss_epoch": 7}),
    )
    assert found.loss.tolist() == [9, 8, 7]


def test_objects_in_objects_and_null(tmp_path):
    """`{"eval": {"loss": 9}}` is `eval/loss`; null is no value."""
    found = curve(
        tmp_path,
        lines({"step": 1, "eval": {"loss": 9}}, {"step": 2, "eval": {"loss": None}}, {"step": 3, "eval": {"loss": 7}}),
    )
    assert (found.format, found.step.tolist(), found.kind) == ("json-lines", [1, 3], "validation")


def test_times_of_the_clock(tmp_path):
    """`_runtime` counts from the start; without it `_timestamp` does, from the first row."""
    found = curve(
        tmp_path, lines({"_step": 0, "loss": 9, "_timestamp": 1.7e9}, {"_step": 1, "loss": 8, "_timestamp": 1.7e9 + 30})
    )
    assert found.seconds.tolist() == [0, 30]


def test_other_lines_are_left_out(tmp_path):
    """Lines that are no objects are counted; a torn last one marks the file as cut."""
    found = curve(
        tmp_path, lines({"step": 1, "loss": 9}, "Traceback:", "[1]", {"step": 2, "loss": 8}) + b'{"step": 3, "lo'
    )
    assert found.step.tolist() == [1, 2]
    assert "lines that are no JSON object left out: 2 lines" in found.warnings
    assert found.flags == ("truncated",)


def test_evaluation_sets_are_runs(tmp_path):
    """One run per set, named by it, each with its own steps."""
    rows = [{"step": 1, "eval/c4/loss": 9, "eval/pile/loss": 8}, {"step": 2, "eval/c4/loss": 7}]
    found = read(tmp_path, lines(*rows))
    assert [(c.run, c.step.tolist()) for c in found] == [("c4", [1, 2]), ("pile", [1])]


@pytest.mark.parametrize("key", ["average_loss/{}", "avg_losses/{}", "{}"])
def test_a_validators_history_is_a_run_per_model(tmp_path, key):
    """The names that Subnet 9's validators used for a model's loss; that it is no training is said."""
    rows = [
        {"win_per_step/7": 0.5, key.format(7): 3.8, key.format(9): 3.9, "_step": 0, "_runtime": 1},
        {"best_average_loss": 3.7, "best_average_loss_uid": 7, "_step": 1, "_runtime": 2},
        {key.format(7): 3.7, "_step": 2, "_runtime": 3},
    ]
    found = {c.run: c for c in read(tmp_path, lines(*rows))}
    assert {name: c.loss.tolist() for name, c in found.items()} == {
        "uid 7": [3.8, 3.7], "uid 9": [3.9], "best_average_loss": [3.7]}  # fmt: skip
    assert any("no training" in warning for warning in found["uid 7"].warnings)


def test_a_validators_steps_are_refused_with_the_way_to_read_them(tmp_path):
    """Evaluations of many models are a race, which `replay` reads."""
    row = {"7": {"loss": 3.8, "Win Percentage": 0.7}, "best_average_loss": 3.8, "best_average_loss_uid": 7}
    assert "steepest replay" in refusal(tmp_path, lines(row, row))


@pytest.mark.parametrize("rows", [[{"a": 1}], [{"_step": 1, "lr": 0.1}], [{"_step": 1, "losses": [1, 2]}]])
def test_lines_without_a_loss_are_refused(tmp_path, rows):
    """JSON lines without a loss are no log."""
    assert refusal(tmp_path, lines(*rows)) == "JSON lines without a loss (val_loss, train/loss, loss ...)"


def test_hostile_numbers(tmp_path):
    """Whole numbers without end, true and false, and lists are no losses."""
    endless = [f'{{"_step": 1, "loss": {"9" * digits}}}' for digits in (400, 5000)]
    none = [{"_step": 3, "loss": True}, {"_step": 4, "loss": [1]}]
    data = lines({"_step": 0, "loss": 9}, *endless, *none, {"_step": 5, "loss": 8})
    found = curve(tmp_path, data)
    assert found.step.tolist() == [0, 5]
    assert np.isfinite(found.loss).all()


def test_nesting_without_end_is_no_row(tmp_path):
    """Objects nested deeper than the parser goes are refused."""
    assert refusal(tmp_path, b'{"a":' * 100_000 + b"\n") == "no reader knows this format"


def test_training_for_who_asks(tmp_path):
    """The user's kind goes before validation."""
    data = lines({"step": 1, "train/loss": 9, "val/loss": 8})
    assert curve(tmp_path, data, Given(kind="train")).loss.tolist() == [9]
