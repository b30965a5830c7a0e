"""Delimited text as blocks of rows: comma, semicolon, tab or spaces; comments, ragged rows and torn ends."""

import csv
import io
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Any

from sim.traces.reading.names import Layout
from sim.traces.reading.numbers import parse_column, parse_number
from sim.traces.reading.records import TORN
from sim.traces.reading.source import Source

LONGEST_HEADER = 300_000
MOST_COLUMNS = 20_000
BLOCK_CELLS, BLOCK_CHARACTERS = 500_000, 16_000_000  #: held at a time: about 30 MB
MOST_LINES = 20  #: lines that a row with line ends in quoted cells may have
MOST_HEADERS = 1_000  #: rows of another length that are looked at, whether they are a new header
RECENT = 50  #: rows before the last one that it is compared with, whether it is torn
OTHER_LENGTH, DAMAGED = "rows with more or fewer cells than the header left out", "damaged rows left out"


class Sheet:
    """A file of delimited text; its `delimiter` is "" where the head of the file shows no table."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.notes: Counter[str] = Counter()  #: what was done -> to how many lines
        self.cut = False  #: the last line was torn, and left out
        self.delimiter = ""
        self.header, self.first = list[str](), list[str]()  #: the cells of the first two rows
        lines = [line for line in source.head_lines[:1000] if line.strip() and not line.startswith("#")][:2]
        if not lines or len(lines[0]) > LONGEST_HEADER:
            return
        counts = {mark: len(_split(lines[0], mark)) for mark in ("\t", ";", ",")}
        best = max(counts, key=lambda mark: counts[mark])  # what parts the header into most names
        if 1 < counts[best] <= MOST_COLUMNS:
            self.delimiter = best
        elif Layout(lines[0].split()).complete:
            self.delimiter = " "
        if self.delimiter:
            self.header, *rest = (_split(line, self.delimiter) for line in lines)
            self.first = rest[0] if rest else []

    def blocks(self) -> Iterator[tuple[list[str], list[str]]]:
        """A header and the rows under it, as text with as many cells each, block by block; the header may change."""
        lines = self._rows()
        header, named = self.header, next(lines, "")
        rows, size, line = list[str](), 0, ""
        recent = deque[str](maxlen=RECENT + 1)
        for last in lines:
            line, count = last, last.count(self.delimiter) + 1
            if count >= len(header) and ('"' in line or self.delimiter == " "):  # fewer marks cannot part enough cells
                count = len(_split(line, self.delimiter))
            if count == len(header) + 1 and line.endswith(self.delimiter):
                line, count = line[:-1], count - 1
            if line == named:
                self.notes["headers repeated"] += 1
            elif count == len(header):
                rows.append(line)
                recent.append(line)
                size += len(line)
                if len(rows) * len(header) >= BLOCK_CELLS or size >= BLOCK_CHARACTERS:
                    # the last row may be torn, which shows only at the end of the file
                    yield header, rows[:-1]
                    rows, size = rows[-1:], 0
            elif self.notes[OTHER_LENGTH] < MOST_HEADERS and Layout(_split(line, self.delimiter)).complete:
                yield header, rows
                header, named, rows, size = _split(line, self.delimiter), line, [], 0
            else:
                self.notes[OTHER_LENGTH] += 1
        if self.source.ends_cut:
            self._leave_torn_out(line, header, rows, [_split(line, self.delimiter) for line in recent][:-1])
        yield header, rows

    def frame(self, rows: list[str], layout: Layout, also: Sequence[int] = ()) -> Any:
        """The columns that are read, as numbers by place; those of runs as text.

        Losses, those of the layout and those at the places `also`, come as of `numbers.as_loss`.
        """
        import pandas as pd  # noqa: PLC0415 - slow to import

        losses = layout.loss_places | {*also}
        places = sorted({*layout.places, *losses})
        texts = layout.columns["run"].places if "run" in layout.columns else ()
        try:
            found = pd.read_csv(
                io.StringIO("\n".join(rows)),
                sep=self.delimiter,
                skipinitialspace=self.delimiter == " ",
                header=None,
                names=range(len(layout.header)),
                usecols=places,
                dtype=object,  # Python's own conversion rounds every number correctly
                na_filter=False,
                skip_blank_lines=False,
                on_bad_lines="skip",
            )
        except pd.errors.ParserError:  # quotation marks that the two readers of CSV take differently
            found = pd.DataFrame([_split(row, self.delimiter) for row in rows])[places]
        if left := len(rows) - len(found):
            self.notes[DAMAGED] += left
        for place in places:
            if place not in texts:
                comma = place in losses or self.delimiter == ";"
                found[place] = parse_column(found[place].to_numpy(), comma, self.notes, losses=place in losses)
        return found

    def _rows(self) -> Iterator[str]:
        """The lines that are no comments, those of one row together; an unclosed quotation mark damages one row."""
        lines, ahead = self.source.lines(), deque[str]()
        opening = f'{self.delimiter}"'
        while (line := ahead.popleft() if ahead else next(lines, None)) is not None:
            if not line.strip() or line.startswith("#"):
                continue
            if '"' in line and line.count('"') % 2 and (line.startswith('"') or opening in line):
                row = [line]
                while len(row) <= MOST_LINES and (more := ahead.popleft() if ahead else next(lines, None)) is not None:
                    row.append(more)
                    if more.count('"') % 2:
                        line = "\n".join(row)
                        break
                else:
                    ahead.extendleft(reversed(row[1:]))
                    self.notes[DAMAGED] += 1
                    continue
            yield line

    def _leave_torn_out(self, line: str, header: list[str], rows: list[str], recent: list[list[str]]) -> None:
        """Leave the last row out if the file ends within it: cells are missing, or its last one has lost digits."""
        last = _split(line, self.delimiter)
        if rows and rows[-1] == line:
            place = max((n for n, cell in enumerate(last) if cell), default=0)
            if not _has_lost_digits(last[place], [row[place] for row in recent if row[place]]):
                return
            rows.pop()
        elif len(last) < len(header) and self.notes[OTHER_LENGTH]:
            self.notes[OTHER_LENGTH] -= 1
        else:
            return
        self.notes += Counter()  # drops what has come to nothing
        self.notes[TORN] += 1
        self.cut = True


def _has_lost_digits(cell: str, before: list[str]) -> bool:
    """Whether a number has fewer decimals than those above it, or falls below whole numbers that rise."""
    decimals = [len(text.replace(",", ".").partition(".")[2]) for text in before]
    if not any(decimals):
        values = [parse_number(text) for text in (*before, cell)]
        rising = [value for value in values if value is not None]
        return len(rising) > 2 and rising[:-1] == sorted(rising[:-1]) and rising[-1] < rising[-2]
    alike = len(decimals) >= 20 or (len(decimals) >= 5 and len(set(decimals)) == 1)
    return len(cell.replace(",", ".").partition(".")[2]) < min(decimals) - (0 if alike else 1)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter, skipinitialspace=delimiter == " "), [])
    except csv.Error:
        return []
