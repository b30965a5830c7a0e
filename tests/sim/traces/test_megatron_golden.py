"""Megatron-LM's golden values: series of steps and numbers or "nan"."""

import json

import numpy as np
from table_files import curve, refusal


def golden(**series):
    """The bytes of a file with these series; `lm_loss` is `lm loss`, `time` is `iteration-time`."""
    named = {"lm_loss": "lm loss", "time": "iteration-time"}
    return json.dumps(
        {
            named.get(name, name): {"start_step": 1, "end_step": 100, "step_interval": 5, "values": values}
            for name, values in series.items()
        }
    ).encode()


def test_nan_after_the_last_step_was_not_run(tmp_path):
    """Trailing "nan"s are no points and no divergence; one inside is a loss that was lost."""
    found = curve(tmp_path, golden(lm_loss={"1": 9.5, "5": "nan", "10": 8.5, "15": "nan", "20": "nan"}))
    assert (found.step.tolist(), found.loss.tolist(), found.flags) == ([1, 10], [9.5, 8.5], ())
    assert '"nan" after the last step of lm loss: not run: 2 lines' in found.warnings
    assert "NaN or inf losses within the run dropped: 1" in found.warnings


def test_times_of_single_iterations_stand_for_those_between(tmp_path):
    """Seconds by a step are those of the iterations before it, each as long as the next that was timed."""
    found = curve(tmp_path, golden(lm_loss={"1": 9, "5": 8, "10": 7, "15": 6}, time={"1": "nan", "5": 2.0, "10": 1.0}))
    assert found.seconds.tolist() == [2, 10, 15, 20]


def test_steps_are_sorted_as_numbers(tmp_path):
    """Keys are text, in any order."""
    assert curve(tmp_path, golden(lm_loss={"100": 7, "20": 8, "3": 9})).step.tolist() == [3, 20, 100]


def test_older_files_hold_lists(tmp_path):
    """A list has a value every `step_interval` from `start_step` on."""
    found = curve(tmp_path, golden(lm_loss=[9, 8, 7]))
    assert (found.step.tolist(), found.loss.tolist()) == ([1, 6, 11], [9, 8, 7])
    assert np.isnan(found.seconds).all()


def test_other_series_are_passed_over(tmp_path):
    """A file without a loss is refused."""
    assert "has no loss in it" in refusal(tmp_path, golden(time={"1": 2.0}, num_zeros={"1": 12}))
