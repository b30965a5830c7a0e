"""nanoGPT consoles, and those of the GPT-2 lecture."""

import numpy as np
import pytest
from text_logs import PROGRAM, curve

from sim.traces.read import read_file
from sim.traces.tidy import Given

CONSOLE = """tokens per iteration will be: 491,520
number of parameters: 123.59M
step 0: train loss 10.9886, val loss 10.9898
iter 0: loss 10.9877, time 1000.00ms, mfu -100.00%
iter 1: loss 10.5000, time 200.00ms, mfu 28.00%
iter 2: loss 10.0000, time 200.00ms, mfu 28.00%
step 3: train loss 9.4291, val loss 9.4888
saving checkpoint to out
iter 3: loss 9.4312, time 700.00ms, mfu 28.10%
"""


def test_console(tmp_path):
    """Validation is on `step` lines; time is what the iterations before took; tokens follow from the printed batch."""
    found = curve(tmp_path / "log", CONSOLE)
    assert (found.format, found.kind) == ("nanogpt", "validation")
    assert (found.step.tolist(), found.loss.tolist()) == ([0, 3], [10.9898, 9.4888])
    assert found.seconds == pytest.approx([0.0, 1.4])
    assert found.tokens.tolist() == [0, 3 * 491520]
    assert found.parameters == 123.59e6


def test_training_loss_of_both_kinds_of_lines(tmp_path):
    """Of the two training losses of a step, one batch's and the estimate, the later line's is kept."""
    (tmp_path / "log").write_text(CONSOLE)
    (found,) = read_file(tmp_path / "log", Given(kind="train"))
    assert found.loss.tolist() == [10.9877, 10.5, 10.0, 9.4312]


def test_iterations_that_are_not_printed_took_the_usual_time(tmp_path):
    """With a line every ten iterations the time of an evaluation is counted once, not ten times."""
    lines = [
        f"iter {n}: loss {9 - n / 100:.4f}, time {2000 if n == 20 else 100}.00ms, mfu 28.00%" for n in range(0, 60, 10)
    ]
    found = curve(tmp_path / "log", lines)
    assert found.seconds == pytest.approx([0, 1, 2, 4.9, 5.9, 6.9])
    assert any(warning.startswith("step times taken") for warning in found.warnings)


def test_validation_on_a_line_of_its_own(tmp_path):
    """A record may stretch over two lines."""
    lines = [text for n in (0, 250) for text in (f"step {n}: train loss {5 - n / 100}", f"val loss {6 - n / 100}")]
    found = curve(tmp_path / "log", lines)
    assert (found.step.tolist(), found.loss.tolist()) == ([0, 250], [6, 3.5])


def test_lecture_console(tmp_path):
    """The lecture's console has bars or commas, and validation on lines of their own."""
    lines = [
        "total desired batch size: 524288",
        "validation loss: 10.9509",
        "step     0 | loss: 10.955029 | lr 8.5667e-07 | norm: 15.2931 | dt: 1000.00ms | tok/sec: 524288.00",
        "step     1 | loss: 9.600000 | lr 1.7e-06 | norm: 8.2 | dt: 500.00ms | tok/sec: 1048576.00",
        "validation loss: 9.5000",
        "step     2, loss: 9.1, dt: 500.00ms, tok/sec: 1048576.00",
    ]
    found = curve(tmp_path / "log", lines)
    assert (found.step.tolist(), found.loss.tolist()) == ([0, 1], [10.9509, 9.5])
    assert found.seconds == pytest.approx([0, 1])
    assert found.tokens.tolist() == [0, 524288]


def test_lecture_log(tmp_path):
    """The lecture's log file has three words a line; accuracies are no losses."""
    lines = ["0 val 10.9509", "0 hella 0.2463", "0 train 10.955029", "1 train 10.5", "250 val 6.1", "250 hella 0.25"]
    found = curve(tmp_path / "log", lines)
    assert (found.kind, found.step.tolist(), found.loss.tolist()) == ("validation", [0, 250], [10.9509, 6.1])


def test_other_output_around(tmp_path):
    """A program before the log and more words after the losses do no harm."""
    lines = [f"step {n}: train loss 4.3, val loss 4.{n}, mem 714.0 MiB @ 00 00:00:00.000" for n in range(1, 5)]
    found = curve(tmp_path / "log", [*PROGRAM, *lines])
    assert found.loss.tolist() == [4.1, 4.2, 4.3, 4.4]


def test_losses_in_other_spellings(tmp_path):
    """Decimal commas and losses that are nan are read as such."""
    found = curve(
        tmp_path / "log", ["step 0: train loss 4,3358, val loss 4,332", "step 1: train loss nan, val loss nan"]
    )
    assert found.loss.tolist() == [4.332]
    assert "diverged" in found.flags
    assert np.isnan(found.final_loss)
