"""Megatron-LM, Megatron-DeepSpeed and GPT-NeoX logs."""

import numpy as np
import pytest
from places import BESIDE
from text_logs import curve

from sim.traces.read import read_file
from sim.traces.tidy import Given

REAL = BESIDE / "traces" / "megatron_deepspeed"


def line(iteration: int, loss: str = "| lm loss: 8.5E+00 ", tokens: bool = True, time: str = "(s): 2.00") -> str:
    """A line of the training loop."""
    consumed = f"| consumed tokens: {iteration * 262144:12d} " if tokens else ""
    return (
        f" iteration {iteration:8d}/  148693 | consumed samples: {iteration * 128:12d} {consumed}| elapsed time per "
        f"iteration {time} | learning rate: 2.796E-05 | global batch size:   128 {loss}| loss scale: 12.0 | grad norm: "
        "4.036 | number of skipped iterations:   0 | number of nan iterations:   0 | samples per second: 37.068 |"
    )


def valid(iteration: int, loss: float) -> str:
    """A line of the validation."""
    return f" valid loss at iteration {iteration} | lm loss value: {loss:.6E} | lm loss PPL: 6.622557E+03 | "


def test_training_and_validation(tmp_path):
    """Validation counts; its tokens and times follow from the training lines around it."""
    lines = [valid(100, 8.8), line(200), valid(200, 7.9), valid(300, 7.7), line(400), valid(400, 7.6), valid(500, 7.5)]
    found = curve(tmp_path / "log", lines)
    assert (found.format, found.kind) == ("megatron", "validation")
    assert (found.step.tolist(), found.loss.tolist()) == ([100, 200, 300, 400, 500], [8.8, 7.9, 7.7, 7.6, 7.5])
    assert found.tokens == pytest.approx(found.step * 262144)
    assert found.seconds.tolist() == [200, 400, 600, 800, 1000]
    assert any("carried on at its rate" in warning for warning in found.warnings)
    assert found.flags == ("truncated",)
    assert not any("nan" in warning.lower() for warning in found.warnings)


def test_ranks_and_other_units(tmp_path):
    """A rank prefix, a time stamp, milliseconds and repeated lines change nothing."""
    lines = [
        f"{rank}: [2024-05-01 10:00:0{n}.123] {line(n, time='(ms): 2000.0').strip()}"
        for n in (1, 2, 3)
        for rank in (0, 7)
    ]
    found = curve(tmp_path / "log", lines)
    assert (found.kind, found.step.tolist(), found.seconds.tolist()) == ("train", [1, 2, 3], [2, 4, 6])
    assert "identical records (several ranks or a repeated line) dropped: 3" in found.warnings


def test_skipped_iterations_have_no_loss(tmp_path):
    """A line without `lm loss` gives its time and no point; overflows are told."""
    lines = [
        line(1),
        "[deepspeed] OVERFLOW! Rank 0 Skipping step.",
        "Grad overflow on iteration 2",
        line(2, loss=""),
        line(3),
    ]
    found = curve(tmp_path / "log", lines)
    assert (found.step.tolist(), found.seconds.tolist()) == ([1, 3], [2, 6])
    assert "iterations without a loss (skipped): 1 line" in found.warnings
    assert "overflow lines: 2 lines" in found.warnings


def test_a_nan_loss_is_a_divergence_and_the_counter_of_them_is_none(tmp_path):
    """`lm loss: nan` ends the run; `number of nan iterations` says nothing about it."""
    found = curve(
        tmp_path / "log", [line(1), line(2), line(3, loss="| lm loss: nan "), line(4, loss="| lm loss: NAN ")]
    )
    assert (len(found), found.flags) == (2, ("diverged", "truncated"))


def test_tokens_from_samples(tmp_path):
    """Samples become tokens by the sequence length that the log prints, or by the user's."""
    lines = [line(n, tokens=False) for n in (1, 2, 3)]
    assert np.isnan(curve(tmp_path / "log", lines).tokens).all()
    (told,) = read_file(tmp_path / "log", Given(sequence_length=1024))
    assert told.tokens.tolist() == [131072, 262144, 393216]
    head = ["  seq_length ...................................... 2048", "  seed ............................... 1234"]
    found = curve(tmp_path / "log", head + lines)
    assert (found.tokens.tolist(), found.seed) == ([262144, 524288, 786432], 1234)


def test_neox(tmp_path):
    """GPT-NeoX writes `lm_loss` and `validation results at`."""
    lines = [
        f" samples/sec: 32.1 | iteration {n:8d}/  320000 | elapsed time per iteration (ms): 500.0 | learning rate: 6 |"
        f" approx flops per GPU: 38.0TFLOPS | lm_loss: {9 - n / 100:.6E} | loss scale: 32768.0 | number of skipped "
        "iterations:   0 | number of nan iterations:   0 |"
        for n in (10, 20, 30)
    ]
    rule = "-" * 90
    evaluated = " validation results at iteration 30 | lm_loss value: 8.8E+00 | lm_loss_ppl value: 6.6E+03 | "
    assert curve(tmp_path / "log", lines).loss.tolist() == [8.9, 8.8, 8.7]
    found = curve(tmp_path / "log", [*lines, rule, evaluated, rule])
    assert (found.kind, found.loss.tolist(), found.seconds.tolist()) == ("validation", [8.8], [15])


def test_ends_of_training(tmp_path):
    """The last validation belongs to the last iteration; the test set is another set."""
    lines = [
        line(1),
        line(2),
        " validation loss at iteration 2 on validation set | lm loss value: 7.7E+00 | lm loss PPL: 2.2E+03 | ",
        line(3),
        " validation loss at the end of training for val data | lm loss value: 7.5E+00 | lm loss PPL: 1.8E+03 | ",
        " validation loss at iteration 3 on test set | lm loss value: 1.0E+00 | lm loss PPL: 2.7E+00 | ",
    ]
    found = curve(tmp_path / "log", lines)
    assert (found.step.tolist(), found.loss.tolist()) == ([2, 3], [7.7, 7.5])
    assert "losses on the test set left out: 1 line" in found.warnings


def test_a_growing_batch(tmp_path):
    """Where the batch grows, tokens between two lines lie between theirs, and go on at the last rate after them."""
    big = [line(n).replace(f"{n * 262144:12d}", f"{400 * 262144 + (n - 400) * 524288:12d}") for n in (600, 800)]
    lines = [line(200), line(400), valid(500, 8), *big, valid(700, 7), valid(900, 6)]
    found = curve(tmp_path / "log", lines)
    assert found.tokens == pytest.approx([157286400, 262144000, 400 * 262144 + 500 * 524288])


def test_a_restart(tmp_path):
    """Iterations done again replace those before; their time counts once."""
    lines = [line(n, loss=f"| lm loss: {n}.0E+00 ") for n in (1, 2, 3, 4)]
    lines += [line(n, loss=f"| lm loss: {n}.5E+00 ") for n in (3, 4, 5)]
    found = curve(tmp_path / "log", lines)
    assert (found.loss.tolist(), found.seconds.tolist()) == ([1, 2, 3.5, 4.5, 5.5], [2, 4, 6, 8, 10])
    assert "restarted" in found.flags


@pytest.mark.parametrize(("planned", "flags"), [(30, ()), (35, ()), (40, ("truncated",)), (99, ("truncated",))])
def test_a_last_iteration_that_is_not_printed_is_no_cut(tmp_path, planned, flags):
    """With a line every ten iterations the run of 35 ends with the line of 30; that of 40 lacks one."""
    lines = [line(n).replace("148693", str(planned)) for n in (10, 20, 30)]
    assert curve(tmp_path / "log", lines).flags == flags


def test_every_real_log():
    """All 15 logs are validation curves in order, with tokens and times at every point, and end before their plan."""
    paths = sorted(REAL.glob("*.log"))
    if not paths:
        pytest.skip("the real logs stand beside the checkout, and are not there")
    assert len(paths) == 15
    for path in paths:
        (found,) = read_file(path)
        lines = [text for text in path.read_text().splitlines() if "valid loss" in text]
        assert (found.format, found.kind, len(found)) == ("megatron", "validation", len(lines)), path.name
        assert found.final_loss == float(lines[-1].split("value: ")[1].split()[0]), path.name
        assert (np.diff(found.tokens) > 0).all(), path.name
        assert (np.diff(found.seconds) > 0).all(), path.name
        assert found.flags == ("truncated",), path.name
        assert found.tokens[0] == found.step[0] * 262144, path.name
