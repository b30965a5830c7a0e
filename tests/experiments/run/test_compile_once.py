"""Compiling once: of those who need code that nobody has compiled, one does it and the others wait."""

from pathlib import Path
from threading import Event, Thread

import pytest

from experiments.run import compile_once
from experiments.run.compile_once import compile_once as compiling
from sim.world import OPINION_STEPS


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for compiled code, not yet made."""
    folder = tmp_path / "kept"
    monkeypatch.setattr(compile_once, "folder", lambda: folder)
    return folder


class Other(Thread):
    """Somebody else who needs the same; `there` is set once it need not wait."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.there, self.compiles = Event(), False

    def run(self) -> None:
        """See `Thread`."""
        with compiling("code") as watch:
            self.compiles = watch is not None
            self.there.set()


def test_the_others_wait_for_the_first() -> None:
    """Until its world has gone far enough to come by everything; then they find it compiled."""
    other = Other()
    with compiling("code") as watch:
        assert watch is not None
        other.start()
        for step in range(OPINION_STEPS):
            watch(150 * step)
        assert not other.there.wait(0.2)
        watch(150 * OPINION_STEPS)
        assert other.there.wait(10)
    assert not other.compiles


def test_a_short_world_is_enough() -> None:
    """One that ends before that many steps has come by all that worlds like it need."""
    with compiling("code"):
        pass
    with compiling("code") as watch:
        assert watch is None
    with compiling("another") as watch:
        assert watch is not None


def test_who_fails_hands_on(kept: Path) -> None:
    """The next one compiles."""
    other = Other()

    def fail() -> None:
        with compiling("code"):
            other.start()
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail()
    assert other.there.wait(10)
    assert other.compiles
    other.join()
    assert (kept / "code.done").exists()


def test_where_nothing_is_kept_nobody_waits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a folder, or in one that cannot be made, each compiles for itself."""
    monkeypatch.setattr(compile_once, "folder", lambda: None)
    with compiling("code") as watch:
        assert watch is None
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(compile_once, "folder", lambda: tmp_path / "file" / "kept")
    other = Other()
    with compiling("code"):
        other.start()
        assert other.there.wait(10)
