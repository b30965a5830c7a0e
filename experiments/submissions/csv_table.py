"""CSV files as tables of text."""

import csv
import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from experiments.submissions.columns import locate
from experiments.submissions.errors import RaceError, shown
from experiments.submissions.table import MOST_ROWS, Table, check_length

REMARK = re.compile(r"#\s*(source|unit)\s*:\s*(.*?)\s*", re.IGNORECASE)
Record = tuple[int, list[str]]


def read_csv(path: Path, data: bytes) -> Table:
    """The table in a CSV file's bytes: UTF-8, separated by commas, comment lines with `#` before the header.

    Raises:
        RaceError: not UTF-8, no header or rows, a wrong column name, or a row of too few or too many fields.
    """
    text = io.StringIO(_decode(path, data), newline="")
    remarks, skipped, first = _remarks(text)
    records = _records(path, itertools.chain([first], text), skipped)
    _, header = next(records, (0, []))
    if not header:
        raise RaceError(
            f"{path}: is empty, but needs a header line such as time,miner,loss and one row per submission; add them"
        )
    wanted = locate(header, path)
    columns: dict[str, list[str]] = {meaning: [] for meaning in wanted}
    lines: list[int] = []
    for line, fields in itertools.islice(records, MOST_ROWS + 1):
        if len(fields) != len(header):
            raise RaceError(
                f"{path}: row {len(lines) + 1} (line {line}) has {len(fields)} fields, but must "
                f"have {len(header)} like the header; look for a comma too many or too few in "
                f"{shown(','.join(fields))}"
            )
        for meaning, index in wanted.items():
            columns[meaning].append(fields[index].strip())
        lines.append(line)
    check_length(path, len(lines))
    return Table(path, {meaning: header[i].strip() for meaning, i in wanted.items()}, columns, lines, remarks)


def _decode(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec cuts a byte order mark off before it counts.
        start = error.start + len(data) - len(error.object)
        line = data.count(b"\n", 0, start) + 1
        raise RaceError(
            f"{path}: line {line} has the byte {data[start : start + 1].hex()}, but text must be "
            "UTF-8; save the file as UTF-8"
        ) from None


def _remarks(text: io.StringIO) -> tuple[dict[str, str], int, str]:
    """What the leading comments say, how many lines they take, and the first line after them."""
    remarks: dict[str, str] = {}
    for skipped, line in enumerate(text):
        bare = line.strip()
        if bare and not bare.startswith("#"):
            return remarks, skipped, line
        match = REMARK.fullmatch(bare)
        if match:
            remarks.setdefault(match[1].lower(), match[2])
    return remarks, 0, ""


def _records(path: Path, lines: Iterator[str], skipped: int) -> Iterator[Record]:
    """The records that are not blank, each with the line it begins on."""
    reader = csv.reader(lines, strict=True)
    begin = skipped + 1
    try:
        for fields in reader:
            if fields:
                yield begin, fields
            begin = skipped + reader.line_num + 1
    except csv.Error as error:
        raise RaceError(
            f"{path}: line {skipped + reader.line_num} is no valid CSV: {error}; "
            "look for a quotation mark that is not closed"
        ) from None
