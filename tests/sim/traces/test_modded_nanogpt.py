"""modded-nanogpt and parameter-golf logs."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from places import BESIDE
from text_logs import PROGRAM, curve, curves

from sim.traces.read import Refusal, read_file
from sim.traces.tidy import Given

SPEEDRUN = BESIDE / "traces" / "modded_nanogpt"
GOLF = BESIDE / "traces" / "parameter_golf"

RESTARTED = """step:0/30 val_loss:10.8258 train_time:285ms step_avg:nanms
step:1/30 train_loss:10.8000 train_time:74701ms step_avg:nanms
step:10/30 train_loss:7.0000 train_time:77676ms step_avg:nanms
step:11/30 train_loss:6.9000 train_time:214ms step_avg:nanms
step:20/30 train_loss:6.1000 train_time:2140ms step_avg:214.00ms
step:20/30 val_loss:6.0000 train_time:2141ms step_avg:214.00ms
step:30/30 train_loss:5.5000 train_time:4280ms step_avg:214.00ms
step:30/30 val_loss:5.4000 train_time:4282ms step_avg:214.00ms
peak memory allocated: 30220 MiB reserved: 38672 MiB
"""


def test_validation_counts_and_the_clock_is_the_logs_own(tmp_path):
    """The final seconds are the log's final train time; steps before the clock had started have none."""
    found = curve(tmp_path / "log", RESTARTED)
    assert found.format == "modded-nanogpt"
    assert found.kind == "validation"
    assert found.step.tolist() == [0, 20, 30]
    assert found.loss.tolist() == [10.8258, 6.0, 5.4]
    assert np.isnan(found.seconds[0])
    assert found.seconds[1:].tolist() == [2.141, 4.282]
    assert "times before the clock had started left out: 3 lines" in found.warnings
    assert found.flags == ()


def test_training_losses_on_demand(tmp_path):
    """The training loss is there for the user who asks for it."""
    (tmp_path / "log").write_text(RESTARTED)
    (found,) = read_file(tmp_path / "log", Given(kind="train", tokens_per_step=10))
    assert found.loss.tolist() == [10.8, 7.0, 6.9, 6.1, 5.5]
    assert found.tokens.tolist() == [10, 100, 110, 200, 300]


def test_a_clock_that_starts_at_once_keeps_its_zero(tmp_path):
    """`step_avg:nanms` at step 0 alone is no untimed beginning."""
    lines = [
        "step:0/4 val_loss:10.8 train_time:0ms step_avg:nanms",
        "step:2/4 train_time:90ms step_avg:45.00ms",
        "step:4/4 val_loss:9.8 train_time:180ms step_avg:45.00ms",
    ]
    assert curve(tmp_path / "log", lines).seconds.tolist() == [0.0, 0.18]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("train_time:182050ms", 182.05),
        ("train_time:182.05s", 182.05),
        ("train_time: 3.5m", 210.0),
        ("t:91682ms", 91.682),
    ],
)
def test_units_of_time(tmp_path, text, seconds):
    """The suffix says the unit: ms, s or minutes."""
    lines = [f"step:{n}/3 val_loss:{9 - n}.0 {text}" for n in (1, 2, 3)]
    assert curve(tmp_path / "log", lines).seconds == pytest.approx([seconds] * 3)


def test_a_time_without_a_unit_needs_the_user(tmp_path):
    """A train time without a suffix is unknown until the user names the unit."""
    lines = [f"step:{n}/3 val_loss:{9 - n}.0 train_time:{n}" for n in (1, 2, 3)]
    found = curve(tmp_path / "log", lines)
    assert np.isnan(found.seconds).all()
    assert any("unit of time" in warning for warning in found.warnings)
    (told,) = read_file(tmp_path / "log", Given(time_unit="min"))
    assert told.seconds.tolist() == [60, 120, 180]


def test_the_plain_loss_among_several(tmp_path):
    """Of `val_loss`, `val_avg_loss`, `val_ema_loss` and `val_bpb` the plain loss counts."""
    lines = [
        "step:125/250 val_avg_loss:4.1 val_loss:4.44421 val_ema_loss:4.2 train_time:475.645s step_avg:3805.16ms",
        "step:250/250 val_loss:4.1 val_bpb:1.5174 train_time:900.0s step_avg:3805ms extrap_rel:0.000e+00 handoff:none",
    ]
    found = curve(tmp_path / "log", lines)
    assert found.loss.tolist() == [4.44421, 4.1]
    assert found.unit == "nats"
    assert "bits per byte beside the loss not used: 1 line" in found.warnings


def test_bits_per_byte_alone(tmp_path):
    """A log that has nothing but bits per byte is in bits per byte."""
    found = curve(tmp_path / "log", [f"step:{n}/2 val_bpb:1.{n} train_time:{n}ms" for n in (1, 2)])
    assert (found.unit, found.loss.tolist()) == ("bpb", [1.1, 1.2])


def test_units_are_not_mixed(tmp_path):
    """In a log with losses in nats, a line that has bits per byte alone is no point."""
    lines = [
        "step:1/3 val_loss:4.0 train_time:1ms",
        "step:2/3 val_bpb:1.2 train_time:2ms",
        "step:3/3 val_loss:3.0 train_time:3ms",
    ]
    found = curve(tmp_path / "log", lines)
    assert (found.unit, found.loss.tolist()) == ("nats", [4.0, 3.0])
    assert "losses in another unit than the first left out: 1 line" in found.warnings


def test_golf_in_its_other_spelling(tmp_path):
    """Spaces after the colons, times on training lines alone, an early stop, and scores after the training."""
    lines = [
        "ema_decay: 0.997",
        "0/20000 val_loss: 9.0072 val_bpb: 3.4870",
        "1/20000 train_loss: 9.0086 train_time: 0.0m tok/s: 8269811 looping:False",
        "4000/20000 train_loss: 2.8671 train_time: 7.4m tok/s: 7106388 looping:True",
        "4000/20000 val_loss: 2.9214 val_bpb: 1.1310",
        "5082/20000 val_loss: 2.8142 val_bpb: 1.0895",
        "stopping_early: wallclock_cap train_time: 588035ms step: 5082/20000",
        "pre-quantization post-ema val_loss:2.81173824 val_bpb:1.08851149 eval_time:5580ms",
        "quantized_sliding_window val_loss:2.80001078 val_bpb:1.08397143 eval_time:83620ms",
        "final_int8_zlib_roundtrip_exact val_loss:2.07405347 val_bpb:1.22837129",
        "diagnostic quantized val_loss:2.5 val_bpb:1.1 eval_time:1ms",
        "DIAGNOSTIC post_ema val_loss:2.5 val_bpb:1.1 eval_time:1ms",
        "legal_ttt_exact val_loss:2.79517119 val_bpb:1.08209788 eval_time:293430ms",
    ]
    found = curve(tmp_path / "log", lines)
    assert found.step.tolist() == [0, 4000, 5082]
    assert found.loss.tolist() == [9.0072, 2.9214, 2.8142]
    assert found.seconds[1:] == pytest.approx([444.0, 588.035])
    assert found.flags == ()


def test_scores_alone_are_no_curve(tmp_path):
    """A log with nothing but a final score is refused."""
    (tmp_path / "log").write_text(
        "ema_decay: 0.9965\nquantized_ttt_phased val_loss:2.3 val_bpb:1.06 eval_time:416500ms\n"
    )
    (found,) = read_file(tmp_path / "log")
    assert isinstance(found, Refusal)


def test_the_gpus_of_the_printed_table(tmp_path):
    """The table of nvidia-smi between the program and the numbers says the hardware."""
    table = [
        f"|   {n}  NVIDIA H100 80GB HBM3          On  |   00000000:{n}1:00.0 Off |                    0 |\n"
        "| N/A   33C    P0            117W /  700W |    7602MiB /  81559MiB |      0%      Default |"
        for n in range(8)
    ]
    head = [*PROGRAM, "=" * 100, "Running Python 3.12.7", *table, "=" * 100]
    found = curve(tmp_path / "log", [*head, *RESTARTED.splitlines()])
    assert found.hardware == "8x NVIDIA H100 80GB HBM3"
    assert found.step.tolist() == [0, 20, 30]


def test_the_gpus_of_a_list(tmp_path):
    """`nvidia-smi -L` says the hardware too."""
    listed = [f"GPU {n}: NVIDIA A100-SXM4-80GB (UUID: GPU-{n}-abc)" for n in range(2)]
    assert curve(tmp_path / "log", [*listed, *RESTARTED.splitlines()]).hardware == "2x NVIDIA A100-SXM4-80GB"


def test_a_program_alone_is_no_log(tmp_path):
    """The source of a training program is no log, although it says how one looks."""
    (tmp_path / "train.py").write_text("\n".join(PROGRAM))
    (found,) = read_file(tmp_path / "train.py")
    assert isinstance(found, Refusal)


def test_several_runs_in_one_file(tmp_path):
    """Runs one after the other are told apart where one is at its end and the next at its first step."""
    lines = [
        f"step:{step}/500 val_loss:{8 - step / 100 + run / 1000:.4f} train_time:{step}ms step_avg:1.00ms"
        for run in range(3)
        for step in range(0, 501, 50)
    ]
    found = curves(tmp_path / "log", lines)
    assert [item.run for item in found] == ["1", "2", "3"]
    assert [item.final_loss for item in found] == [3.0, 3.001, 3.002]
    assert all(item.seconds[-1] == 0.5 and item.flags == () for item in found)


def test_a_copy_of_the_run_is_no_second_run(tmp_path):
    """The logs of two ranks, one appended to the other, are one run."""
    lines = [
        f"step:{step}/500 val_loss:{8 - step / 100:.4f} train_time:{step}ms step_avg:1.00ms"
        for step in range(0, 501, 50)
    ]
    found = curve(tmp_path / "log", lines * 2)
    assert found.run == ""
    assert "a second copy of the run left out: 11 lines" in found.warnings


def test_a_restart_keeps_the_last_of_each_step(tmp_path):
    """After a restart from a checkpoint the steps done again replace those before, and the clock is carried on."""
    first = [f"step:{n}/9 val_loss:{9 - n}.5 train_time:{n}000ms step_avg:1ms" for n in range(7)]
    again = [f"step:{n}/9 val_loss:{9 - n}.0 train_time:{n - 3}000ms step_avg:1ms" for n in range(4, 10)]
    found = curve(tmp_path / "log", first + again)
    assert found.loss.tolist() == [9.5, 8.5, 7.5, 6.5, 5, 4, 3, 2, 1, 0]
    assert found.seconds.tolist() == [0, 1, 2, 3, 7, 8, 9, 10, 11, 12]
    assert "restarted" in found.flags


def test_decimal_commas(tmp_path):
    """A decimal comma is one also where three digits follow it, once the log has shown what its commas are."""
    lines = [f"step:{n}/3 val_loss:3,{n}774 train_time:179,99{n}s step_avg:59,32ms" for n in (1, 2, 3)]
    found = curve(tmp_path / "log", lines)
    assert found.loss.tolist() == [3.1774, 3.2774, 3.3774]
    assert found.seconds.tolist() == [179.991, 179.992, 179.993]
    assert any(warning.startswith("decimal commas") for warning in found.warnings)


def test_damaged_lines_are_left_out(tmp_path):
    """A line that two writers wrote into each other is no record."""
    lines = [f"step:{n}/3 val_loss:3.{n}774 train_time:{n}ms step_avg:1ms" for n in (1, 2, 3)]
    lines.insert(1, "step:2/3 val_losstep:2/3 val_loss:9.9 train_time:2ms step_avg:1ms")
    found = curve(tmp_path / "log", lines)
    assert found.loss.tolist() == [3.1774, 3.2774, 3.3774]
    assert "damaged records left out: 1 line" in found.warnings


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        pytest.skip(f"{path.parent.name} stands beside the checkout, and is not there")
    with path.open() as file:
        return list(csv.DictReader(file))


def test_every_real_speedrun_log():
    """Final step, loss and train time of all logs are those of the manifest, written by other hands."""
    rows = _rows(SPEEDRUN / "logs_manifest.csv")
    for row in rows:
        *_, found = read_file(SPEEDRUN / row["file"])
        reader = "modded-nanogpt" if row["train_time_ms"] else "llmc"
        assert (found.format, found.kind, found.unit) == (reader, "validation", "nats"), row["file"]
        assert found.final_loss == float(row["final_val_loss"]), row["file"]
        assert found.step[-1] == float(row["final_step"]), row["file"]
        assert np.isfinite(found.loss).all()
        if row["train_time_ms"]:
            assert found.seconds[-1] * 1000 == pytest.approx(float(row["train_time_ms"]), abs=1), row["file"]
            assert not (np.diff(found.seconds) < 0).any(), row["file"]
    assert len(rows) == len(list(SPEEDRUN.rglob("*.log")))


def test_the_records_of_the_race():
    """The log's own clock gives the minutes of every record that published a log."""
    for row in _rows(SPEEDRUN / "records_track1.csv"):
        if row["log_train_time_min"]:
            (found,) = read_file(SPEEDRUN / row["log_file"])
            assert found.seconds[-1] / 60 == pytest.approx(float(row["log_train_time_min"]), abs=1e-4)
            assert found.final_loss == float(row["final_val_loss"])


def test_the_points_of_the_speedrun_logs():
    """The validation points of single-run logs are those that another program took from the full logs."""
    known = {
        (row["final_step"], row["final_val_loss"], row["train_time_ms"]): row["run"]
        for row in _rows(SPEEDRUN / "runs.csv")
    }
    points: dict[str, dict[float, float]] = {}
    for row in _rows(SPEEDRUN / "val_curves.csv"):
        points.setdefault(row["run"], {})[float(row["step"])] = float(row["val_loss"])
    compared = 0
    for row in _rows(SPEEDRUN / "logs_manifest.csv"):
        run = known.get((row["final_step"], row["final_val_loss"], row["train_time_ms"]))
        found = read_file(SPEEDRUN / row["file"])
        if run and len(found) == 1:
            here = dict(zip(found[0].step.tolist(), found[0].loss.tolist(), strict=True))
            assert here.items() <= points[run].items(), row["file"]
            compared += len(here) == len(points[run])
    assert compared > 300


def test_files_with_several_real_runs():
    """Nine result logs of the third track hold several runs each, 114 in all, and each reaches its end."""
    if not SPEEDRUN.exists():
        pytest.skip("the real logs stand beside the checkout, and are not there")
    several = [found for path in sorted(SPEEDRUN.glob("track3_logs/*.log")) if len(found := read_file(path)) > 1]
    assert [len(found) for found in several] == [10, 10, 4, 7, 25, 20, 20, 8, 20]
    for found in several:
        assert {(item.step[-1], len(item), item.flags) for item in found} == {(found[0].step[-1], len(found[0]), ())}


def test_every_real_golf_log():
    """The last loss is that of the last validation line; the manifest has the score of the packed model instead."""
    for row in _rows(GOLF / "logs_manifest.csv"):
        path = GOLF / row["file"]
        lines = [line for line in path.read_text().splitlines() if line[:1].isdigit() or line.startswith("step:")]
        losses = [line for line in lines if "val_loss" in line]
        (found,) = read_file(path)
        if not losses:
            assert isinstance(found, Refusal), path.name
            continue
        assert (found.format, len(found)) == ("modded-nanogpt", len(losses)), path.name
        assert found.final_loss == float(losses[-1].split("val_loss:")[1].split()[0]), path.name
        assert abs(found.final_loss - float(row["last_val_loss_in_log"])) < 0.6, path.name
        stop = re.search(r"stopping_early: .*train_time: ?(\d+)ms", path.read_text())
        assert found.seconds[-1] == float(stop[1]) / 1000, path.name
        assert found.flags == (), path.name
