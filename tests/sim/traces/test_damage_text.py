"""Damaged text logs give the curve that was written, or what is left of it, and never another."""

import gzip
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_logs import FORMS, PROGRAM, Form, Point, Points, curve

RULE = "=" * 100


@st.composite
def points(draw: st.DrawFn, least: int = 6) -> Points:
    """A run at every so many steps; times are whole ms a step."""
    every = draw(st.integers(1, 500))
    losses = draw(st.lists(st.integers(5_000, 120_000), min_size=least, max_size=20))
    own = draw(st.lists(st.integers(2, 900), min_size=len(losses), max_size=len(losses)))
    steps = range(every, every * (len(losses) + 1), every)
    times = np.cumsum(own) * every
    return [Point(step, f"{loss / 10_000:.4f}", int(ms)) for step, loss, ms in zip(steps, losses, times, strict=True)]


def twice(lines: list[str], chance: random.Random) -> list[str]:
    """Some lines stand there two or three times."""
    return [line for line in lines for _ in range(chance.choice((1, 1, 2, 3)))]


def shuffled(lines: list[str], chance: random.Random) -> list[str]:
    """The lines in any order."""
    return chance.sample(lines, len(lines))


def ranks(lines: list[str], chance: random.Random) -> list[str]:
    """Two ranks print the same, one of them late."""
    late = chance.randrange(1, 3)
    first = [f"0: {line}" for line in lines] + [""] * late
    second = [""] * late + [f"1: {line}" for line in lines]
    return [line for both in zip(first, second, strict=True) for line in both if line]


def program(lines: list[str], chance: random.Random) -> list[str]:
    """The training program stands before the log, with or without the rule that ends it."""
    return PROGRAM + [RULE] * chance.randrange(2) + lines


def again(lines: list[str], chance: random.Random) -> list[str]:
    """The run goes back to a checkpoint and does some steps once more."""
    end = chance.randrange(2, len(lines) + 1)
    return lines[:end] + lines[chance.randrange(end) :]


def noisy(lines: list[str], chance: random.Random) -> list[str]:
    """Other output stands between the lines, tables, bars and traces among it."""
    other = (
        "",
        "+-----+",
        "| NVIDIA-SMI 550.54 |",
        "  0%|          | 0/100 [00:00<?, ?it/s]",
        "Traceback (most recent call):",
        "final_int8_roundtrip val_loss:0.0001 val_bpb:0.0001",
        "peak memory allocated: 1 MiB",
        "\x00\x01",
        "é" * 50,
    )
    return [line for kept in lines for line in (kept, *chance.choices(other, k=chance.randrange(3)))]


LINES = (twice, shuffled, ranks, again, program, noisy)


def packed(lines: list[str], how: str) -> bytes:
    """The lines as a file."""
    text = "\n".join(lines) + "\n"
    if how == "crlf":
        return text.replace("\n", "\r\n").encode()
    if how == "bom":
        return text.encode("utf-8-sig")
    if how == "utf-16":
        return text.encode("utf-16")
    if how == "gzip":
        return gzip.compress(text.encode())
    if how == "zstd":
        return bytes(pa.compress(text.encode(), codec="zstd", asbytes=True))
    return text[:-1].encode() if how == "no end" else text.encode()


def same(form: Form, found, run: Points) -> None:
    """The curve is the run that was written."""
    assert found.format == form.reader
    assert found.kind == form.kind
    assert found.step.tolist() == [point.step for point in run]
    assert found.loss == pytest.approx([float(point.loss) for point in run], rel=1e-6)
    if form.seconds:
        assert found.seconds == pytest.approx([point.ms / 1000 for point in run], rel=1e-6)


@pytest.mark.parametrize("name", FORMS)
@given(
    run=points(),
    how=st.sampled_from(("lf", "crlf", "bom", "utf-16", "gzip", "zstd", "no end")),
    damages=st.lists(st.sampled_from(LINES), max_size=2, unique=True),
    chance=st.randoms(use_true_random=False),
)
def test_the_same_curve_is_read_back(tmp_path_factory, name, run, how, damages, chance):
    """Repeated, shuffled, interleaved, resumed or packed: the points are those of the run."""
    form = FORMS[name]
    lines = form.write(run)
    for damage in sorted(damages, key=LINES.index):
        if damage in (shuffled, again) and not form.lone:
            continue
        if form.reader == "pairs" and damage in (ranks, program, noisy):
            continue
        lines = damage(lines, chance)
    same(form, curve(tmp_path_factory.mktemp("log") / "log", packed(lines, how)), run)


@pytest.mark.parametrize("name", FORMS)
@given(run=points(), where=st.floats(0, 1, exclude_max=True))
def test_a_cut_last_line_is_never_another_loss(tmp_path_factory, name, run, where):
    """A file that ends within its last record has the whole run, or the run without that record."""
    form = FORMS[name]
    lines = form.write(run)
    last = len(lines) - 1 - form.after
    torn = lines[last][: int(len(lines[last]) * where)]
    found = curve(tmp_path_factory.mktemp("log") / "log", "\n".join([*lines[:last], torn]))
    kept = len(found)
    assert kept in (len(run), len(run) - 1)
    assert found.step.tolist() == [point.step for point in run[:kept]]
    assert found.loss == pytest.approx([float(point.loss) for point in run[:kept]], abs=1e-6)
    assert kept == len(run) or not torn.strip() or "truncated" in found.flags


@pytest.mark.parametrize("name", FORMS)
@given(run=points(), lost=st.integers(1, 4))
def test_a_nan_tail_is_a_divergence(tmp_path_factory, name, run, lost):
    """Losses that end as NaN leave the points before them, and the curve says that it diverged."""
    form, (end, before) = FORMS[name], (run[-1], run[-2])
    every, own = end.step - before.step, end.ms - before.ms
    tail = [Point(end.step + every * n, "nan", end.ms + own * n) for n in range(1, lost + 1)]
    found = curve(tmp_path_factory.mktemp("log") / "log", form.write(run + tail))
    assert "diverged" in found.flags
    assert np.isnan(found.final_loss)
    same(form, found, run)
