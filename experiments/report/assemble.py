"""From a results folder to `report.html`."""

from pathlib import Path

from experiments.report.origin import HEAD, origin
from experiments.report.page import page
from experiments.report.race import story as of_races
from experiments.report.results import read
from experiments.report.world.content import story as of_worlds
from experiments.run.files import sweep, write
from experiments.run.store import Store


def build(store: Store) -> Path:
    """Write `report.html` into the folder of complete results; the same results give the same bytes.

    Raises:
        StoreError: the folder has no complete results.
        OSError: the report cannot be written.
    """
    results = read(store)
    story = of_races if results.curves is None else of_worlds
    path = store.folder / "report.html"
    sweep(store.folder)
    mark = HEAD.format(origin(store.folder))
    write(path, page(results.name, results.manifest.get("question", ""), story(results), f"{mark}\n"))
    return path
