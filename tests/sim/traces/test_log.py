"""What the readers of text share: lines of a file, programs before a log, torn ends, hostile lines."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from text_logs import FORMS, PROGRAM, Point, curve

from sim.traces import formats
from sim.traces.reading.source import Source
from sim.traces.tidy import Given, tidy

RUN = [Point(10 * n, f"{9 - n / 10:.4f}", 1000 * n) for n in range(1, 9)]
READERS = sorted({form.reader for form in FORMS.values()})


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_known_by_its_content_alone(tmp_path, name):
    """One reader is surer than all others, whatever the name of the file."""
    (tmp_path / "table.csv").write_text("\n".join(FORMS[name].write(RUN)))
    source = Source(tmp_path / "table.csv")
    sure = {other: module.sniff(source) for other, module in formats.readers().items()}
    first, second = sorted(sure.values(), reverse=True)[:2]
    assert formats.recognise(source) == FORMS[name].reader
    assert first > second


def test_programs_are_no_logs():
    """No file of this project is taken for a log, although many say how a log looks."""
    files = [
        path
        for part in ("sim", "policies", "experiments")
        for path in Path(formats.__file__).parents[3].glob(f"{part}/**/*.py")
    ]
    assert len(files) > 50
    for path in files:
        assert formats.recognise(Source(path)) not in READERS, path


def test_a_banner_after_the_log_ends_no_program(tmp_path):
    """A rule of equals signs ends a program only if a log follows it."""
    found = curve(
        tmp_path / "log", [*PROGRAM, *FORMS["modded"].write(RUN), "=" * 60, "torch.distributed.elastic", "=" * 60]
    )
    assert len(found) == len(RUN)


def test_a_program_after_the_first_record_is_part_of_the_log(tmp_path):
    """What looks like source in the middle of a log takes no record away."""
    lines = FORMS["modded"].write(RUN)
    found = curve(tmp_path / "log", [*lines[:4], "import os", "def f():", "=" * 100, *lines[4:]])
    assert len(found) == len(RUN)


@pytest.mark.parametrize("name", FORMS)
def test_a_missing_last_line_end_is_no_cut(tmp_path, name):
    """A whole last record without a line end counts."""
    form = FORMS[name]
    found = curve(tmp_path / "log", "\n".join(form.write(RUN)))
    assert found.step.tolist() == [point.step for point in RUN]
    assert found.flags == ()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "piece",
    [
        *(
            " ",
            "1",
            "1,",
            "1.",
            "|",
            "| ",
            ":",
            "step:1/",
            "step:1/2 ",
            "iteration 1/ 2 | ",
            "[rank0]:",
            "\x1b[",
            "loss ",
        ),
        *(
            "step=1, ",
            "loss: 1",
            "[2024-",
            "a: ",
            ":::MLLOG {",
            ":::MLLOG [[",
            "nan",
            "1 1 ",
            "=",
            "val loss ",
            "lm loss: ",
        ),
    ],
)
def test_no_line_takes_long(tmp_path, reader, piece):
    """Time grows with the length of a line and no faster: long lines of any piece, also after a record's beginning."""
    begins = [
        "",
        "step:1/2 val_loss:",
        " iteration 1/ 2 | ",
        "step 1/2 | loss ",
        "step 1: train loss ",
        "s:1 tel:",
        "[2024-",
    ]
    text = "\n".join(begin + piece * (size // len(piece)) for begin in begins for size in (16_000, 1 << 20))
    (tmp_path / "log").write_text(text)
    source = Source(tmp_path / "log")
    begin = time.process_time()
    formats.readers()[reader].sniff(source)
    for raw in formats.readers()[reader].read(source):
        tidy(raw, Given(), "", reader)
    assert time.process_time() - begin < 1.5


@pytest.mark.parametrize("reader", READERS)
def test_a_log_of_another_kind_gives_nothing(tmp_path, reader):
    """A reader that is given a file it does not know finds no loss in it, and breaks on nothing."""
    (tmp_path / "log").write_bytes(b"\x00\xff" * 1000 + b"\n" + bytes(range(256)) * 20)
    raws = list(formats.readers()[reader].read(Source(tmp_path / "log")))
    assert all(tidy(raw, Given(), "", reader) is None for raw in raws)


def test_clocks_that_restart_are_carried_on_in_any_order(tmp_path):
    """A clock that restarts twice is carried on; with the lines reversed the times are the same."""
    lines = [f"step:{n}/9 val_loss:{9 - n}.0 train_time:{n % 4 + 1}000ms step_avg:1.00ms" for n in range(10)]
    straight, reverse = curve(tmp_path / "log", lines), curve(tmp_path / "log", lines[::-1])
    assert straight.seconds.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert reverse.seconds.tolist() == straight.seconds.tolist()
    assert all(later >= earlier for earlier, later in pairwise(straight.seconds))
