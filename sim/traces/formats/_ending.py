"""Whether the last line of a text log was torn, and what becomes of its record."""

import re

from sim.traces.raw import NUMBER, Raw
from sim.traces.source import Source

TORN = "torn last line left out"

_NUMBERS = re.compile(NUMBER)


class Ending:
    """The latest record of each kind, to tell whether the last line of a log was torn."""

    def __init__(self) -> None:
        self._latest: dict[str, str] = {}
        self._before: dict[str, str] = {}
        self._last = ""

    def saw(self, kind: str, line: str) -> None:
        """A line that was read as a record of that kind."""
        if kind in self._latest:
            self._before[kind] = self._latest[kind]
        self._latest[kind] = line
        self._last = kind

    def close(self, raw: Raw, source: Source, line: str) -> None:
        """Take back the last record if the file ends within it; `line` is the last line of the file."""
        if not source.ends_cut or not line.strip():
            return
        if self._latest.get(self._last) == line:
            if self._last in self._before and _torn(line, self._before[self._last]):
                forget_last(raw)
                raw.cut = True
                raw.note(TORN)
        elif any(_torn(line, like) for like in self._latest.values()):
            raw.cut = True
            raw.note(TORN)


def forget_last(raw: Raw) -> None:
    """Take the last record back."""
    for numbers in raw.columns.values():
        del numbers[-1:]
    for marks in raw.has_loss.values():
        del marks[-1:]
    raw.count -= 1


def _torn(line: str, like: str) -> bool:
    """Whether a line looks like the beginning of another one's form, or its last number has lost digits."""
    form, full = (" ".join(_NUMBERS.sub("0", text).split()) for text in (line, like))
    if form != full:
        return full.startswith(form.rstrip("eE+-.,"))
    return _decimals(line) < min(_decimals(like), 6)


def _decimals(line: str) -> int:
    text = line.rstrip()
    return len(text) - len(text.rstrip("0123456789")) if "." in text.split(" ")[-1] else 0
