"""From a results folder to `report.html`."""

from pathlib import Path

from experiments.report import race, world
from experiments.report.page import page
from experiments.report.results import read
from experiments.store import Store, write


def build(store: Store) -> Path:
    """Write `report.html` into the folder of complete results; the same results give the same bytes.

    Raises:
        StoreError: the folder has no complete results.
        OSError: the report cannot be written.
    """
    results = read(store)
    teller = race if results.curves is None else world
    path = store.folder / "report.html"
    write(path, page(results, teller.story(results)))
    return path
