"""Messages of libraries: warnings are one line each, and logs that would repeat our own messages are dropped."""

import logging
import warnings
from contextlib import suppress

import pytest

from experiments.run.messages import say_plainly, silence


def test_a_warning_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the program's name, and without file and line."""
    monkeypatch.setattr(warnings, "formatwarning", None)
    say_plainly()
    assert warnings.formatwarning("slow", UserWarning, "file.py", 7) == "steepest: slow\n"


def test_loggers_are_silent_within_the_block(caplog: pytest.LogCaptureFixture) -> None:
    """Messages below the level are dropped; afterwards, also after an error, each logger has its own level again."""
    one, other = logging.getLogger("one"), logging.getLogger("other")
    one.setLevel(logging.INFO)
    with suppress(ArithmeticError), silence("one", "other", below=logging.ERROR):
        one.warning("dropped")
        other.error("kept")
        raise ArithmeticError
    assert (one.level, other.level) == (logging.INFO, logging.NOTSET)
    assert caplog.messages == ["kept"]
