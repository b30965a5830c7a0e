"""Parquet files as tables of text, so that both formats obey the same rules."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from experiments.submissions.columns import locate
from experiments.submissions.errors import RaceError, shown
from experiments.submissions.table import Table, check_length

MOST_WHOLE = 1e15


def read_parquet(path: Path, data: bytes) -> Table:
    """The table in a parquet file's bytes.

    Raises:
        RaceError: damaged, no rows, or a wrong column name.
    """
    import pyarrow as pa  # noqa: PLC0415 - only who reads parquet waits for it
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        header = [str(name) for name in file.schema_arrow.names]
        wanted = locate(header, path)
        check_length(path, file.metadata.num_rows)
        content = file.read(columns=[header[i] for i in wanted.values()])
        columns = {meaning: _texts(content.column(header[i]).to_pylist()) for meaning, i in wanted.items()}
    except RaceError:
        raise
    except Exception as error:  # damaged bytes fail anywhere in the decoder, as many different errors
        raise RaceError(f"{path}: is no readable parquet file: {shown(str(error))}; write it again") from None
    return Table(path, {meaning: header[i] for meaning, i in wanted.items()}, columns)


def _texts(values: list[Any]) -> list[str]:
    there = [v for v in values if v is not None]
    # pandas has no type for dates: it stores them as midnights, which it writes to CSV as dates.
    if there and all(isinstance(v, datetime) and v.time() == time() for v in there):
        values = [v if v is None else v.date() for v in values]
    return [_text(v) for v in values]


def _text(value: Any) -> str:
    """A value as a CSV file would have it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return " ".join(map(_text, value))
    if isinstance(value, float) and value.is_integer() and abs(value) < MOST_WHOLE:
        return str(int(value))  # whole numbers with a gap among them are stored as floats
    return str(value).strip()
