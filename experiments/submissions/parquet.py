"""A submissions table from a parquet file, whose small pages may hold texts that fill the memory once unpacked."""

import io
from pathlib import Path
from typing import Any

from experiments.submissions.columns import locate
from experiments.submissions.limits import MOST_BYTES, MOST_TEXT, RaceError, shown
from experiments.submissions.table import Table, check_cells, check_rows, frame_of


def read_parquet(path: Path, data: bytes) -> Table:
    """The table in a parquet file's bytes; bounds are held before anything is unpacked.

    Raises:
        RaceError: damaged, no rows, a wrong column name, or over a bound.
    """
    import pandas as pd  # noqa: PLC0415 - slow imports, and a race that is kept needs none
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        header = [str(name) for name in file.schema_arrow.names]
        names = {meaning: header[index] for meaning, index in locate(header, path).items()}
        check_rows(path, file.metadata.num_rows)
        begin = tuple(f"{name}." for name in names.values())
        groups = (file.metadata.row_group(i) for i in range(file.metadata.num_row_groups))
        pages = (group.column(i) for group in groups for i in range(group.num_columns))
        sizes = (page.total_uncompressed_size for page in pages if f"{page.path_in_schema}.".startswith(begin))
        _check_bytes(path, "columns", sum(sizes))
        leaves = [file.schema.column(i) for i in range(len(file.schema))]
        texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
        frame = pd.read_parquet(  # equal texts are read once, as a dictionary
            io.BytesIO(data), columns=[*names.values()], dtype_backend="pyarrow", read_dictionary=texts
        )
        columns = {meaning: pa.chunked_array(pa.array(frame[name])) for meaning, name in names.items()}
        _check_bytes(path, "texts", sum(_text_bytes(path, names[key], column) for key, column in columns.items()))
        texts_of = frame_of({meaning: column.to_pylist() for meaning, column in columns.items()})
    except RaceError:
        raise
    except Exception as error:  # damaged bytes fail anywhere in the decoder, as many different errors
        raise RaceError(f"{path}: is no readable parquet file: {shown(str(error))}; write it again") from None
    return Table(path, names, texts_of)


def _check_bytes(path: Path, what: str, size: int) -> None:
    if size > MOST_BYTES:
        raise RaceError(
            f"{path}: its {what} have {size:,} bytes when unpacked, but a race's file may have {MOST_BYTES:,}; "
            "keep the columns and rows that matter"
        )


def _text_bytes(path: Path, name: str, column: Any) -> int:
    """Bytes that the texts of an Arrow column will have once each stands on its own."""
    import pyarrow as pa  # noqa: PLC0415 - as above
    import pyarrow.compute as pc  # noqa: PLC0415

    total = begin = 0
    for chunk in column.chunks:
        is_list = pa.types.is_list(chunk.type) or pa.types.is_large_list(chunk.type)
        cells = chunk.flatten() if is_list else chunk
        check_cells(path, len(cells))
        packed = pa.types.is_dictionary(cells.type)
        texts = cells.dictionary if packed else cells
        if pa.types.is_nested(texts.type):
            raise RaceError(f"{path}: column {name!r} has cells of type {cells.type}; write each as one text or number")
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
    return total
