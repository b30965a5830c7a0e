"""torchtitan logs."""

import numpy as np
import pytest
from text_logs import curve

STAMP = "[rank0]:[titan] 2024-10-14 10:00:{:02d},881 - root - INFO - "
OLD = STAMP + "step: {:2d}  loss:  {:.4f}  memory: 33.20GiB(41.97%)  tps: 11,941  mfu: 27.96%"
BATCH = "local batch size 1, global batch size 8, sequence length 8192, total steps 40 (warmup 200)."
BEGIN = STAMP.format(0) + "Training starts at step 1, with " + BATCH


def test_the_older_line(tmp_path):
    """Step and loss; `tps` is of one device and gives no tokens; the clock begins at the first line."""
    found = curve(tmp_path / "log", [OLD.format(n, n, 8 - n / 10) for n in (10, 20, 30)])
    assert (found.format, found.kind) == ("torchtitan", "train")
    assert (found.step.tolist(), found.loss.tolist()) == ([10, 20, 30], [7, 6, 5])
    assert found.seconds.tolist() == [0, 10, 20]
    assert np.isnan(found.tokens).all()
    assert any(warning.startswith("seconds counted from the first record") for warning in found.warnings)


def test_facts_before_the_training(tmp_path):
    """The line before the first step gives tokens, planned steps and the clock's zero; others model and device."""
    head = [
        "[rank0]:[titan] 2024-10-14 09:59:00,881 - root - INFO - Model llama3 8B size: 8,030,261,248 total parameters",
        "[rank0]:[titan] 2024-10-14 09:59:01,881 - root - INFO - CUDA capacity: NVIDIA H100 with 95.04GiB memory",
        BEGIN,
    ]
    found = curve(tmp_path / "log", head + [OLD.format(n, n, 8 - n / 10) for n in (10, 20, 30)])
    assert found.tokens.tolist() == [10 * 65536, 20 * 65536, 30 * 65536]
    assert found.seconds.tolist() == [10, 20, 30]
    assert (found.parameters, found.hardware, found.flags) == (8030261248, "NVIDIA H100", ("truncated",))


def test_colours_and_newer_fields(tmp_path):
    """Terminal colours stand between the fields, and there are more of them."""
    line = (
        "[rank0]:[titan] 2025-10-30 14:32:58,{:03d} - root - INFO - \x1b[31mstep: {:2d}  \x1b[32mloss:  {:.5f}  "
        "\x1b[38;2;180;60;0mgrad_norm:  3.6855  \x1b[38;2;54;234;195mmemory:  2.47GiB(3.12%)  \x1b[34mtps: 3,502  "
        "\x1b[36mtflops: 1.90  \x1b[35mmfu: 0.19%\x1b[39m"
    )
    found = curve(tmp_path / "log", [line.format(n * 90, n, 8 - n) for n in (1, 2, 3)])
    assert found.loss.tolist() == [7, 6, 5]
    assert found.seconds == pytest.approx([0, 0.09, 0.18])


def test_validation(tmp_path):
    """`validate step:` is a validation loss."""
    lines = [OLD.format(n, n, 8 - n / 10) for n in (10, 20)]
    lines.insert(1, lines[0].replace("step: 10  loss:  7.0000", "validate step: 10  loss:  7.2500"))
    found = curve(tmp_path / "log", lines)
    assert (found.kind, found.loss.tolist()) == ("validation", [7.25])


def test_ranks(tmp_path):
    """Ranks that print the same loss are one curve."""
    lines = [OLD.format(n, n, 8 - n / 10).replace("rank0", f"rank{rank}") for n in (10, 20, 30) for rank in (1, 0, 2)]
    found = curve(tmp_path / "log", lines)
    assert found.loss.tolist() == [7, 6, 5]
    assert "identical records (several ranks or a repeated line) dropped: 6" in found.warnings
