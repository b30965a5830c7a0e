"""What the readers of text logs share: plain lines without the program before them, and what a torn line looks like."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from math import isnan, nan

import numpy as np

from sim.traces.raw import NUMBER, Raw
from sim.traces.source import Source

LONGEST = 1 << 14
"""Characters of the longest line that may be a record; longer ones are other output."""
TORN = "torn last line left out"

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_RANK = re.compile(
    r"\s*(?:\[(?:rank|default)?\d{1,6}\]:?|\[\d{1,6},\d{1,6}\]<std(?:out|err)>:|\d{1,6}:)(?=\s|\[|:::) ?"
)
_PROGRAM = re.compile(r"import \w|from [\w.]+ import |def \w+\(|class \w+[:(]|if __name__ ==")
_RULE = re.compile(r"={40,}\s*$")
_NUMBERS = re.compile(NUMBER)
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))?")
_PROGRAM_GAP = 200


def bare(line: str) -> str:
    """A line without terminal colours and without a launcher's prefix: `0: `, `[rank0]:`, `[1,0]<stdout>:`."""
    return _apart(line)[1]


def _apart(line: str) -> tuple[str, str]:
    """The launcher's prefix, and the line without it."""
    if "\x1b" in line:
        line = _COLOUR.sub("", line)
    found = _RANK.match(line) if line[:1] in "[ 0123456789" else None
    return (found[0].strip(), line[found.end() :]) if found else ("", line)


@lru_cache(maxsize=2)
def _head(source: Source) -> tuple[list[str], int | None, int | None]:
    """The bare lines of the head, overlong ones as empty ones; where a program begins, and where a rule ends it."""
    first = rule = None
    for place, line in enumerate(source.head_lines):
        if first is None:
            first = place if _PROGRAM.match(line) else None
        elif line.startswith("=") and _RULE.match(line):
            rule = place
            break
    return [bare(line) if 0 < len(line) <= LONGEST else "" for line in source.head_lines], first, rule


def after_program(source: Source, is_record: Callable[[str], object]) -> int:
    """How many lines at the beginning are the source of the training program, examples of records in it included."""
    lines, first, rule = _head(source)
    if first is None or any(line and is_record(line) for line in lines[:first]):
        return 0
    if rule is not None and any(line and is_record(line) for line in lines[rule:]):
        return rule + 1
    last = first
    for place in range(first, len(lines)):
        if place - last > _PROGRAM_GAP:
            break
        last = place if _PROGRAM.match(lines[place]) else last
    return last + 1


def sure(source: Source, is_record: Callable[[str], object], most: float) -> float:
    """How sure a reader is of a file: `most` from three records in its head on, 0 without any."""
    found = 0
    for line in _head(source)[0][after_program(source, is_record) :]:
        found += bool(line and is_record(line))
        if found == 3:
            return most
    return most * 0.8 if found else 0.0


def plain_lines(source: Source, is_record: Callable[[str], object], *, one_rank: bool = False) -> Iterator[str]:
    """The bare lines, without empty and overlong ones, after the training program that some logs begin with.

    With `one_rank`, of several ranks only the one that has the first record: what stands on different lines belongs
    together only within a rank.
    """
    skip, chosen = after_program(source, is_record), ""
    for place, line in enumerate(source.lines()):
        if place < skip or not 0 < len(line) <= LONGEST:
            continue
        rank, text = _apart(line)
        if one_rank and rank:
            if not chosen and is_record(text):
                chosen = rank
            if rank != (chosen or rank):
                continue
        yield text


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


def tokens_by_step(raw: Raw, per_step: float) -> None:
    """Give every record the tokens that follow from its step."""
    with np.errstate(all="ignore"):
        raw.put("tokens", raw.column("step") * per_step)


def moment(line: str) -> float:
    """The first time stamp of a line, in seconds since an arbitrary day; NaN where there is none."""
    if not (found := _STAMP.search(line)):
        return nan
    try:
        whole = datetime.fromisoformat(f"{found[1]} {found[2]}")
    except ValueError:
        return nan
    return (whole - datetime(2000, 1, 1)).total_seconds() + float(f"0.{found[3] or 0}")


def since(raw: Raw, begin: float) -> None:
    """Turn moments into seconds since `begin`; since the first record where the log does not say when it began."""
    if "seconds" not in raw.columns:
        return
    seconds = np.frombuffer(raw.columns["seconds"], dtype=np.float64)
    if isnan(begin):
        begin = float(np.nanmin(seconds))
        raw.note("seconds counted from the first record, the log does not say when the training began")
    seconds[:] = np.round(seconds - begin, 6)


def _torn(line: str, like: str) -> bool:
    """Whether a line looks like the beginning of another one's form, or its last number has lost digits."""
    form, full = (" ".join(_NUMBERS.sub("0", text).split()) for text in (line, like))
    if form != full:
        return full.startswith(form.rstrip("eE+-.,"))
    return _decimals(line) < min(_decimals(like), 6)


def _decimals(line: str) -> int:
    text = line.rstrip()
    return len(text) - len(text.rstrip("0123456789")) if "." in text.split(" ")[-1] else 0
