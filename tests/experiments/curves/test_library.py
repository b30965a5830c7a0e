"""Libraries of curves: found by name, chosen by pattern, imported whole or not at all."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.curves.library import chosen, find, make_library, read
from policies.errors import InputError
from sim.traces.curve import Curve
from sim.traces.tidy import Given

STEP = np.array([1.0, 2.0])


def curves(*names: str) -> tuple[Curve, ...]:
    """Curves of these names."""
    return tuple(Curve(name, STEP, STEP, STEP, STEP, "validation") for name in names)


def test_shipped_libraries_have_names(tmp_path: Path) -> None:
    """A name leads to a shipped file, a path to one beside the recipe, and what is neither to advice."""
    shipped = find("recorded-cpu", tmp_path)
    assert len(read(shipped)) >= 48
    (tmp_path / "mine").write_bytes(shipped.read_bytes())
    assert find("mine", tmp_path) == tmp_path / "mine"
    with pytest.raises(InputError, match="did you mean 'recorded-cpu'"):
        find("recorded-gpu", tmp_path)


def test_a_file_that_is_no_library(tmp_path: Path) -> None:
    """What gives no curve is refused with the reason."""
    (tmp_path / "notes").write_text("nothing to see")
    with pytest.raises(InputError, match="notes: no reader knows this format"):
        read(tmp_path / "notes")


def test_runs_are_chosen_by_name_or_pattern() -> None:
    """A name that looks like a pattern is a name first; where nothing matches, the nearest name is told."""
    given = curves("50k-a/raw", "50k-b/raw", "50k-*")
    assert [curve.run for curve in chosen(given, "50k-*")] == ["50k-*"]
    assert [curve.run for curve in chosen(given, "*/raw")] == ["50k-a/raw", "50k-b/raw"]
    with pytest.raises(InputError, match="did you mean '50k-b/raw'"):
        chosen(given, "50k-b-raw")
    with pytest.raises(InputError, match="there are 3, such as 50k-a/raw"):
        chosen(given, "x")


def test_a_library_that_is_imported_again(tmp_path: Path) -> None:
    """An import begins with what a killed one left of the same library, also where it fails itself."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    torn = tmp_path / f".library.parquet.{ended.pid}.tmp"
    torn.write_text("half")
    with pytest.raises(InputError, match="no file was found"):
        make_library([], tmp_path / "library.parquet", Given(), lambda done, total: None)
    assert not list(tmp_path.iterdir())


def test_runs_without_a_name_are_called_as_their_file(tmp_path: Path) -> None:
    """A recipe can choose among imported logs that do not name their runs."""
    for name in ("first", "second"):
        lines = (f"step:{k}/3 val_loss:{9 - k}.0 train_time:1ms\n" for k in range(3))
        (tmp_path / f"{name}.log").write_text("".join(lines))
    make_library([tmp_path], tmp_path / "out.parquet", Given(), lambda done, total: None)
    assert sorted(curve.run for curve in read(tmp_path / "out.parquet")) == ["first", "second"]


def test_the_speedrun_library_is_what_was_published() -> None:
    """Losses, steps and minutes at the end are those of the records' logs, tokens those of their programs."""
    found = {curve.run: curve for curve in read(find("speedrun-h100", Path()))}
    assert sorted(found) == [f"record-{number:02d}" for number in range(4, 46)]
    for run, steps, tokens, loss, minutes in (
        ("record-04", 6200, 524_288, 3.2785, 22.3178),
        ("record-12", 1875, 524_288, 3.2783, 5.0304),
        ("record-20", 1393, 524_288, 3.2785, 2.9921),
        ("record-21", 1770, 393_216, 3.2808, 2.9334),
        ("record-39", 2420, 262_144, 3.2747, 2.4482),
        ("record-45", 2225, 262_144, 3.2777, 2.2471),
    ):
        curve = found[run]
        assert (curve.step[-1], curve.tokens[-1], curve.loss[-1]) == (steps, steps * tokens, loss)
        assert curve.seconds[-1] / 60 == pytest.approx(minutes, abs=1e-4)
        assert (curve.unit, curve.kind, curve.source) == ("nats", "validation", f"{run}.log")
