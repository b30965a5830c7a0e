"""The report of a run: one HTML file that needs no network."""

from pathlib import Path

from experiments.report.origin import is_current
from experiments.results.store import Store


def build(store: Store) -> Path:
    """Write `report.html` into the folder of complete results; the same results give the same bytes.

    Raises:
        StoreError: the folder has no complete results, or they are not as a run writes them.
        OSError: the report cannot be written.
    """
    from experiments.report.run import write_page  # noqa: PLC0415 - figures and templates are slow to import

    return write_page(store)


def refresh(store: Store) -> Path:
    """Write the report only if its results, or the code that makes it, have changed since it was written."""
    path = store.folder / "report.html"
    return path if is_current(path) else build(store)
