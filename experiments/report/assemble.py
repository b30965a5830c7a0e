"""From a results folder to `report.html`."""

from pathlib import Path

from experiments.report import curves, emission, forest, gantt, kings
from experiments.report.looks import choose
from experiments.report.page import page
from experiments.report.results import read
from experiments.store import Store, write

FIGURES = (kings.figure, forest.figure, curves.figure, gantt.figure, emission.figure)
"""In the order of the page; each makes a figure from the results and the looks of the lanes."""


def build(store: Store) -> Path:
    """Write `report.html` into the folder of complete results; the same results give the same bytes.

    Raises:
        StoreError: the folder has no complete results.
        OSError: the report cannot be written.
    """
    results = read(store)
    lanes = choose(results)
    path = store.folder / "report.html"
    write(path, page(results, lanes, [make(results, lanes) for make in FIGURES]))
    return path
