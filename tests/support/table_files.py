"""Files of numbers made from points, one form per reader, and what they are to be read as."""

import io
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from event_files import event, event_file, simple, tensor

from sim.traces.curve import Curve
from sim.traces.read import Refusal, read_file
from sim.traces.tidy import Given


class Point(NamedTuple):
    """Step, validation and training loss as text with four decimals, and whole seconds by then."""

    step: int
    validation: str
    train: str
    seconds: int


Points = list[Point]


class Form(NamedTuple):
    """How a file holds a run.

    Attributes:
        reader: the name of the format.
        write: the bytes of a file.
        seconds: the file states the times.
        lines: its records are lines under so many lines of header, which may be damaged one by one; -1 if they are not.
    """

    reader: str
    write: Callable[[Points], bytes]
    seconds: bool = True
    lines: int = -1


def _text(lines: list[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


def _csv(points: Points) -> bytes:
    rows = [f"{p.step},0.0003,{p.train},{p.validation},{p.seconds * 1000}" for p in points]
    return _text(["step,lr,train_loss,val_loss,train_time_ms", *rows])


def _semicolons(points: Points) -> bytes:
    rows = [f"{p.train.replace('.', ',')};{p.validation.replace('.', ',')};{p.step};{p.seconds},0" for p in points]
    return _text(["Train Loss;Validation Loss;Global Step;Elapsed (s)", *rows])


def _tabs(points: Points) -> bytes:
    rows = [f"{p.step}\t{p.validation}\t{p.train}\t{p.seconds / 60!r}" for p in points]
    return _text(["iteration\teval-loss\tloss\ttime (min)", *rows])


def _lightning(points: Points) -> bytes:
    rows = [(f"0,,{p.step - 1},{p.train},", f"0,,{p.step - 1},,{p.validation}") for p in points]
    return _text(["epoch,lr-AdamW,step,train_loss,val_loss", *(row for pair in rows for row in pair)])


def _chart(points: Points) -> bytes:
    def row(cells: list[str]) -> str:
        return ",".join(f'"{cell}"' for cell in cells)

    names = [f"lucky-owl - {loss}{end}" for loss in ("val/loss", "train/loss") for end in ("", "__MIN", "__MAX")]
    rows = [row([str(p.step), *[p.validation] * 3, *[p.train] * 3]) for p in points]
    return _text([row(["Step", *names]), *rows])


def _history(points: Points) -> bytes:
    rows = []
    for p in points:
        own = {"_step": p.step, "_timestamp": 1.7e9 + p.seconds, "_runtime": p.seconds}
        rows += [{"train/loss": float(p.train), **own}, {"val/loss": float(p.validation), **own}]
    return _text([json.dumps(row) for row in rows])


def _lines(points: Points) -> bytes:
    rows = [
        {"step": p.step, "loss": float(p.train), "eval": {"loss": p.validation}, "time_s": p.seconds} for p in points
    ]
    return _text([json.dumps(row) for row in rows])


def _trainer(points: Points) -> bytes:
    entries = []
    for p in points:
        entries += [{"step": p.step, "loss": float(p.train)}, {"step": p.step, "eval_loss": float(p.validation)}]
    entries.append({"step": points[-1].step, "train_loss": 9.9, "train_runtime": 12.0, "total_flos": 1e18})
    state = {"epoch": 1.0, "global_step": points[-1].step, "log_history": entries, "max_steps": points[-1].step}
    return json.dumps(state, indent=2).encode()


def _golden(points: Points) -> bytes:
    def series(values: dict[str, object]) -> dict[str, object]:
        return {"start_step": points[0].step, "end_step": points[-1].step, "step_interval": 1, "values": values}

    losses = {"lm loss": [p.train for p in points], "lm loss validation": [p.validation for p in points]}
    found = {
        name: series({str(p.step): float(v) for p, v in zip(points, values, strict=True)})
        for name, values in losses.items()
    }
    return json.dumps({**found, "num-zeros": series({"1": 12})}).encode()


def _events(points: Points) -> bytes:
    return event_file(
        *(event(1.7e9 + p.seconds, p.step, simple("lm loss validation", float(p.validation))) for p in points),
        *(event(1.7e9 + p.seconds, p.step, simple("lm loss", float(p.train))) for p in points),
    )


def _tensors(points: Points) -> bytes:
    def content(text: str) -> bytes:
        return struct.pack("<f", float(text))

    return event_file(
        *(
            event(
                1.7e9 + p.seconds,
                p.step,
                tensor("eval/loss", content(p.validation)),
                tensor("train/loss", content(p.train), field=5),
            )
            for p in points
        )
    )


def table(points: Points) -> pa.Table:
    """The points as a table of pyarrow's."""
    return pa.table(
        {
            "Global_Step": pa.array([p.step for p in points], pa.int32()),
            "val/loss": pa.array([float(p.validation) for p in points]),
            "train/loss": pa.array([float(p.train) for p in points]),
            "seconds": pa.array([float(p.seconds) for p in points]),
        }
    )


def _parquet(points: Points) -> bytes:
    out = io.BytesIO()
    pq.write_table(table(points), out, row_group_size=5)
    return out.getvalue()


FORMS = {
    "comma": Form("table", _csv, lines=1),
    "semicolon": Form("table", _semicolons, lines=1),
    "tab": Form("table", _tabs, lines=1),
    "lightning": Form("lightning", _lightning, seconds=False, lines=1),
    "wandb chart": Form("wandb-csv", _chart, seconds=False, lines=1),
    "wandb history": Form("wandb-history", _history, lines=0),
    "json lines": Form("json-lines", _lines, lines=0),
    "trainer state": Form("hf-trainer-state", _trainer, seconds=False),
    "golden values": Form("megatron-golden", _golden, seconds=False),
    "event file": Form("tensorboard", _events),
    "event file of tensors": Form("tensorboard", _tensors),
    "parquet": Form("parquet-table", _parquet),
}


def read(folder: Path, data: bytes, given: Given | None = None, name: str = "log") -> list[Curve | Refusal]:
    """What is read of a file with these bytes."""
    path = folder / name
    path.write_bytes(data)
    return read_file(path, given)


def curve(folder: Path, data: bytes, given: Given | None = None) -> Curve:
    """The one curve of a file with these bytes."""
    found = read(folder, data, given)
    assert len(found) == 1, found
    assert isinstance(found[0], Curve), found[0]
    return found[0]


def refusal(folder: Path, data: bytes, given: Given | None = None) -> str:
    """Why a file with these bytes is refused."""
    found = read(folder, data, given)
    assert len(found) == 1, found
    assert isinstance(found[0], Refusal), found[0]
    return found[0].reason
