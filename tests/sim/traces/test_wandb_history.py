"""JSON lines: partial rows, several names, numbers as words; W&B's histories, validators' and one's own."""

import json

import numpy as np
import pytest
from table_files import curve, read


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


def test_times_of_the_clock(tmp_path):
    """`_runtime` counts from the start; without it `_timestamp` does, from the first row."""
    found = curve(
        tmp_path, lines({"_step": 0, "loss": 9, "_timestamp": 1.7e9}, {"_step": 1, "loss": 8, "_timestamp": 1.7e9 + 30})
    )
    assert found.seconds.tolist() == [0, 30]


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


def test_hostile_numbers(tmp_path):
    """Whole numbers without end, true and false, and lists are no losses."""
    endless = [f'{{"_step": 1, "loss": {"9" * digits}}}' for digits in (400, 5000)]
    none = [{"_step": 3, "loss": True}, {"_step": 4, "loss": [1]}]
    data = lines({"_step": 0, "loss": 9}, *endless, *none, {"_step": 5, "loss": 8})
    found = curve(tmp_path, data)
    assert found.step.tolist() == [0, 5]
    assert np.isfinite(found.loss).all()
