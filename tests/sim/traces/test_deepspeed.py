"""DeepSpeed logs."""

from math import log

import numpy as np
import pytest
from text_logs import curve

from sim.traces.read import read_file
from sim.traces.tidy import Given


def step(number: int, second: int) -> list[str]:
    """The two lines that DeepSpeed prints at a step."""
    stamp = f"[2023-04-18 01:46:{second:02d},142] [INFO]"
    at = f"epoch=0/micro_step={number}/global_step={number}"
    return [
        f"{stamp} [logging.py:96:log_dist] [Rank 0] step={number}, skipped=6, lr=[9.65e-06], mom=[(0.9, 0.95)]",
        f"{stamp} [timer.py:199:stop] {at}, RunningAvgSamplesPerSec=173.4, CurrSamplesPerSec=170.1, MemAllocated=4.3GB",
    ]


def test_losses_belong_to_the_latest_step(tmp_path):
    """Losses stand on lines of their own; perplexities become nats; seconds are the clock's."""
    lines = [
        "***** Evaluating perplexity, Epoch 0/1 *****",
        "ppl: 4998.29",
        *step(10, 0),
        "loss: 7.5",
        *step(20, 30),
        "loss: 6.5",
        "***** Evaluating perplexity, Epoch 1/1 *****",
        "ppl: 148.4",
    ]
    found = curve(tmp_path / "log", lines)
    assert (found.format, found.kind) == ("deepspeed", "validation")
    assert found.step.tolist() == [0, 20]
    assert found.loss == pytest.approx([log(4998.29), log(148.4)])
    assert found.seconds[1] == 30
    assert "perplexities turned into nats: 2 lines" in found.warnings
    (train,) = read_file(tmp_path / "log", Given(kind="train"))
    assert (train.step.tolist(), train.loss.tolist()) == ([10, 20], [7.5, 6.5])


def test_overflows_are_told(tmp_path):
    """`OVERFLOW!` lines are counted, and are no losses."""
    over = "[2023-04-18 01:46:59,142] [INFO] [loss_scaler.py:183] [deepspeed] OVERFLOW! Rank 0 Skipping step. loss: 9"
    found = curve(tmp_path / "log", [*step(10, 0), over, over, "train_loss = 7.5", *step(20, 1), "train_loss = 7.0"])
    assert (found.kind, found.loss.tolist()) == ("train", [7.5, 7.0])
    assert "steps skipped after an overflow: 2 lines" in found.warnings


def test_perplexity_and_loss_on_one_line(tmp_path):
    """Where a line has both, the loss is the exact one."""
    found = curve(tmp_path / "log", [*step(10, 0), "ppl: 4.98, loss: 1.605", *step(20, 1), "ppl: 4.48, loss: 1.5"])
    assert (found.kind, found.loss.tolist()) == ("validation", [1.605, 1.5])


def test_names_of_losses(tmp_path):
    """Evaluation losses are validation; words that only contain `loss` are none; summaries are no points."""
    lines = [
        *step(10, 0),
        "loss_scale: 5",
        "eval_loss: 3.5",
        "glossary: 8",
        "final eval_loss: 0.1",
        *step(20, 1),
        "'val_loss': 3.25,",
    ]
    found = curve(tmp_path / "log", lines)
    assert (found.kind, found.loss.tolist()) == ("validation", [3.5, 3.25])
    assert "summaries left out: 1 line" in found.warnings


def test_the_first_rank_speaks(tmp_path):
    """Losses that say which rank they are of count for rank 0 alone."""
    lines = [
        text
        for n in (10, 20)
        for text in (*step(n, n), f"Epoch: 0, Rank: 0, loss = {n}.5", f"Epoch: 0, Rank: 3, loss = {n}.9")
    ]
    found = curve(tmp_path / "log", lines)
    assert found.loss.tolist() == [10.5, 20.5]
    assert "losses of other ranks than 0 left out: 2 lines" in found.warnings


def test_ranks_by_prefix(tmp_path):
    """Of interleaved ranks one is followed: its losses belong to its steps."""
    one = [f"0: {text}" for n in (10, 20) for text in (*step(n, n), f"loss: {n}.5")]
    two = [f"1: {text}" for n in (10, 20) for text in (*step(n, n), f"loss: {n}.9")]
    late = [one[0], one[1], one[2], two[0], one[3], one[4], two[1], two[2], one[5], *two[3:]]
    assert curve(tmp_path / "log", late).loss.tolist() == [10.5, 20.5]


def test_a_date_that_is_none(tmp_path):
    """A time stamp that cannot be leaves the time open."""
    lines = [text.replace("2023-04-18", "2023-02-30") for n in (10, 20) for text in (*step(n, n), "loss: 2.0")]
    assert np.isnan(curve(tmp_path / "log", lines).seconds).all()


def test_megatrons_logs_are_megatrons(tmp_path):
    """DeepSpeed's lines also stand in Megatron-DeepSpeed logs, whose own lines say more."""
    text = (
        " iteration {:8d}/     100 | consumed tokens: {:10d} | elapsed time per iteration (s): 1.0 | lm loss: 8.5E+00 |"
    )
    found = curve(tmp_path / "log", [one for n in range(1, 6) for one in (*step(n, n), text.format(n, n * 100))])
    assert found.format == "megatron"
