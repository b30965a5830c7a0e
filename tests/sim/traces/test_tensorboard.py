"""Event files: framing, checksums, simple values and tensors, tags."""

import struct

import numpy as np
import pytest
from event_files import block, double, event, event_file, framed, simple
from table_files import curve, read, refusal

from sim.traces.tidy import Given


def floats(*values):
    """32-bit numbers as bytes."""
    return struct.pack(f"<{len(values)}f", *values)


def losses(tag="train/loss", count=5):
    """Payloads of a run's events, ten seconds apart."""
    return [event(1.7e9 + 10 * n, n, simple(tag, 9.0 - n)) for n in range(count)]


def test_simple_values(tmp_path):
    """Step, loss and the time since the first record; step 0 is not written, as protocol buffers do."""
    found = curve(tmp_path, event_file(*losses()))
    assert (found.format, found.kind) == ("tensorboard", "train")
    assert found.step.tolist() == [0, 1, 2, 3, 4]
    assert found.loss.tolist() == [9, 8, 7, 6, 5]
    assert found.seconds.tolist() == [0, 10, 20, 30, 40]


def test_floats_are_the_shortest_decimals(tmp_path):
    """3.2858 stored in 32 bits is 3.2858, not 3.2857999801635742."""
    assert curve(tmp_path, event_file(event(1.7e9, 1, simple("loss", 3.2858)))).loss.tolist() == [3.2858]


def test_validation_and_training_tags(tmp_path):
    """Validation before training; sets apart; the tags that count samples are left out and said to be."""
    values = [simple("lm loss", 9), simple("lm loss validation", 8), simple("lm loss vs samples", 7), simple("lr", 1)]
    data = event_file(*(event(1.7e9 + n, n, *values) for n in range(1, 4)))
    found = curve(tmp_path, data)
    assert (found.kind, found.loss.tolist()) == ("validation", [8, 8, 8])
    assert "values counted in samples or tokens, not in steps, left out: 3 lines" in found.warnings
    assert curve(tmp_path, data, Given(kind="train")).loss.tolist() == [9, 9, 9]
    sets = event_file(event(1.7e9, 5, simple("eval/c4/loss", 9), simple("eval/pile/loss", 8)))
    assert [(c.run, c.final_loss) for c in read(tmp_path, sets)] == [("c4", 9), ("pile", 8)]


@pytest.mark.parametrize("lost", [1, 4, 5, 11, 20])
def test_a_cut_last_record_is_left_out(tmp_path, lost):
    """A crashed run ends within a record."""
    data = event_file(*losses())
    found = curve(tmp_path, data[:-lost])
    assert (found.step.tolist(), found.flags) == ([0, 1, 2, 3], ("truncated",))
    assert "torn last record left out: 1 line" in found.warnings


def test_other_records_in_the_same_frames_are_not_event_files(tmp_path):
    """TensorFlow's records of examples have the frames, but no time in them."""
    assert refusal(tmp_path, framed(block(1, b"features")) * 3) == "is binary, and no known event or table file"


def test_negative_steps_lost_losses_and_a_restart(tmp_path):
    """Steps may be negative; NaN at the end is divergence; a run that went on from an earlier step restarted."""
    values = [(-1, 9.0), (1, 8.0), (2, 7.0), (1, 7.5), (2, 6.5), (3, np.nan)]
    found = curve(tmp_path, event_file(*(event(1.7e9 + n, s, simple("loss", v)) for n, (s, v) in enumerate(values))))
    assert (found.step.tolist(), found.loss.tolist()) == ([-1, 1, 2], [9, 7.5, 6.5])
    assert set(found.flags) == {"restarted", "diverged"}


def test_a_file_without_events_is_refused(tmp_path):
    """Only a version, or no loss among the tags."""
    assert "without a loss" in refusal(tmp_path, event_file())
    assert "without a loss" in refusal(tmp_path, event_file(event(1.7e9, 1, simple("lr", 0.1)), double(1, 2.0)))


def test_tags_of_megatron_deepspeed(tmp_path):
    """They stand in a folder of their own."""
    values = [simple("lm-loss-training/lm loss", 9), simple("lm-loss-validation/lm loss validation", 8)]
    assert curve(tmp_path, event_file(event(1.7e9, 1, *values))).loss.tolist() == [8]
