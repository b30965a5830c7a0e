"""The report of a run: one HTML file that needs no network."""

from pathlib import Path

from experiments.report.origin import is_current
from experiments.run.store import Store


def build(store: Store) -> Path:
    """Write `report.html` into the folder of complete results; the same results give the same bytes.

    Raises:
        StoreError: the folder has no complete results.
        OSError: the report cannot be written.
    """
    from experiments.report.assemble import build as build_now  # noqa: PLC0415 - figures are slow to import

    return build_now(store)


def refresh(store: Store) -> Path:
    """The same, written only if what it is made from is not what it was."""
    path = store.folder / "report.html"
    return path if is_current(path) else build(store)
