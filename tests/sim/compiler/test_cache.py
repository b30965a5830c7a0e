"""Compiled code on disk: kept for the next process, and never run where it is damaged, old or somebody else's."""

import hashlib
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command import refused, steepest

from policies import build
from sim.compiler import cache, compiled

PROGRAM = """
from policies import Seen, build
from sim.compiler.policies import compiled_epsilon
print(compiled_epsilon(build("half-life"))(7200.0, Seen(7200.0)).hex())
"""


def third(value: float) -> float:
    """A loop of the engine, as short as can be."""
    return value / 3.0


def again(value: float) -> tuple[float, bool]:
    """What a process that begins now gets, and whether it was compiled for it."""
    made = compiled(third)
    return made(value), not made.whole.stats.cache_hits


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for all versions, not yet made; nothing was said of it yet."""
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(cache, "folder", cache.folder.__wrapped__)
    monkeypatch.setattr(cache, "_said", set())
    return tmp_path / "kept"


def files(kept: Path) -> list[Path]:
    """The files of compiled code."""
    return sorted(kept.glob(f"*/*{cache.SUFFIX}"))


def start(place: Path) -> subprocess.Popen[str]:
    """Begin the program with compiled code in that place."""
    environment = {**os.environ, "PYTHONWARNINGS": "error", "STEEPEST_CACHE": str(place)}
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def said(program: subprocess.Popen[str]) -> list[str]:
    """What it prints on standard error, by lines; it gets the number right."""
    out, error = program.communicate(timeout=120)
    assert program.returncode == 0, error
    assert out == build("half-life").advantage(7200.0).hex() + "\n"
    return error.splitlines()


def test_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder nothing is kept, and nothing is there to be cleared."""
    monkeypatch.setattr(cache, "root", lambda: None)
    assert cache.folder.__wrapped__() is None
    assert cache.clear() == (None, 0, 0)


def test_the_next_process_does_not_compile(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What one has compiled the next one loads; nothing is said."""
    assert again(1.0) == (1.0 / 3.0, True)
    assert [path.parent.name for path in files(kept)] == [cache.version()]
    assert again(2.0) == (2.0 / 3.0, False)
    assert capsys.readouterr().err == ""


def test_other_types_are_other_code(kept: Path) -> None:
    """There is a file for each list of argument types."""
    again(1.0)
    assert again(True) == (1.0 / 3.0, True)
    assert len(files(kept)) == 2


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda written: written[:1000],
    "empty": lambda written: b"",
    "without a checksum": lambda written: written[32:],
    "one bit": lambda written: written[:500] + bytes([written[500] ^ 1]) + written[501:],
    "the last byte": lambda written: written[:-1] + bytes([written[-1] ^ 128]),
    "something else": lambda written: b"something else entirely" * 100,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_code_is_never_run(
    damage: Callable[[bytes], bytes], kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is compiled anew and put in order, with one line on standard error."""
    again(1.0)
    (path,) = files(kept)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert again(1.0) == (1.0 / 3.0, True)
    assert again(1.0) == (1.0 / 3.0, False)
    said = f"steepest: compiled code in {path.parent} is damaged, and compiled anew"
    assert capsys.readouterr().err.splitlines() == [said]


def test_what_another_numba_has_written(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is whole but cannot be loaded is compiled anew, too."""
    again(1.0)
    (path,) = files(kept)
    body = pickle.dumps(("not", "what", "it", "expects"))
    path.write_bytes(hashlib.sha256(body).digest() + body)
    assert again(1.0) == (1.0 / 3.0, True)
    assert capsys.readouterr().err.count("\n") == 1


def test_nothing_is_kept_of_what_something_encloses(kept: Path) -> None:
    """A function with variables of another one is compiled in every process: they may differ next time."""
    divisor = 4.0

    @compiled
    def part(value: float) -> float:
        return value / divisor

    assert part(1.0) == 0.25
    assert files(kept) == []


def test_a_file_in_the_way(tmp_path: Path) -> None:
    """Where the folder cannot be made the program runs all the same, and says so in one line."""
    (tmp_path / "file").write_text("in the way")
    (line,) = said(start(tmp_path / "file"))
    folder = tmp_path / "file" / cache.version()
    assert line == f"steepest: compiled code is not kept: {folder} cannot be written (Not a directory)"
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_full_disk(tmp_path: Path) -> None:
    """Where there is no space the program runs all the same, says so in one line, and leaves nothing half written."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=8k", "none", str(place)]
    able = os.getuid() == 0 and Path(mount[0]).exists()
    if not able or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        (line,) = said(start(place))
        assert line.endswith("cannot be written (No space left on device)")
        assert not [path for path in place.rglob("*") if path.is_file()]
    finally:
        subprocess.run(["/bin/umount", str(place)], check=True)


def test_no_place(kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without any place for it compiled code stays in memory, without a word."""
    monkeypatch.setattr(cache, "root", lambda: None)
    assert again(1.0) == (1.0 / 3.0, True)
    assert again(1.0) == (1.0 / 3.0, True)
    assert capsys.readouterr().err == ""


def test_two_processes_at_once(tmp_path: Path) -> None:
    """Both get it right, neither says anything, and what they leave is whole."""
    programs = [start(tmp_path) for _ in range(2)]
    assert [said(program) for program in programs] == [[], []]
    (path,) = files(tmp_path)
    before = path.stat().st_mtime_ns
    assert said(start(tmp_path)) == []
    assert path.stat().st_mtime_ns == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def old(kept: Path, number: int, age: float) -> Path:
    """The folder of an older version, which a process last began with so many seconds ago."""
    folder = kept / f"{number:016x}"
    folder.mkdir(parents=True)
    (folder / f"loop-1{cache.SUFFIX}").write_bytes(b"1234")
    os.utime(folder, (time.time() - age,) * 2)
    return folder


def test_old_versions_go(kept: Path) -> None:
    """A new version removes those that nobody has begun with for a day, but for two; what is in use stays."""
    used = [old(kept, number, 60.0 * number) for number in range(1, 4)]
    unused = [old(kept, number, 90_000.0 * number) for number in range(4, 7)]
    again(1.0)
    assert [folder.exists() for folder in used] == [True] * 3
    assert [folder.exists() for folder in unused] == [False] * 3


def test_a_version_in_use_is_marked(kept: Path) -> None:
    """A process that begins marks its version's folder, so that no other one takes it for an old one."""
    again(1.0)
    (own,) = kept.iterdir()
    os.utime(own, (0.0, 0.0))
    again(1.0)
    assert time.time() - own.stat().st_mtime < 100.0


def test_clear(kept: Path) -> None:
    """All compiled code goes, of all versions, and the folder with it; it is said how much that was."""
    again(1.0)
    size = files(kept)[0].stat().st_size
    old(kept, 1, 10.0)
    assert cache.clear() == (kept, 2, size + 4)
    assert not kept.exists()
    assert cache.clear() == (kept, 0, 0)


def test_clear_removes_nothing_else(kept: Path) -> None:
    """Whatever else stands in the folder that the user has named stays, and so does the folder."""
    folder = old(kept, 1, 10.0)
    (kept / "thesis.txt").write_text("mine")
    (kept / "0123").mkdir()
    (folder / "notes.txt").write_text("mine too")
    (kept / ("f" * 16)).symlink_to(folder)
    assert cache.clear() == (kept, 1, 4)
    left = sorted(path.name for path in kept.rglob("*"))
    assert left == [folder.name, "0123", "f" * 16, "notes.txt", "thesis.txt"]


def test_clear_by_command(kept: Path) -> None:
    """`steepest bench --clear-cache` says what it has removed, or that there is nothing."""
    old(kept, 1, 10.0)
    done = [steepest("bench", "--clear-cache", cwd=kept.parent) for _ in range(2)]
    assert [each.stdout for each in done] == [
        f"removed all compiled code in {kept}: files 1, MB 0.0\n",
        f"there is no compiled code in {kept}\n",
    ]
    assert [(each.returncode, each.stderr) for each in done] == [(0, "")] * 2
    assert "leave --json out" in refused(steepest("bench", "--clear-cache", "--json", cwd=kept.parent))
