"""A submissions table as a pandas frame of texts with a column per meaning, read from CSV or JSON lines."""

import codecs
import csv
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.submissions.columns import locate
from experiments.submissions.limits import MOST_CELLS, MOST_LINE, MOST_ROWS, MOST_TEXT, RaceError, shown

if TYPE_CHECKING:
    import pandas as pd

MOST_WHOLE = 1e15
"""Floats that count as whole numbers end here."""
COMMENTS = re.compile(rb"(?:[^\S\n]*(?:#[^\n]*)?(?:\n|\Z))*+")
"""The lines above the header that are blank or begin with `#`."""
REMARK = re.compile(r"^[^\S\n]*#[^\S\n]*(source|unit)[^\S\n]*:(.*)$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Table:
    """Cells as text without spaces around it, "" where empty. Rows count from 0, in messages from 1.

    Raises:
        RaceError: no rows, too many, or a cell that is too long.
    """

    path: Path  #: the file, for messages
    names: dict[str, str]  #: meaning -> the column's name as the file writes it
    frame: "pd.DataFrame"  #: a column of texts per meaning
    remarks: dict[str, str] = field(default_factory=dict)  #: what leading comments say, such as `{"unit": "bpb"}`
    lines: list[int] = field(default_factory=list)  #: of a CSV file, on which each row begins

    def __post_init__(self) -> None:
        """Hold rows and cells to their bounds."""
        check_rows(self.path, len(self.frame))
        for meaning in self.frame:
            lengths = self.frame[meaning].str.len()
            if lengths.max() > MOST_TEXT:
                row = int((lengths > MOST_TEXT).idxmax())
                rule = f"but has {lengths[row]:,} characters, and a cell may have {MOST_TEXT:,}; shorten it"
                raise self.fault(row, meaning, rule)

    def place(self, row: int) -> str:
        """How messages name a row: `row 3 (line 5)`."""
        return f"row {row + 1}{f' (line {self.lines[row]})' if self.lines else ''}"

    def fault(self, row: int, meaning: str, rule: str, value: str | None = None) -> RaceError:
        """The error of a cell, or of a value in it; `rule` says what to do too."""
        given = self.frame[meaning][row] if value is None else value
        where = f"{self.path}: {self.place(row)}, column {self.names[meaning]!r}"
        return RaceError(f"{where}: is {shown(given) if given else 'empty'}, {rule}")


def read_csv(path: Path, data: bytes) -> Table:
    """The table in a CSV file's bytes: UTF-8, separated by commas, comment lines with `#` before the header.

    Raises:
        RaceError: not UTF-8, no header or rows, a wrong column name, or a row of too few or too many fields.
    """
    import pandas as pd  # noqa: PLC0415 - a slow import, and a race that is kept needs none

    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RaceError(
            f"{path}: line {line} has the byte {data[error.start]:02x}, but text must be UTF-8; save the file as UTF-8"
        ) from None
    # Comments are cut off here and not by pandas, which would cut a cell at a # too.
    data = data.removeprefix(codecs.BOM_UTF8)
    above = next(COMMENTS.finditer(data))[0]
    skipped, text = above.count(b"\n"), data[len(above) :]
    records = _records(path, text, skipped)
    header = next(records, (0, []))[1]
    if not header:
        raise RaceError(
            f"{path}: is empty, but needs a header line such as time,miner,loss and one row per submission; add them"
        )
    wanted = locate(header, path)
    check_cells(path, text.count(b",") + text.count(b"\n"))
    lines: list[int] = []
    # pandas would fill up a short row, and would not say on which line it is.
    for line, fields in itertools.islice(records, MOST_ROWS + 1):
        lines.append(line)
        if len(fields) != len(header):
            raise RaceError(
                f"{path}: row {len(lines)} (line {line}) has {len(fields)} fields, but must have {len(header)} like "
                f"the header; look for a comma too many or too few in {shown(','.join(fields[:100]))}"
            )
    read = pd.read_csv(
        io.BytesIO(text), header=None, dtype=object, engine="python", keep_default_na=False, nrows=MOST_ROWS + 2
    )
    names = {meaning: header[index].strip() for meaning, index in wanted.items()}
    remarks = {key.lower(): said.strip() for key, said in reversed(REMARK.findall(above.decode()))}  # the first counts
    return Table(path, names, frame_of({key: read[index][1:] for key, index in wanted.items()}), remarks, lines)


def read_json(path: Path, data: bytes, objects: Iterable[tuple[int, dict[str, Any]]]) -> Table:
    """The table in JSON lines, one object per row.

    Raises:
        RaceError: a line that is no JSON object, a wrong column name, or over a bound.
    """
    check_cells(path, data.count(b'":'))
    rows = [row for _, row in objects]
    header = list(dict.fromkeys(name for row in rows for name in row))
    names = {meaning: header[index] for meaning, index in locate(header, path).items()}
    return Table(path, names, frame_of({meaning: [row.get(name) for row in rows] for meaning, name in names.items()}))


def json_objects(path: Path, data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of JSON lines, each with the line it stands on.

    Raises:
        RaceError: a line that is no JSON object, or more lines or a longer one than there may be.
    """
    lines = ((line, content) for line, content in enumerate(io.BytesIO(data), start=1) if content.strip())
    for count, (line, content) in enumerate(lines, start=1):
        if count > MOST_ROWS:
            raise RaceError(f"{path}: has more than {MOST_ROWS:,} lines, the most allowed; keep fewer")
        if len(content) > MOST_LINE:
            raise RaceError(f"{path}: line {line} has {len(content):,} bytes, but may have {MOST_LINE:,}; shorten it")
        try:
            value = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError):  # not UTF-8, not JSON, or JSON made to exhaust a reader
            value = None
        if not isinstance(value, dict):
            text = content[:400].decode("utf-8", errors="replace").strip()
            raise RaceError(
                f"{path}: line {line} is {shown(text)}, but every line must be one whole JSON "
                "object; remove the line if the log was cut there"
            )
        yield line, value


def frame_of(columns: dict[str, Iterable[Any]]) -> "pd.DataFrame":
    """Values as the texts that a CSV file would have."""
    import pandas as pd  # noqa: PLC0415 - as above

    frame: dict[str, list[str]] = {}
    for meaning, given in columns.items():
        values = list(given)
        there = [value for value in values if value is not None]
        # pandas has no type for dates: it stores them as midnights, which it writes to CSV as dates
        if there and all(isinstance(value, datetime) and value.time() == time() for value in there):
            values = [value and value.date() for value in values]
        frame[meaning] = [_text(value) for value in values]
    return pd.DataFrame(frame, dtype=object)


def check_cells(path: Path, count: int) -> None:
    """Hold the cells of a file, wanted or not, to their bound."""
    if count > MOST_CELLS:
        raise RaceError(f"{path}: has {count:,} cells, but may have {MOST_CELLS:,}; keep those that matter")


def check_rows(path: Path, rows: int) -> None:
    """Hold a table to a number of rows."""
    if rows == 0:
        raise RaceError(f"{path}: has a header but no rows, and a race needs at least one submission; add it")
    if rows > MOST_ROWS:
        raise RaceError(
            f"{path}: has more than {MOST_ROWS:,} rows, which is the most a race may have; "
            "keep the rows that matter or split the file"
        )


def _records(path: Path, text: bytes, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """The records of CSV text that are not blank, each with the line it begins on, after `skipped` lines."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(text), "utf-8", newline=""), strict=True)
    begin = skipped + 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields) or len(fields) > 1:
                yield begin, fields
            begin = skipped + reader.line_num + 1
    except csv.Error as error:
        raise RaceError(
            f"{path}: line {skipped + reader.line_num} is no valid CSV: {error}; "
            "look for a quotation mark that is not closed"
        ) from None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return " ".join(map(_text, value))
    if isinstance(value, float) and value.is_integer() and abs(value) < MOST_WHOLE:
        return str(int(value))  # whole numbers with a gap among them are stored as floats
    return str(value).strip()
