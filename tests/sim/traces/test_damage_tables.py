"""Files of numbers are read back as they were written, and damaged ones as what is left of them."""

import gzip
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_files import FORMS, Form, Point, Points, curve, read

from sim.traces.curve import Curve
from sim.traces.tidy import Given

FEW = settings(max_examples=20)
LINES = {name: form for name, form in FORMS.items() if form.lines >= 0}


@st.composite
def points(draw: st.DrawFn, least: int = 4) -> Points:
    """A run with losses of four decimals and whole seconds."""
    size = draw(st.integers(least, 20))
    gaps = draw(st.lists(st.integers(1, 500), min_size=size, max_size=size))
    losses = draw(st.lists(st.integers(5_000, 120_000), min_size=2 * size, max_size=2 * size))
    times = draw(st.lists(st.integers(1, 900), min_size=size, max_size=size))
    rows = zip(np.cumsum(gaps), losses[:size], losses[size:], np.cumsum(times), strict=True)
    return [Point(int(step), f"{v / 1e4:.4f}", f"{t / 1e4:.4f}", int(s)) for step, v, t, s in rows]


def holds(found: Curve, run: Points, form: Form) -> None:
    """The curve is the run, exactly."""
    assert found.format == form.reader
    assert found.kind == "validation"
    assert found.step.tolist() == [p.step for p in run]
    assert found.loss.tolist() == [float(p.validation) for p in run]
    if form.seconds:
        offset = found.seconds[0] - run[0].seconds  # a clock on the wall counts from its own beginning
        np.testing.assert_allclose(found.seconds, [p.seconds + offset for p in run], rtol=1e-12)


@pytest.mark.parametrize("name", FORMS)
@FEW
@given(run=points())
def test_a_run_is_read_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, name: str, run: Points) -> None:
    """Steps, losses and times of every format come back exactly; no flag is set."""
    found = curve(tmp_path_factory.mktemp("run"), FORMS[name].write(run))
    holds(found, run, FORMS[name])
    assert found.flags == ()


@pytest.mark.parametrize("name", FORMS)
@FEW
@given(run=points(least=1))
def test_the_training_loss_is_on_demand(tmp_path_factory: pytest.TempPathFactory, name: str, run: Points) -> None:
    """With `kind` the training loss comes back exactly."""
    found = curve(tmp_path_factory.mktemp("run"), FORMS[name].write(run), Given(kind="train"))
    assert found.kind == "train"
    assert found.step.tolist() == [p.step for p in run]
    assert found.loss.tolist() == [float(p.train) for p in run]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("how", ["gzip", "zstd"])
@FEW
@given(run=points())
def test_compression_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, name: str, how: str, run: Points
) -> None:
    """A compressed file is the file."""
    data = FORMS[name].write(run)
    packed = gzip.compress(data) if how == "gzip" else pa.compress(data, "zstd", asbytes=True)
    holds(curve(tmp_path_factory.mktemp("run"), packed), run, FORMS[name])


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("form", ["CRLF", "CR", "BOM", "UTF-16", "blank lines"])
@FEW
@given(run=points())
def test_line_ends_and_encodings_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, name: str, form: str, run: Points
) -> None:
    """Line ends, a byte order mark and UTF-16 are no matter."""
    data = FORMS[name].write(run)
    data = {
        "CRLF": data.replace(b"\n", b"\r\n"),
        "CR": data.replace(b"\n", b"\r"),
        "BOM": b"\xef\xbb\xbf" + data,
        "UTF-16": data.decode().encode("utf-16"),
        "blank lines": data.replace(b"\n", b"\n\n"),
    }[form]
    holds(curve(tmp_path_factory.mktemp("run"), data), run, FORMS[name])


@pytest.mark.parametrize("name", LINES)
@FEW
@given(run=points(), chance=st.randoms(use_true_random=False))
def test_shuffled_and_doubled_lines_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, name: str, run: Points, chance: random.Random
) -> None:
    """Records are sorted by step, and identical ones are one; only the order and copies are spoken of."""
    form = FORMS[name]
    lines = form.write(run).splitlines(keepends=True)
    head, body = lines[: form.lines], lines[form.lines :]
    body += [line for line in body if chance.random() < 0.3]
    chance.shuffle(body)
    found = curve(tmp_path_factory.mktemp("run"), b"".join(head + body))
    holds(found, run, form)
    assert "restarted" not in found.flags


@pytest.mark.parametrize("name", FORMS)
@FEW
@given(run=points(least=8), where=st.floats(0.5, 1.0))
def test_a_cut_file_gives_a_beginning_of_the_run(
    tmp_path_factory: pytest.TempPathFactory, name: str, run: Points, where: float
) -> None:
    """What is read of a cut file was written there; a last line that is torn is left out."""
    data = FORMS[name].write(run)
    found = read(tmp_path_factory.mktemp("run"), data[: int(where * len(data))])
    if isinstance(found[0], Curve):
        known = {(p.step, float(loss)) for p in run for loss in (p.validation, p.train)}
        assert set(zip(found[0].step.tolist(), found[0].loss.tolist(), strict=True)) <= known


@pytest.mark.parametrize("name", LINES)
@FEW
@given(run=points(least=6), chance=st.randoms(use_true_random=False))
def test_missing_lines_leave_the_others_alone(
    tmp_path_factory: pytest.TempPathFactory, name: str, run: Points, chance: random.Random
) -> None:
    """A sparse file gives the points that are in it."""
    form = FORMS[name]
    lines = form.write(run).splitlines(keepends=True)
    body = [line for line in lines[form.lines :] if chance.random() < 0.7]
    found = read(tmp_path_factory.mktemp("run"), b"".join([*lines[: form.lines], *body]), Given(kind="train"))
    if isinstance(found[0], Curve):
        known = {p.step: float(p.train) for p in run}
        assert all(known[step] == loss for step, loss in zip(found[0].step, found[0].loss, strict=True))
