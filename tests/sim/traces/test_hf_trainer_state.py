"""Hugging Face's trainer state: a list of entries of several kinds."""

import json

import numpy as np
import pytest
from table_files import curve, read, refusal

from sim.traces.reading import json_text
from sim.traces.tidy import Given


def state(*entries, **facts):
    """The bytes of a trainer state."""
    return json.dumps({"epoch": 1.0, "global_step": 40, "log_history": list(entries), **facts}).encode()


LOSSES = [{"loss": 9.0, "step": 10, "learning_rate": 1e-4}, {"eval_loss": 8.5, "eval_runtime": 12.0, "step": 20},
          {"loss": 8.0, "step": 20}, {"loss": 7.0, "step": 40}, {"eval_loss": 7.5, "step": 40}]  # fmt: skip


def test_evaluations_are_the_curve(tmp_path):
    """`eval_loss` is a validation loss; without any, the mean training losses are, and that they lag is said."""
    found = curve(tmp_path, state(*LOSSES))
    assert (found.kind, found.step.tolist(), found.loss.tolist()) == ("validation", [20, 40], [8.5, 7.5])
    train = curve(tmp_path, state(*(entry for entry in LOSSES if "loss" in entry)))
    assert (train.kind, train.loss.tolist()) == ("train", [9, 8, 7])
    assert "the loss is the mean since the entry before, so it lags: 3 lines" in train.warnings


def test_the_summary_is_no_point(tmp_path):
    """The last entry's `train_loss` is the mean of the run."""
    summary = {"train_loss": 8.1, "train_runtime": 100.0, "total_flos": 1e18, "step": 40}
    assert curve(tmp_path, state(*LOSSES, summary), Given(kind="train")).loss.tolist() == [9, 8, 7]


def test_several_sets_are_several_runs(tmp_path):
    """`eval_<set>_loss` is one run per set, named; a single set is the run."""
    entries = [
        {"eval_c4_loss": 9, "eval_c4_runtime": 1, "step": 1},
        {"eval_wiki_loss": 8, "step": 1},
        {"eval_c4_loss": 7, "step": 2},
    ]
    found = read(tmp_path, state(*entries))
    assert [(c.run, c.dataset, c.loss.tolist()) for c in found] == [("c4", "c4", [9, 7]), ("wiki", "wiki", [8])]
    one = curve(tmp_path, state(entries[0]))
    assert (one.run, one.dataset) == ("", "c4")


def test_bare_nan(tmp_path):
    """The file may hold NaN, which JSON has not."""
    found = curve(tmp_path, state({"loss": 9, "step": 1}, {"loss": np.nan, "step": 2}))
    assert (found.loss.tolist(), found.flags) == ([9], ("diverged",))


def test_planned_steps(tmp_path):
    """A run that ends before `max_steps` is truncated; what its last entry of any kind says counts."""
    assert curve(tmp_path, state(*LOSSES, max_steps=41)).flags == ("truncated",)
    assert curve(tmp_path, state(*LOSSES, {"loss": 6.9, "step": 41}, max_steps=41)).flags == ()


@pytest.mark.parametrize(("total", "tokens"), [(4000, [2000, 4000]), (0, [np.nan, np.nan])])
def test_tokens_of_the_state(tmp_path, total, tokens):
    """The state's tokens are spread over its steps; 0 means that they were not counted."""
    np.testing.assert_array_equal(curve(tmp_path, state(*LOSSES, num_input_tokens_seen=total)).tokens, tokens)


def test_tokens_of_the_entries(tmp_path):
    """Tokens in the entries go before the total."""
    entries = [
        {"loss": 9, "step": 10, "num_input_tokens_seen": 700},
        {"loss": 8, "step": 40, "num_input_tokens_seen": 1000},
    ]
    assert curve(tmp_path, state(*entries, num_input_tokens_seen=4000)).tokens.tolist() == [700, 1000]


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_cut_file_gives_its_whole_entries(tmp_path, share):
    """What stands before the cut is read, and the curve is marked."""
    entries = [{"loss": 9 - step / 100, "step": step} for step in range(1, 101)]
    data = state(*entries)
    found = curve(tmp_path, data[: int(share * len(data))])
    assert found.flags == ("truncated",)
    assert 30 < len(found) < 100
    assert found.loss.tolist() == [9 - step / 100 for step in range(1, len(found) + 1)]


def test_what_is_no_history_is_refused(tmp_path):
    """A history that is no list, or without losses, gives no curve."""
    assert "its log_history is no list" in refusal(tmp_path, b'{"log_history": {"loss": 3}}')
    assert "has no loss in it" in refusal(tmp_path, state({"epoch": 1}, 7, "x"))


def test_json_is_read_up_to_a_size(tmp_path, monkeypatch):
    """A larger file is refused, and the size is said."""
    monkeypatch.setattr(json_text, "MOST_BYTES", 1 << 20)
    data = state(*LOSSES, padding="x" * (1 << 20))
    assert refusal(tmp_path, data) == "is JSON of more than 1 MiB, which is the most that is read at once"
