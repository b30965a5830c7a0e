"""Where things are kept."""

from pathlib import Path

import pytest

from sim.cache_folder import root


def test_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`$STEEPEST_CACHE`, else `$XDG_CACHE_HOME/steepest`, else `~/.cache/steepest`, else nowhere."""
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert root() == tmp_path / "own"
    monkeypatch.delenv("STEEPEST_CACHE")
    assert root() == tmp_path / "xdg" / "steepest"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert root() == tmp_path / ".cache" / "steepest"

    def nobody() -> Path:
        raise RuntimeError("nobody's home")

    monkeypatch.setattr(Path, "home", nobody)
    assert root() is None
