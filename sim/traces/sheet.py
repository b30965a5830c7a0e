"""Delimited text as blocks of rows: comma, semicolon, tab or spaces; comments, ragged rows and torn ends."""

import csv
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sim.traces.cells import Numbers, number, numbers
from sim.traces.layout import Layout, layout
from sim.traces.source import Source

LONGEST_HEADER = 300_000
MOST_COLUMNS = 20_000
BLOCK_CELLS, BLOCK_CHARACTERS = 500_000, 16_000_000
"""Held at a time: about 30 MB."""
RECENT = 50
OTHER_LENGTH = "rows with more or fewer cells than the header left out"


class Block(NamedTuple):
    """Rows under one header, each as long as it."""

    header: list[str]
    rows: list[list[str]]


class Sheet:
    """A file of delimited text.

    Attributes:
        delimiter: what parts the cells; "" where the head of the file shows no table.
        header: the names of the columns.
        notes: what was done -> to how many lines.
        cut: the last line was torn, and left out.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.notes: Counter[str] = Counter()
        self.cut = False
        self._held = 0
        lines = [line for line in source.head_lines[:1000] if line.strip() and not line.startswith("#")][:2]
        self.delimiter = _delimiter(lines[0]) if lines else ""
        self.header = _cells(lines[0], self.delimiter) if self.delimiter else []
        self.first = _cells(lines[1], self.delimiter) if self.header and len(lines) > 1 else []

    @property
    def is_table(self) -> bool:
        """Whether the head looks like one: a header of words, and a row with as many cells and a number."""
        words = len(set(self.header)) > 1 and all(number(cell) is None for cell in self.header)
        return words and len(self.first) == len(self.header) and any(number(cell) is not None for cell in self.first)

    def blocks(self) -> Iterator[Block]:
        """The rows, in blocks; a new block where the header changes on the way."""
        header, rows, last = self.header, list[list[str]](), list[str]()
        most = max(1, BLOCK_CELLS // max(1, len(header)))
        recent: list[list[str]] = []
        for cells in self._rows():
            if len(rows) >= most or self._held > BLOCK_CHARACTERS:
                self._held = 0
                recent = rows[-RECENT:]
                yield Block(header, rows)
                rows = []
            last = cells
            if len(cells) == len(header) + 1 and not cells[-1]:
                cells.pop()
            if len(cells) == len(header):
                rows.append(cells)
            elif layout(cells).complete:
                yield Block(header, rows)
                header, rows = cells, []
            else:
                self.notes[OTHER_LENGTH] += 1
        if self.source.ends_cut:
            self._torn(last, header, rows, [*recent, *rows])
        yield Block(header, rows)

    def columns(self, block: Block, means: Layout) -> dict[int, Numbers]:
        """The wanted columns of a block as numbers, by place."""
        decimal = {*means.losses, *(means.wanted if self.delimiter == ";" else ())}
        return {
            place: numbers([row[place] for row in block.rows], place in decimal, self.notes)
            for place in means.wanted
            if place != means.places.get("run")
        }

    def _rows(self) -> Iterator[list[str]]:
        """The rows after the header; where a quotation mark is never closed, on after what it swallowed."""
        lines = self._lines()
        next(lines, None)
        while True:
            reader = csv.reader(lines, delimiter=self.delimiter, skipinitialspace=self.delimiter == " ")
            try:
                for cells in reader:
                    if cells == self.header:
                        self.notes["headers repeated"] += 1
                    else:
                        yield cells
            except csv.Error:
                self.notes["damaged rows left out"] += 1
            else:
                return

    def _lines(self) -> Iterator[str]:
        for line in self.source.lines():
            if line.strip() and not line.startswith("#"):
                self._held += len(line)
                yield line

    def _torn(self, last: list[str], header: list[str], rows: list[list[str]], recent: list[list[str]]) -> None:
        """Leave the last row out if the file ends within it: cells are missing, or its last one has lost digits."""
        if rows and rows[-1] is last:
            place = max((n for n, cell in enumerate(last) if cell), default=0)
            if not _lost_digits(last[place], [row[place] for row in recent[-RECENT - 1 : -1] if row[place]]):
                return
            rows.pop()
        elif len(last) < len(header) and self.notes[OTHER_LENGTH]:
            self.notes[OTHER_LENGTH] -= 1
        else:
            return
        self.notes += Counter()  # drops what has come to nothing
        self.notes["torn last line left out"] += 1
        self.cut = True


def _lost_digits(cell: str, before: list[str]) -> bool:
    """Whether a number has fewer decimals than those above it, or falls below whole numbers that rise."""
    decimals = [len(text.replace(",", ".").partition(".")[2]) for text in before]
    if not any(decimals):
        values = [number(text) for text in (*before, cell)]
        rising = [value for value in values if value is not None]
        return len(rising) > 2 and rising[:-1] == sorted(rising[:-1]) and rising[-1] < rising[-2]
    alike = len(decimals) >= 20 or (len(decimals) >= 5 and len(set(decimals)) == 1)
    return len(cell.replace(",", ".").partition(".")[2]) < min(decimals) - (0 if alike else 1)


def _delimiter(header: str) -> str:
    """What parts the header into most names."""
    if len(header) > LONGEST_HEADER:
        return ""
    counts = {mark: len(_cells(header, mark)) for mark in ("\t", ";", ",")}
    best = max(counts, key=lambda mark: counts[mark])
    if 1 < counts[best] <= MOST_COLUMNS:
        return best
    return " " if layout(header.split()).complete else ""


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=delimiter == " "), [])
    except csv.Error:
        return []
