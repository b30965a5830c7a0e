"""JSON of logs, one value at a time: bounded, with what there is of a file that was cut."""

import json
import re
from collections.abc import Iterator
from math import nan
from typing import Any

from sim.traces.source import Source, Unreadable

MOST_BYTES = 256 << 20
MISSING = {"", "none", "null"}

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_AFTER_NUMBER = set(" \t\r\n,]}")


class CutError(ValueError):
    """The text ends, or is no JSON from here on."""


class Cursor:
    """A place in a JSON text. Of an object or array, members may be taken one by one; what is not taken is skipped.

    Raises:
        Unreadable: the file is too large.
    """

    def __init__(self, source: Source) -> None:
        parts, size = [], 0
        for chunk in source.chunks():
            size += len(chunk)
            if size > MOST_BYTES:
                raise Unreadable(f"is JSON of more than {MOST_BYTES >> 20} MiB, which is the most that is read at once")
            parts.append(chunk)
        self._text = b"".join(parts).decode(source.encoding, errors="replace")
        self._place = 0

    def value(self) -> Any:
        """The whole value here, and on to what follows it."""
        self._skip_space()
        try:
            found, self._place = _DECODER.raw_decode(self._text, self._place)
        except ValueError:  # also a number with more digits than Python reads
            raise CutError from None
        if isinstance(found, int | float) and self._text[self._place : self._place + 1] not in _AFTER_NUMBER:
            raise CutError  # there may have been more digits: of a cut "0.5" the "0." would be read as 0
        return found

    def members(self) -> Iterator[str]:
        """The keys of the object here; at each, the cursor stands at its value."""
        for _ in self._each("{", "}"):
            key = self.value()
            if not isinstance(key, str):
                raise CutError
            self._expect(":")
            yield key

    def items(self) -> Iterator[int]:
        """The places of the array here; at each, the cursor stands at the value."""
        return self._each("[", "]")

    @property
    def next(self) -> str:
        """The character that the value here begins with; "" at the end."""
        self._skip_space()
        return self._text[self._place : self._place + 1]

    def _each(self, opening: str, closing: str) -> Iterator[int]:
        self._expect(opening)
        if self.next == closing:
            self._place += 1
            return
        count = 0
        while True:
            yield count
            count += 1
            if self.next not in (",", closing):
                self.value()  # it was not taken
            if self.next == closing:
                self._place += 1
                return
            self._expect(",")

    def _expect(self, mark: str) -> None:
        if self.next != mark:
            raise CutError
        self._place += 1

    def _skip_space(self) -> None:
        found = _SPACE.match(self._text, self._place)
        self._place = found.end() if found else self._place


def real(value: Any) -> float | None:
    """A JSON value as a number; `None` where it is none. Some loggers write `"NaN"` and `"Infinity"` as text."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str) and value.strip().lower() in MISSING:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
    except OverflowError:
        return nan


def known(value: Any) -> float:
    """The same, with NaN where it is none."""
    found = real(value)
    return nan if found is None else found
