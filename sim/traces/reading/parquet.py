"""Parquet files, opened within bounds; whatever the decoder stumbles over becomes one error."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from sim.traces.reading.source import UNPACKED_BYTES, Source, Unreadable

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MAGIC = b"PAR1"
MOST_PACKED = 256 << 20  #: most bytes of a parquet file inside a compressed one: it has to be in memory at once
MOST_ROWS = 50_000_000
MOST_NUMBERS, MOST_TEXT = 256 << 20, 64 << 20
"""Most unpacked bytes of one column within a group of rows: of numbers, and of text, which costs more as objects."""


@contextmanager
def opened(source: Source) -> Iterator["pq.ParquetFile"]:
    """The parquet file; `Unreadable` if it is damaged, here or while it is read, or larger than the bounds.

    Its columns of text come as dictionaries: one long text may stand in millions of rows.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with source.path.open("rb") as start:
            packed = start.read(4) != MAGIC
        too_large = f"is a compressed parquet file of more than {MOST_PACKED >> 20} MiB: unpack it first"
        file = pa.BufferReader(source.whole(MOST_PACKED, too_large)) if packed else str(source.path)
        metadata = pq.read_metadata(file)
        _check_whole(metadata)
        leaves = map(metadata.schema.column, range(metadata.num_columns))
        texts = [leaf.path for leaf in leaves if leaf.logical_type.type == "STRING"]
        with pq.ParquetFile(
            file, metadata=metadata, read_dictionary=texts, buffer_size=1 << 20, page_checksum_verification=True
        ) as found:
            yield found
    except Unreadable:
        raise
    except Exception as error:  # damaged bytes fail anywhere in the decoder, as many different errors
        reason = " ".join(str(error).split())[:200]
        raise Unreadable(f"is no readable parquet file: {reason}") from None


def _check_whole(metadata: "pq.FileMetaData") -> None:
    if metadata.num_rows > MOST_ROWS:
        raise Unreadable(f"has {metadata.num_rows:,} rows, and {MOST_ROWS:,} are the most that are read")
    if sum(metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups)) > UNPACKED_BYTES:
        raise Unreadable(f"unpacks to more than {UNPACKED_BYTES >> 30} GiB")


def check_sizes(file: "pq.ParquetFile", names: Collection[str]) -> None:
    """Raise `Unreadable`, with the size and the bound, if one of the columns unpacks to more than is read at once."""
    for group in map(file.metadata.row_group, range(file.num_row_groups)):
        for leaf in map(group.column, range(group.num_columns)):
            most = MOST_TEXT if leaf.physical_type == "BYTE_ARRAY" else MOST_NUMBERS
            # the stated size may be that of a dictionary: each value of a list takes 8 bytes all the same
            size = max(leaf.total_uncompressed_size, 8 * leaf.num_values if "." in leaf.path_in_schema else 0)
            if leaf.path_in_schema.split(".")[0] in names and size > most:
                raise Unreadable(
                    f"its column {leaf.path_in_schema} unpacks to {size >> 20} MiB in one group of rows, and "
                    f"{most >> 20} MiB are the most that are read"
                )


def text_bytes(column: "pa.ChunkedArray") -> int:
    """Bytes that the texts of a column take one by one: of dictionaries, or of lists of them; 0 for other columns."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    size = 0
    for chunk in column.chunks:
        cells = chunk.flatten() if pa.types.is_list(chunk.type) else chunk
        if pa.types.is_dictionary(cells.type):
            size += pc.sum(pc.binary_length(cells.dictionary).cast("int64").take(cells.indices)).as_py() or 0
    return size


def split_texts(column: "pa.Array") -> tuple[np.ndarray, list[str]]:
    """A column of dictionaries as places, -1 for null, in a list of its texts; `Unreadable` if they are too long."""
    import pyarrow as pa  # noqa: PLC0415

    places, codes = np.unique(column.indices.fill_null(-1).to_numpy(zero_copy_only=False), return_inverse=True)
    used = column.dictionary.take(pa.array(places[places >= 0]))
    if used.nbytes > MOST_TEXT:
        raise Unreadable(f"holds texts of more than {MOST_TEXT >> 20} MiB")
    return codes - int(bool(len(places)) and places[0] < 0), used.to_pylist()
