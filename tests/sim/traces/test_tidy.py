"""The rules that hold for every log: which loss counts, units, and what the user states."""

import numpy as np
import pytest
from table_files import curve, refusal

from sim.traces.tidy import Given


def rows(text):
    """The bytes of a table, written with one `|` per line end."""
    return text.replace("|", "\n").encode() + b"\n"


def test_validation_is_taken_before_training_and_gaps_are_no_points(tmp_path):
    """A row without a validation loss is no point of its curve."""
    found = curve(tmp_path, rows("step,train_loss,val_loss|1,9.5,|2,9.0,8.5|3,8.0,|4,7.5,7"))
    assert (found.step.tolist(), found.loss.tolist()) == ([2, 4], [8.5, 7.0])


def test_perplexity_becomes_nats_and_bits_per_byte_stay_unless_told(tmp_path):
    """ln of a perplexity is nats; bits per byte need the bytes of a token."""
    assert curve(tmp_path, rows("step,ppl|1,100|2,20")).loss.tolist() == pytest.approx([np.log(100), np.log(20)])
    data = rows("step,val_bpb|1,2.0|2,1.5")
    assert (curve(tmp_path, data).unit, curve(tmp_path, data).loss.tolist()) == ("bpb", [2.0, 1.5])
    nats = curve(tmp_path, data, Given(bytes_per_token=4.0))
    assert (nats.unit, nats.loss.tolist()) == ("nats", pytest.approx([8 * np.log(2), 6 * np.log(2)]))
    both = curve(tmp_path, rows("step,val_bpb,val_loss|1,2.0,6|2,1.5,5"))
    assert (both.unit, both.loss.tolist()) == ("nats", [6, 5])


def test_a_bare_loss_is_what_the_user_says(tmp_path):
    """`loss` is training loss unless the user calls it validation."""
    data = rows("step,lr,loss|1,0.1,9|2,0.1,8")
    assert curve(tmp_path, data).kind == "train"
    assert curve(tmp_path, data, Given(kind="validation")).kind == "validation"
    assert "has no loss in it" in refusal(tmp_path, rows("step,train_loss|1,9|2,8"), Given(kind="validation"))


def test_samples_become_tokens_by_the_length_of_a_sequence(tmp_path):
    """Samples alone are not tokens; with the length of a sequence they are."""
    data = rows("step,consumed samples,loss|1,64,9|2,128,8")
    assert np.isnan(curve(tmp_path, data).tokens).all()
    assert curve(tmp_path, data, Given(sequence_length=1024)).tokens.tolist() == [65536, 131072]


def test_a_restart_keeps_the_last_of_each_step(tmp_path):
    """Repeated steps with other losses are a restart; the later ones count."""
    found = curve(tmp_path, rows("step,seconds,val_loss|1,10,9|2,20,8|3,30,7|2,5,7.5|3,15,6.5|4,25,6"))
    assert (found.step.tolist(), found.loss.tolist()) == ([1, 2, 3, 4], [9, 7.5, 6.5, 6])
    assert found.flags == ("restarted",)
    assert found.seconds.tolist() == [10, 35, 45, 55]
