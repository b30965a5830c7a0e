"""Parquet files, opened within bounds; whatever the decoder stumbles over becomes one error."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.traces.source import UNPACKED_BYTES, Source, Unreadable

if TYPE_CHECKING:
    import pyarrow.parquet as pq

MAGIC = b"PAR1"
MOST_PACKED = 256 << 20
"""Most bytes of a parquet file inside a compressed one: it has to be in memory at once."""
MOST_ROWS = 500_000_000


@contextmanager
def opened(source: Source) -> Iterator["pq.ParquetFile"]:
    """The parquet file.

    Raises:
        Unreadable: damaged, here or while it is read, or larger than the bounds.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - only who reads parquet waits for it

    try:
        with pq.ParquetFile(_file(source), buffer_size=1 << 20, page_checksum_verification=True) as file:
            _check(file)
            yield file
    except Unreadable:
        raise
    except Exception as error:  # damaged bytes fail anywhere in the decoder, as many different errors
        reason = " ".join(str(error).split())[:200]
        raise Unreadable(f"is no readable parquet file: {reason}") from None


def _file(source: Source) -> str | io.BytesIO:
    with source.path.open("rb") as file:
        if file.read(4) == MAGIC:
            return str(source.path)
    parts, size = [], 0
    for chunk in source.chunks():
        size += len(chunk)
        if size > MOST_PACKED:
            raise Unreadable(f"is a compressed parquet file of more than {MOST_PACKED >> 20} MiB: unpack it first")
        parts.append(chunk)
    return io.BytesIO(b"".join(parts))


def _check(file: "pq.ParquetFile") -> None:
    metadata = file.metadata
    if metadata.num_rows > MOST_ROWS:
        raise Unreadable(f"has {metadata.num_rows:,} rows, and {MOST_ROWS:,} are the most that are read")
    size = sum(metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups))
    if size > UNPACKED_BYTES:
        raise Unreadable(f"unpacks to more than {UNPACKED_BYTES >> 30} GiB")
