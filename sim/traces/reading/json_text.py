"""JSON of logs, one value at a time: bounded, with what there is of a file that was cut."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sim.traces.reading.source import Source, Unreadable

MOST_BYTES = 128 << 20
MOST_VALUE = 4 << 20  #: most characters of a value decoded at once: as objects it takes up to thirty times as much
MOST_VALUES = 2_000_000  #: most values that are taken or skipped one by one
FIRST_TRY, LONGEST_WORD = 1 << 12, 16

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_AFTER_NUMBER = set(" \t\r\n,]}")


def begins_with_object(source: Source, *words: str) -> bool:
    """Whether the head of a file begins with `{` and holds these words."""
    return source.head.lstrip("\ufeff \t\r\n").startswith("{") and all(word in source.head for word in words)


class CutError(ValueError):
    """The text ends, or is no JSON from here on."""


class Cursor:
    """A place in a JSON text. Of an object or array, members may be taken one by one; what is not taken is skipped.

    `Unreadable` if the file, a value in it or the number of its values is too large.
    """

    def __init__(self, source: Source) -> None:
        too_large = f"is JSON of more than {MOST_BYTES >> 20} MiB, which is the most that is read at once"
        data = source.whole(MOST_BYTES, too_large)
        self._text = data.decode(source.encoding, errors="replace")
        self._place = self._count = 0

    @property
    def next(self) -> str:
        """The character that the value here begins with; "" at the end."""
        self._skip_space()
        return self._text[self._place : self._place + 1]

    def value(self) -> Any:
        """The whole value here, and on to what follows it."""
        self._skip_space()
        size = FIRST_TRY
        while True:  # a long value is tried in parts that grow: most are short, and a slice of the rest would be a copy
            part = self._text[self._place : self._place + size]
            whole = self._place + size >= len(self._text)
            try:
                found, end = _DECODER.raw_decode(part)
                if whole or end < size:
                    break
            except json.JSONDecodeError as error:
                goes_on = error.pos > size - LONGEST_WORD or error.msg.startswith("Unterminated string")
                if whole or not goes_on:
                    raise CutError from None
            except ValueError:  # a number with more digits than Python reads
                raise CutError from None
            if size >= MOST_VALUE:
                raise Unreadable(f"has a JSON value of more than {MOST_VALUE >> 20} MiB, the most that is read at once")
            size *= 32
        self._place += end
        if isinstance(found, int | float) and self._text[self._place : self._place + 1] not in _AFTER_NUMBER:
            raise CutError  # there may have been more digits: of a cut "0.5" the "0." would be read as 0
        return found

    def members(self) -> Iterator[str]:
        """The keys of the object here; at each, the cursor stands at its value."""
        for _ in self.items("{", "}"):
            key = self.value()
            if not isinstance(key, str):
                raise CutError
            self._expect(":")
            yield key

    def items(self, opening: str = "[", closing: str = "]") -> Iterator[int]:
        """The places of the array here; at each, the cursor stands at the value."""
        self._expect(opening)
        place, done = 0, self.next == closing
        while not done:
            self._count += 1
            if self._count > MOST_VALUES:
                raise Unreadable(f"is JSON of more than {MOST_VALUES:,} values")
            yield place
            place += 1
            if self.next not in (",", closing):
                self.value()  # it was not taken
            done = self.next == closing
            if not done:
                self._expect(",")
        self._place += 1

    def _expect(self, mark: str) -> None:
        if self.next != mark:
            raise CutError
        self._place += 1

    def _skip_space(self) -> None:
        found = _SPACE.match(self._text, self._place)
        self._place = found.end() if found else self._place
