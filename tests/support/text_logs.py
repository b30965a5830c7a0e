"""Text logs made from points, one form per reader, and what they are to be read as."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sim.traces.curve import Curve
from sim.traces.read import Refusal, read_file


class Point(NamedTuple):
    """Step, loss in nats as text, and training time by then in ms."""

    step: int
    loss: str
    ms: int


Points = list[Point]


class Form(NamedTuple):
    """How a trainer writes a run.

    Attributes:
        reader: the name of the format.
        write: the lines of a run.
        kind: of the losses.
        seconds: the log states the training time.
        after: lines that the trainer writes after the last loss.
        lone: every record stands on a line of its own, so that their order can be restored.
    """

    reader: str
    write: Callable[[Points], list[str]]
    kind: str = "validation"
    seconds: bool = True
    after: int = 0
    lone: bool = True


def _modded(points: Points) -> list[str]:
    end = points[-1].step
    return [f"step:{p.step}/{end} val_loss:{p.loss} train_time:{p.ms}ms step_avg:{p.ms / p.step:.2f}ms" for p in points]


def _golf(points: Points) -> list[str]:
    timed = [f"step:{p.step}/99999 train_loss:9.9999 train_time:{p.ms}ms step_avg:1.00ms" for p in points]
    losses = [f"{p.step}/99999 val_loss: {p.loss} val_bpb: 1.1234" for p in points]
    stop = [f"stopping_early: wallclock_cap train_time: {points[-1].ms}ms step: {points[-1].step}/99999"]
    return [line for both in zip(timed, losses, strict=True) for line in both] + stop


def _main_log(points: Points) -> list[str]:
    return [f"s:{p.step} tel:{p.loss}" for p in points]


def _console(points: Points) -> list[str]:
    end = points[-1].step
    return [
        f"step {p.step:4d}/{end} | loss {p.loss}00 (+0.50z)| norm 0.3005 (-0.70z)| lr 1.80e-03 | "
        f"{own:.2f} ms | 45.0% bf16 MFU | {round(524288000 / own)} tok/s"
        for p, own in zip(points, _own(points), strict=True)
    ]


def _nanogpt(points: Points) -> list[str]:
    begin = [f"iter 0: loss 11.0000, time {points[0].ms / points[0].step:.2f}ms, mfu -100.00%"]
    return begin + [f"step {p.step}: train loss 9.0000, val loss {p.loss}" for p in points]


def _megatron(points: Points) -> list[str]:
    end = points[-1].step
    return [
        f" iteration {p.step:8d}/{end:8d} | consumed samples: {p.step * 8:12d} | consumed tokens: "
        f"{p.step * 8192:12d} | elapsed time per iteration (ms): {own:.6f} | learning rate: 2.796E-05 | "
        f"lm loss: {float(p.loss):.6E} | number of skipped iterations:   0 | number of nan iterations:   0 |"
        for p, own in zip(points, _own(points), strict=True)
    ]


def _evaluated(points: Points) -> list[str]:
    end = points[-1].step
    lines = []
    for p, own in zip(points, _own(points), strict=True):
        time = f"elapsed time per iteration (s): {own / 1000:.9f}"
        rest = "lm loss: 9.000000E+00 | number of nan iterations:   0 |"
        lines += [
            f"[2024-05-01 10:00:00] iteration {p.step:8d}/{end:8d} | consumed samples: {p.step * 8} | {time} | {rest}",
            f" validation loss at iteration {p.step} | lm loss value: {float(p.loss):.6E} | lm loss PPL: 1.0E+01 |",
        ]
    return lines


def _stamp(ms: int) -> str:
    return (datetime(2024, 2, 28, 23, 59) + timedelta(milliseconds=ms)).isoformat(" ", "milliseconds").replace(".", ",")


def _titan(points: Points) -> list[str]:
    begin = f"[rank0]:[titan] {_stamp(0)} - root - INFO - Training starts at step 1, with local batch size 1, "
    begin += f"global batch size 8, sequence length 1024, total steps {points[-1].step} (warmup 2)."
    rest = "\x1b[38;2;180;60;0mgrad_norm:  1.2345  \x1b[34mtps: 11,941\x1b[39m"
    return [begin] + [
        f"[rank0]:[titan] {_stamp(p.ms)} - root - INFO - \x1b[31mstep: {p.step:2d}  \x1b[32mloss: {float(p.loss):8.5f}"
        f"  {rest}"
        for p in points
    ]


def _deepspeed(points: Points) -> list[str]:
    lines = [f"[{_stamp(0)}] [INFO] [logging.py:96:log_dist] [Rank 0] step=0, skipped=0, lr=[0.001], mom=[(0.9, 0.95)]"]
    for p in points:
        at = f"epoch=0/micro_step={p.step}/global_step={p.step}, RunningAvgSamplesPerSec=173.4"
        lines += [f"[{_stamp(p.ms)}] [INFO] [timer.py:199:stop] {at}", f"eval_loss: {p.loss}"]
    return lines


def _mlperf(points: Points) -> list[str]:
    def entry(ms: int, key: str, value: object, **more: object) -> str:
        said = {"namespace": "", "time_ms": 1728601142335 + ms, "key": key, "value": value, "metadata": more}
        return f":::MLLOG {json.dumps(said)}"

    facts = {"submission_benchmark": "gpt3", "global_batch_size": 8, "max_sequence_length": 1024, "seed": 7}
    runs = [entry(p.ms, "eval_accuracy", float(p.loss), epoch_num=p.step * 8192) for p in points]
    return [
        *(entry(-1, key, value) for key, value in facts.items()),
        entry(0, "run_start", None),
        *runs,
        entry(points[-1].ms, "run_stop", None, status="success"),
    ]


def _pairs(points: Points) -> list[str]:
    return [f"{p.step} {float(p.loss) + 1e-12!r}" for p in points]


def _key_values(points: Points) -> list[str]:
    return [f"iter {p.step} | loss = {p.loss} | lr = 1e-3 | elapsed_ms = {p.ms}" for p in points]


def _own(points: Points) -> list[float]:
    """Each point's own time per step, ms: the mean since the point before."""
    before = [Point(0, "", 0), *points[:-1]]
    return [(p.ms - b.ms) / (p.step - b.step) for p, b in zip(points, before, strict=True)]


FORMS = {
    "modded": Form("modded-nanogpt", _modded),
    "golf": Form("modded-nanogpt", _golf, after=1),
    "main.log": Form("llmc", _main_log, seconds=False),
    "console": Form("llmc", _console, "train"),
    "nanogpt": Form("nanogpt", _nanogpt, seconds=False),
    "megatron": Form("megatron", _megatron, "train"),
    "evaluated": Form("megatron", _evaluated),
    "titan": Form("torchtitan", _titan, "train"),
    "deepspeed": Form("deepspeed", _deepspeed, lone=False),
    "mlperf": Form("mlperf", _mlperf, after=1),
    "key values": Form("key-values", _key_values, "train"),
    "pairs": Form("pairs", _pairs, "train", seconds=False),
}

PROGRAM = '''import os
import sys
from dataclasses import dataclass

"""Prints lines such as
step:1/10 val_loss:1.0000 train_time:1ms step_avg:1.00ms
step 1: train loss 1.0000, val loss 1.0000
"""

@dataclass
class Hyperparameters:
    num_iterations : int = 5100 # number of steps

def print0(s):
    print(f"step:{step+1}/{args.num_iterations} val_loss:{val_loss:.4f} train_time:{training_time_ms:.0f}ms")
    print(f"s:{step} tel:{loss} | iteration {step}/{steps} | lm loss: {loss}")

for step in range(args.num_iterations + 1):
    print0("iter %d: loss %f, time %fms" % (step, loss, dt))

if __name__ == "__main__":
    main()
'''.splitlines()


def curves(path: Path, text: str | bytes | list[str]) -> list[Curve]:
    """The curves of a log with that text."""
    text = "\n".join(text) + "\n" if isinstance(text, list) else text
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    found = read_file(path)
    assert not any(isinstance(item, Refusal) for item in found), found
    return [item for item in found if isinstance(item, Curve)]


def curve(path: Path, text: str | bytes | list[str]) -> Curve:
    """The one curve of a log with that text."""
    (only,) = curves(path, text)
    return only
