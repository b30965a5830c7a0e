"""From a results folder to `report.html`."""

from pathlib import Path

from experiments.report.origin import origin
from experiments.report.page import page
from experiments.report.results import read
from experiments.report.run import of_race, of_world
from experiments.run.files import sweep, write
from experiments.run.store import Store


def build(store: Store) -> Path:
    """Write `report.html`, see `experiments.report.build`."""
    results = read(store)
    story = of_race(results) if results.world is None else of_world(results)
    path = store.folder / "report.html"
    sweep(store.folder)
    write(path, page(results.name, results.manifest["question"], story, origin(store.folder)))
    return path
