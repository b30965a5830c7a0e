"""What the readers of text logs share: lines and their records, torn last lines, several runs in one file."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from math import isnan, nan

import numpy as np

from sim.traces.reading.numbers import NUMBER
from sim.traces.reading.records import COLUMNS, TORN, WIDTH, Records
from sim.traces.reading.source import Source

LONGEST = 1 << 14  #: characters of the longest line that may be a record; longer ones are other output
PROGRAM_GAP = 200  #: lines without a sign of Python after which the source of a program is over

IsRecord = Callable[[str], object]

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_RANK = re.compile(
    r"\s*(?:\[(?:rank|default)?\d{1,6}\]:?|\[\d{1,6},\d{1,6}\]<std(?:out|err)>:|\d{1,6}:)(?=\s|\[|:::) ?"
)
_PROGRAM = re.compile(r"import \w|from [\w.]+ import |def \w+\(|class \w+[:(]|if __name__ ==|\"\"\"|#!")
_RULE = re.compile(r"={40,}\s*$")
_NUMBERS = re.compile(NUMBER)
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))?")


def sniffer(is_record: IsRecord, most: float) -> Callable[[Source], float]:
    """A function that says how sure a reader is of a file: `most` from three records in its head on, 0 without any."""

    def sniff(source: Source) -> float:
        found = 0
        for line in _head(source)[0][program_lines(source, is_record) :]:
            found += bool(line and is_record(line))
            if found == 3:
                return most
        return most * 0.8 if found else 0.0

    return sniff


class Log:
    """The bare lines of a log, and the records that were found in them.

    To iterate gives the lines without empty and overlong ones, without terminal colours and a launcher's prefix (`0: `,
    `[rank0]:`, `[1,0]<stdout>:`), after the training program that some logs begin with. After the last line a record
    that the end of the file has torn is taken back.

    With `one_rank`, of several ranks only the one that has the first record is read, because what stands on different
    lines belongs together only within a rank. A reader of several runs puts new `records` in place of the first.
    """

    def __init__(
        self, source: Source, is_record: IsRecord, *, one_rank: bool = False, records: Records | None = None
    ) -> None:
        self.source, self.records = source, Records() if records is None else records
        self._is_record, self._one_rank = is_record, one_rank
        self._line = self._last = ""  # the current line, and the kind of the last record
        self._latest: dict[str, str] = {}  # kind of record -> its latest line, and the line of that kind before it
        self._before: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        """The lines."""
        skip, chosen, text = program_lines(self.source, self._is_record), "", ""
        for place, line in enumerate(self.source.lines()):
            if place < skip or not 0 < len(line) <= LONGEST:
                continue
            rank, text = _split_prefix(line)
            if self._one_rank and rank:
                if not chosen and self._is_record(text):
                    chosen = rank
                if rank != (chosen or rank):
                    continue
            self._line = text
            yield text
        if not self.source.ends_cut or not self._line.strip():
            return
        if self._latest.get(self._last) == self._line:  # the last line became a record
            if self._last not in self._before or not _is_torn(self._line, self._before[self._last]):
                return
            del self.records.values[-WIDTH:]
        elif not any(_is_torn(self._line, whole) for whole in self._latest.values()):
            return
        self.records.cut = True
        self.records.note(TORN)

    def add(self, kind: str, step: str | float = nan, **values: str | float | None) -> None:
        """The current line is a record of that kind: see `Records.add`; numbers may be text as `NUMBER` finds it."""
        for name, value in values.items():
            if isinstance(value, str):
                values[name] = self.records.number(value, decimal=name in ("validation", "train"))
        self.records.add(float(step), **values)  # type: ignore[arg-type]
        if kind in self._latest:
            self._before[kind] = self._latest[kind]
        self._latest[kind], self._last = self._line, kind


def _is_torn(line: str, whole: str) -> bool:
    """Whether a line looks like the beginning of a whole one, or its last number has lost digits."""
    form, full = (" ".join(_NUMBERS.sub("0", text).split()) for text in (line, whole))
    if form != full:
        return full.startswith(form.rstrip("eE+-.,"))
    digits, usual = (
        len(text) - len(text.rstrip("0123456789")) if "." in text.split(" ")[-1] else 0
        for text in (line.rstrip(), whole.rstrip())
    )
    return digits < min(usual, 6)


def _split_prefix(line: str) -> tuple[str, str]:
    """The launcher's prefix, and the line without it and without colours."""
    if "\x1b" in line:
        line = _COLOUR.sub("", line)
    found = _RANK.match(line) if line[:1] in "[ 0123456789" else None
    return (found[0].strip(), line[found.end() :]) if found else ("", line)


@lru_cache(maxsize=2)  # all readers look at the same head
def _head(source: Source) -> tuple[list[str], int | None, int | None]:
    """The bare lines of the head, overlong ones as empty ones; where a program begins, and where a rule ends it."""
    first = rule = None
    for place, line in enumerate(source.head_lines):
        if first is None:
            first = place if _PROGRAM.match(line) else None
        elif line.startswith("=") and _RULE.match(line):
            rule = place
            break
    return [_split_prefix(line)[1] if 0 < len(line) <= LONGEST else "" for line in source.head_lines], first, rule


def program_lines(source: Source, is_record: IsRecord) -> int:
    """How many lines at the beginning are the source of the training program, examples of records in it included."""
    lines, first, rule = _head(source)
    if first is None or any(line and is_record(line) for line in lines[:first]):
        return 0
    if rule is not None and any(line and is_record(line) for line in lines[rule:]):
        return rule + 1
    last = first
    for place in range(first, len(lines)):
        if place - last > PROGRAM_GAP:
            break
        last = place if _PROGRAM.match(lines[place]) else last
    return last + 1


def moment(line: str) -> float:
    """The first time stamp of a line, in seconds since an arbitrary day; NaN where there is none."""
    if not (found := _STAMP.search(line)):
        return nan
    try:
        whole = datetime.fromisoformat(f"{found[1]} {found[2]}")
    except ValueError:
        return nan
    return (whole - datetime(2000, 1, 1)).total_seconds() + float(f"0.{found[3] or 0}")


def count_seconds_from(records: Records, begin: float) -> None:
    """Turn moments into seconds since `begin`; since the first record where the log does not say when it began."""
    if not records.has("seconds"):
        return
    seconds = records.column("seconds")
    if isnan(begin):
        begin = float(np.nanmin(seconds))
        records.note("seconds counted from the first record, the log does not say when the training began")
    with np.errstate(invalid="ignore"):
        seconds[:] = np.round(seconds - begin, 6)


def fill_tokens(records: Records, per_step: float) -> None:
    """Give every record the tokens that follow from its step, if the number of a step is known."""
    if per_step > 0:
        with np.errstate(all="ignore"):
            records.column("tokens")[:] = records.column("step") * per_step


def allow_unprinted_end(records: Records) -> None:
    """Forget the planned steps if the run may have done them all: the next record would have come after them."""
    step = records.column("step")
    end = float(np.max(step, initial=0.0, where=np.isfinite(step)))
    before = float(np.max(step, initial=0.0, where=step < end))
    if end < records.planned_steps < 2 * end - before:
        records.planned_steps = nan


def number_runs(found: Iterable[Records]) -> Iterator[Records]:
    """The runs called 1, 2, ... if there is more than one, without those that only repeat the one before."""
    held, count = None, 0
    stated = [COLUMNS.index(name) for name in ("step", "validation", "train")]
    for run in found:
        if held is not None:
            tables = [np.nan_to_num(each.table[:, stated], nan=-1.0) for each in (held, run)]
            if len(run) and len(np.unique(np.concatenate(tables), axis=0)) == len(np.unique(tables[0], axis=0)):
                held.note("a second copy of the run left out", len(run))
                continue
            count += 1
            held.run = str(count)
            yield held
        held = run
    if held is not None:
        held.run = str(count + 1) if count else ""
        yield held
