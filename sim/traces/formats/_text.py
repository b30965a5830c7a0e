"""What the readers of text logs share: which lines of a file are the log, without colours, ranks and programs."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from sim.traces.source import Source

LONGEST = 1 << 14
"""Characters of the longest line that may be a record; longer ones are other output."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_RANK = re.compile(
    r"\s*(?:\[(?:rank|default)?\d{1,6}\]:?|\[\d{1,6},\d{1,6}\]<std(?:out|err)>:|\d{1,6}:)(?=\s|\[|:::) ?"
)
_PROGRAM = re.compile(r"import \w|from [\w.]+ import |def \w+\(|class \w+[:(]|if __name__ ==|\"\"\"|#!")
_RULE = re.compile(r"={40,}\s*$")
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
