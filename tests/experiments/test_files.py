"""What killed writers leave is swept; what living ones write, and what is somebody else's, is not."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from experiments.files import sweep, sweep_beside, unfinished
from experiments.search.storage import open_study
from policies.errors import InputError

WRITE = """
import sys, time
from pathlib import Path
from experiments.files import unfinished
place = Path(sys.argv[1])
with unfinished(place / "table.parquet") as file, unfinished(place / "parts" / "a") as other:
    file.write_text("half")
    other.write_text("half")
    print("written", flush=True)
    time.sleep(600)
"""
HOUR = 3600.0


@contextmanager
def writer(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is in the middle of two files."""
    process = subprocess.Popen([sys.executable, "-c", WRITE, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def left(folder: Path) -> set[str]:
    """All temporary files."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*.tmp")}


def names(pid: int) -> set[str]:
    """What the writer has begun."""
    return {f".table.parquet.{pid}.tmp", f"parts/.a.{pid}.tmp"}


def age(folder: Path) -> None:
    """Let all that is in a folder be of an hour ago."""
    for path in folder.rglob("*"):
        os.utime(path, (time.time() - HOUR, time.time() - HOUR))


def ended() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_killed_writer(tmp_path: Path) -> None:
    """kill -9 leaves two files, which are swept; what has its name stays."""
    (tmp_path / "whole.parquet").write_text("whole")
    with writer(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert left(tmp_path) == names(process.pid)
        sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["parts", "whole.parquet"]


@pytest.mark.parametrize("stopped", [False, True])
def test_a_living_writer(tmp_path: Path, stopped: bool) -> None:
    """What a living process writes stays, however old it is, and even while the process is stopped."""
    with writer(tmp_path) as process:
        if stopped:
            process.send_signal(signal.SIGSTOP)
        for _ in range(2):
            sweep(tmp_path)
            sweep_beside(tmp_path / "table.parquet")
            assert left(tmp_path) == names(process.pid)
            age(tmp_path)


def test_a_number_that_another_program_has_now(tmp_path: Path) -> None:
    """A leftover with the number of a living program that does not write it goes when it is a minute old."""
    path = tmp_path / f".table.parquet.{os.getppid()}.tmp"
    path.write_text("half")
    sweep(tmp_path)
    assert path.exists()
    age(tmp_path)
    sweep(tmp_path)
    assert not path.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_files_of_others(tmp_path: Path) -> None:
    """What another user left stays."""
    path = tmp_path / f".table.parquet.{ended()}.tmp"
    path.write_text("half")
    os.chown(path, 12345, -1)
    age(tmp_path)
    sweep(tmp_path)
    assert path.exists()


@pytest.mark.parametrize(
    "name", ["table.parquet.{}.tmp", ".table.tmp", ".{}.tmp", ".table.{}.tmp.parquet", ".a.-1.tmp"]
)
def test_names_that_are_not_ours(tmp_path: Path, name: str) -> None:
    """Only files with the name of a temporary one are swept, and no links."""
    path = tmp_path / name.format(ended())
    path.write_text("a user's")
    (tmp_path / f".link.{ended()}.tmp").symlink_to(path)
    age(tmp_path)
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert path.read_text() == "a user's"


def test_one_file_of_a_folder(tmp_path: Path) -> None:
    """Beside a single file only what was left of that file goes."""
    mine, other = (tmp_path / f".{name}.{ended()}.tmp" for name in ("library.parquet", "notes"))
    mine.write_text("half")
    other.write_text("half")
    sweep_beside(tmp_path / "library.parquet")
    assert (mine.exists(), other.exists()) == (False, True)
    sweep_beside(tmp_path / "nowhere" / "library.parquet")


def test_nothing_to_sweep(tmp_path: Path) -> None:
    """A folder that is not there is swept without a word."""
    sweep(tmp_path / "nowhere")
    assert not list(tmp_path.iterdir())


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    """A writer begins anew where a process of its own number was killed, and leaves nothing when it fails."""
    old = tmp_path / f".a.{os.getpid()}.tmp"
    old.write_text("torn by another")
    with unfinished(tmp_path / "a") as file:
        assert file == old
        file.write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "new"

    def fail() -> None:
        with unfinished(tmp_path / "b") as file:
            file.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_study_that_is_opened(tmp_path: Path) -> None:
    """Whoever opens a study sweeps its folder, but not before it has the lock."""
    folder = tmp_path / "study"
    torn = folder / "worlds" / "0123" / f".00000001.parquet.{ended()}.tmp"
    torn.parent.mkdir(parents=True)
    with open_study(None, folder, "a", "0123", ["maximize"]):
        torn.write_text("half")
        with pytest.raises(InputError, match="worked on by"), open_study(None, folder, "a", "0123", ["maximize"]):
            pass
        assert torn.exists()
    with open_study(None, folder, "a", "0123", ["maximize"]):
        assert not torn.exists()
