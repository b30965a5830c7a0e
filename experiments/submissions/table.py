"""A submissions table as a frame of text with a column per meaning, read from CSV, JSON lines or parquet."""

import codecs
import csv
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.submissions.columns import locate
from experiments.submissions.limits import (
    MOST_BYTES,
    MOST_CELLS,
    MOST_LINE,
    MOST_ROWS,
    MOST_TEXT,
    RaceError,
    shown,
)

if TYPE_CHECKING:
    import pandas as pd

MOST_WHOLE = 1e15
"""Floats that count as whole numbers end here."""
REMARK = re.compile(r"#\s*(source|unit)\s*:\s*(.*?)\s*", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Table:
    """Cells as text without spaces around it, "" where empty. Rows count from 0, in messages from 1.

    Attributes:
        path: the file, for messages.
        names: meaning -> the column's name as the file writes it.
        frame: a column of texts per meaning.
        remarks: what leading comments say, such as `{"unit": "bpb"}`.
        text: a CSV file from its header on, and how many lines there are before; messages number them.
    """

    path: Path
    names: dict[str, str]
    frame: "pd.DataFrame"
    remarks: dict[str, str] = field(default_factory=dict)
    text: tuple[bytes, int] | None = None

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.frame)

    @cached_property
    def _cells(self) -> dict[str, list[str]]:
        return {meaning: self.frame[meaning].tolist() for meaning in self.names}

    def cell(self, row: int, meaning: str) -> str:
        """The text of a cell, "" where it is empty or the column is not there."""
        return self._cells[meaning][row] if meaning in self.names else ""

    def place(self, row: int) -> str:
        """How messages name a row: `row 3 (line 5)`; the lines are counted when somebody asks."""
        if self.text is None:
            return f"row {row + 1}"
        line, _ = next(itertools.islice(records(*self.text), row + 1, None))
        return f"row {row + 1} (line {line})"

    def fault(self, row: int, meaning: str, what: str) -> RaceError:
        """The error of one cell; `what` gives the value, the rule and what to do."""
        return RaceError(f"{self.path}: {self.place(row)}, column {self.names[meaning]!r}: {what}")


def read_csv(path: Path, data: bytes) -> Table:
    """The table in a CSV file's bytes: UTF-8, separated by commas, comment lines with `#` before the header.

    Raises:
        RaceError: not UTF-8, no header or rows, a wrong column name, or a row of too few or too many fields.
    """
    import pandas as pd  # noqa: PLC0415 - only who reads a table waits for it

    _check_utf8(path, data)
    remarks, skipped, text = _body(data.removeprefix(codecs.BOM_UTF8))
    header = next(records(text, skipped), (0, []))[1]
    if not header:
        raise RaceError(
            f"{path}: is empty, but needs a header line such as time,miner,loss and one row per submission; add them"
        )
    wanted = locate(header, path)
    _check_cells(path, text.count(b",") + text.count(b"\n"))
    try:
        read = pd.read_csv(
            io.BytesIO(text), header=None, dtype=object, engine="python", keep_default_na=False, nrows=MOST_ROWS + 2
        )
    except (pd.errors.ParserError, csv.Error) as error:
        raise _not_csv(path, text, skipped, error) from None
    if read.isna().to_numpy().any():
        raise _not_csv(path, text, skipped, "a row is short")
    _check_rows(path, len(read) - 1)
    columns = {meaning: [cell.strip() for cell in read[index].iloc[1:]] for meaning, index in wanted.items()}
    names = {meaning: header[index].strip() for meaning, index in wanted.items()}
    return _table(path, names, columns, remarks, (text, skipped))


def read_json(path: Path, data: bytes, objects: Iterable[tuple[int, dict[str, Any]]]) -> Table:
    """The table in JSON lines, one object per row.

    Raises:
        RaceError: a line that is no JSON object, a wrong column name, or over a bound.
    """
    _check_cells(path, data.count(b'":'))
    rows = [row for _, row in objects]
    names = list(dict.fromkeys(name for row in rows for name in row))
    wanted = locate(names, path)
    columns = {meaning: _texts([row.get(names[i]) for row in rows]) for meaning, i in wanted.items()}
    return _table(path, {meaning: names[i] for meaning, i in wanted.items()}, columns)


def json_objects(path: Path, data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of JSON lines, each with the line it stands on.

    Raises:
        RaceError: a line that is no JSON object, or more lines or a longer one than there may be.
    """
    count = 0
    for line, content in enumerate(io.BytesIO(data), start=1):
        if not content.strip():
            continue
        count += 1
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


def read_parquet(path: Path, data: bytes) -> Table:
    """The table in a parquet file's bytes; bounds are held before anything is unpacked.

    Raises:
        RaceError: damaged, no rows, a wrong column name, or over a bound.
    """
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        header = [str(name) for name in file.schema_arrow.names]
        wanted = locate(header, path)
        names = {meaning: header[i] for meaning, i in wanted.items()}
        _check_rows(path, file.metadata.num_rows)
        leaves = [file.schema.column(i) for i in range(len(file.schema))]
        texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]  # equal ones are kept once
        _check_unpacked(path, file.metadata, tuple(names.values()))
        frame = pd.read_parquet(
            io.BytesIO(data), columns=[*names.values()], dtype_backend="pyarrow", read_dictionary=texts
        )
        arrays = {meaning: pa.array(frame[name]) for meaning, name in names.items()}
        _check_lengths(path, {names[meaning]: array for meaning, array in arrays.items()})
        columns = {meaning: _texts(array.to_pylist()) for meaning, array in arrays.items()}
    except RaceError:
        raise
    except Exception as error:  # damaged bytes fail anywhere in the decoder, as many different errors
        raise RaceError(f"{path}: is no readable parquet file: {shown(str(error))}; write it again") from None
    return _table(path, names, columns)


def records(text: bytes, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """The records of CSV text that are not blank, each with the line it begins on, after `skipped` lines.

    Raises:
        csv.Error: with the line.
    """
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(text), "utf-8", newline=""), strict=True)
    begin = skipped + 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields) or len(fields) > 1:
                yield begin, fields
            begin = skipped + reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(f"line {skipped + reader.line_num} is no valid CSV: {error}") from None


def _not_csv(path: Path, text: bytes, skipped: int, error: object) -> RaceError:
    """What is wrong with the records of a CSV file that could not be read."""
    width = 0
    try:
        for row, (line, fields) in enumerate(records(text, skipped)):
            width = width or len(fields)
            if len(fields) != width:
                return RaceError(
                    f"{path}: row {row} (line {line}) has {len(fields)} fields, but must "
                    f"have {width} like the header; look for a comma too many or too few in "
                    f"{shown(','.join(fields[:100]))}"
                )
    except csv.Error as wrong:
        error = f"{wrong}; look for a quotation mark that is not closed"
    return RaceError(f"{path}: {error}")


def _check_utf8(path: Path, data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RaceError(
            f"{path}: line {line} has the byte {data[error.start : error.start + 1].hex()}, but text must be "
            "UTF-8; save the file as UTF-8"
        ) from None


def _body(data: bytes) -> tuple[dict[str, str], int, bytes]:
    """What the leading comments say, how many lines they take, and the text after them."""
    remarks: dict[str, str] = {}
    begin = 0
    for skipped, line in enumerate(io.BytesIO(data)):
        bare = line.decode().strip()
        if bare and not bare.startswith("#"):
            return remarks, skipped, data[begin:]
        begin += len(line)
        match = REMARK.fullmatch(bare)
        if match:
            remarks.setdefault(match[1].lower(), match[2])
    return remarks, 0, b""


def _table(path: Path, names: dict[str, str], columns: dict[str, list[str]], *more: Any) -> Table:
    import pandas as pd  # noqa: PLC0415

    table = Table(path, names, pd.DataFrame(columns, dtype=object), *more)
    _check_rows(path, len(table))
    for meaning, cells in columns.items():
        row = next((row for row, cell in enumerate(cells) if len(cell) > MOST_TEXT), None)
        if row is not None:
            what = f"has {len(cells[row]):,} characters, but a cell may have {MOST_TEXT:,}; shorten it"
            raise table.fault(row, meaning, what)
    return table


def _check_cells(path: Path, count: int) -> None:
    if count > MOST_CELLS:
        raise RaceError(f"{path}: has {count:,} cells, but may have {MOST_CELLS:,}; keep those that matter")


def _check_rows(path: Path, rows: int) -> None:
    if rows == 0:
        raise RaceError(f"{path}: has a header but no rows, and a race needs at least one submission; add it")
    if rows > MOST_ROWS:
        raise RaceError(
            f"{path}: has more than {MOST_ROWS:,} rows, which is the most a race may have; "
            "keep the rows that matter or split the file"
        )


def _check_unpacked(path: Path, metadata: Any, names: tuple[str, ...]) -> None:
    """Hold the columns of a parquet file to the bytes that a file may have, before they are unpacked."""
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    columns = [group.column(i) for group in groups for i in range(group.num_columns)]
    begin = tuple(f"{name}." for name in names)
    size = sum(each.total_uncompressed_size for each in columns if f"{each.path_in_schema}.".startswith(begin))
    if size > MOST_BYTES:
        raise RaceError(
            f"{path}: its columns have {size:,} bytes when unpacked, but a race's file may have {MOST_BYTES:,}; "
            "keep the columns and rows that matter"
        )


def _check_lengths(path: Path, columns: dict[str, Any]) -> None:
    """Hold Arrow's texts to their bounds while texts that are alike are there once."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    total = 0
    for name, array in columns.items():
        begin = 0
        for chunk in array.chunks if isinstance(array, pa.ChunkedArray) else [array]:
            is_list = pa.types.is_list(chunk.type) or pa.types.is_large_list(chunk.type)
            cells = chunk.flatten() if is_list else chunk
            _check_cells(path, len(cells))
            packed = pa.types.is_dictionary(cells.type)
            texts = cells.dictionary if packed else cells
            if pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type):
                lengths = pc.binary_length(texts).take(cells.indices) if packed else pc.binary_length(texts)
                most = pc.max(lengths).as_py() or 0
                if most > 4 * MOST_TEXT:  # bytes, of which a character has four at most
                    place = pc.index(lengths, most).as_py()
                    row = begin + (pc.list_parent_indices(chunk)[place].as_py() if is_list else place)
                    raise RaceError(
                        f"{path}: row {row + 1}, column {name!r}: has {most:,} bytes, but a cell may have "
                        f"{MOST_TEXT:,} characters; shorten it"
                    )
                total += pc.sum(lengths).as_py() or 0
            begin += len(chunk)
    if total > MOST_BYTES:
        raise RaceError(
            f"{path}: its texts have {total:,} bytes when unpacked, but a race's file may have {MOST_BYTES:,}; "
            "keep the columns and rows that matter"
        )


def _texts(values: list[Any]) -> list[str]:
    """Values as a CSV file would have them."""
    there = [v for v in values if v is not None]
    # pandas has no type for dates: it stores them as midnights, which it writes to CSV as dates.
    if there and all(isinstance(v, datetime) and v.time() == time() for v in there):
        values = [v if v is None else v.date() for v in values]
    return [_text(v) for v in values]


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
