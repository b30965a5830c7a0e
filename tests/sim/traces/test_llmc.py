"""llm.c logs."""

import numpy as np
import pytest
from text_logs import curve

from sim.traces.read import read_file
from sim.traces.tidy import Given

CONSOLE = """| device                | NVIDIA H100 80GB HBM3                              |
| num_parameters        | 124475904                                          |
| num_processes         | 8                                                  |
val loss 11.0092
step    1/5100 | loss 11.009200 (+nanz)| norm 15.3700 (+nanz)| lr 1.80e-06 | 176.00 ms | 45.0% bf16 MFU | 2978909 tok/s
step    2/5100 | loss 10.959800 (+nanz)| norm 15.2400 (+nanz)| lr 3.60e-06 | 176.20 ms | 45.0% bf16 MFU | 2977000 tok/s
val loss 10.5000
step    3/5100 | loss 7.571400 (+1.70z)| norm 0.3005 (-0.70z)| lr 1.80e-03 | 175.80 ms | 45.0% bf16 MFU | 2980000 tok/s
val loss 7.4000
"""


def test_main_log(tmp_path):
    """`tel` is validation, `trl` training, `eval` an accuracy that is no loss; neither time nor tokens are stated."""
    lines = [
        "s:0 tel:11.0092",
        "s:0 trl:11.0091 lr:0.000001 norm:15.37",
        "s:1 trl:10.9598 lr:0.000002 norm:15.24",
        "s:250 eval:0.2461",
        "s:250 tel:7.5",
    ]
    found = curve(tmp_path / "main.log", lines)
    assert (found.format, found.kind) == ("llmc", "validation")
    assert (found.step.tolist(), found.loss.tolist()) == ([0, 250], [11.0092, 7.5])
    assert np.isnan(found.seconds).all()
    assert "accuracies left out: 1 line" in found.warnings
    assert any("tokens per step" in warning for warning in found.warnings)


def test_the_older_main_log(tmp_path):
    """Older files have neither learning rate nor norm."""
    found = curve(
        tmp_path / "main.log", ["s:0 tel:10.968871", "s:0 trl:10.965596", "s:1 trl:10.814037", "s:2 tel:10.5"]
    )
    assert found.loss.tolist() == [10.968871, 10.5]


def test_console(tmp_path):
    """A validation belongs to the latest step line, the first one to step 0; each step has its own time."""
    found = curve(tmp_path / "log", CONSOLE)
    assert (found.format, found.kind) == ("llmc", "validation")
    assert (found.step.tolist(), found.loss.tolist()) == ([0, 2, 3], [11.0092, 10.5, 7.4])
    assert found.seconds == pytest.approx([0.0, 0.3522, 0.528])
    assert found.tokens.tolist() == [0, 2 * 524288, 3 * 524288]
    assert (found.hardware, found.parameters) == ("8x NVIDIA H100 80GB HBM3", 124475904)
    assert "tokens taken as 524288 a step, from time and tokens per second: 3 lines" in found.warnings
    assert "truncated" in found.flags


def test_stated_batch(tmp_path):
    """The stated batch goes before what follows from speeds."""
    stated = "batch_size B=64 * seq_len T=1024 * num_processes=8 and total_batch_size=1048576"
    found = curve(tmp_path / "log", f"{stated}\n{CONSOLE}")
    assert found.tokens.tolist() == [0, 2 * 1048576, 3 * 1048576]
    assert not any("tokens" in warning for warning in found.warnings)


def test_speeds_that_do_not_agree_say_nothing(tmp_path):
    """Times and speeds that contradict each other give no tokens."""
    lines = [
        f"step {n}/9 | loss 7.5 (+1.70z)| norm 0.3 | lr 1e-3 | {100 * n}.00 ms | 45% bf16 MFU | 2978909 tok/s"
        for n in range(1, 10)
    ]
    assert np.isnan(curve(tmp_path / "log", lines).tokens).all()


def test_the_oldest_console(tmp_path):
    """`train loss` and other units of MFU are read too."""
    line = "step {:4d}/74 | train loss {:.6f} | norm 15.3 | lr 3.00e-04 | 80.00 ms | 45.0% A100 fp16 MFU | 50000 tok/s"
    found = curve(tmp_path / "log", [line.format(n, 5 - n / 100) for n in range(1, 75)])
    assert (found.kind, len(found), found.flags) == ("train", 74, ())
    assert found.tokens[-1] == 74 * 4000


def test_training_loss_on_demand(tmp_path):
    """The training loss is at the steps of its lines."""
    (tmp_path / "log").write_text(CONSOLE)
    (found,) = read_file(tmp_path / "log", Given(kind="train"))
    assert found.loss.tolist() == [11.0092, 10.9598, 7.5714]
