"""Which earlier rows a row builds on."""

from difflib import get_close_matches

from experiments.submissions.errors import shown
from experiments.submissions.table import Table


def parents(table: Table) -> tuple[tuple[int, ...], ...]:
    """Row indices that each row builds on, in the order they are named, each once.

    Rows are named by the `id` column, or by their number from 1 where there is none. Nothing can build on a
    row whose id is empty.

    Raises:
        RaceError: two rows of one id, an id with spaces, an unknown id, or one of a row that is not earlier.
    """
    rows = _ids(table) if "id" in table.columns else {str(row + 1): row for row in range(len(table))}
    return tuple(_parents(table, row, rows) for row in range(len(table)))


def _ids(table: Table) -> dict[str, int]:
    rows: dict[str, int] = {}
    for row in range(len(table)):
        name = table.cell(row, "id")
        if len(_split(name)) > 1 or ";" in name:
            rule = "an id must not have spaces or semicolons, which separate ids in builds_on; leave them out"
            raise table.fault(row, "id", f"is {shown(name)}, but {rule}")
        first = rows.setdefault(name, row) if name else row
        if first != row:
            rule = "an id must be unique; change one, or leave it empty"
            raise table.fault(row, "id", f"is {shown(name)}, as in {table.place(first)}, but {rule}")
    return rows


def _parents(table: Table, row: int, rows: dict[str, int]) -> tuple[int, ...]:
    found: dict[int, None] = {}
    for name in _split(table.cell(row, "builds_on")):
        if name not in rows:
            close = get_close_matches(name, list(rows), n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else "leave out what is not in the file"
            raise table.fault(row, "builds_on", f"is {shown(name)}, but must name {_names(table)}; {hint}")
        if rows[name] >= row:
            rule = "a row builds on earlier rows only; leave it out"
            raise table.fault(row, "builds_on", f"is {shown(name)}, {table.place(rows[name])}, but {rule}")
        found[rows[name]] = None
    return tuple(found)


def _split(text: str) -> list[str]:
    return text.replace(";", " ").split()


def _names(table: Table) -> str:
    return "ids of earlier rows" if "id" in table.columns else "numbers of earlier rows (no column is an id)"
