"""A study from its recipe to its report."""

from pathlib import Path

from experiments.report.study.page import build
from experiments.run.experiment import cores
from experiments.run.progress import bar
from experiments.search.spec import StudySpec
from experiments.search.study import Outcome, tune


def search(spec: StudySpec, runs: Path, workers: int, scheduler: str | None, storage: str | None) -> Outcome:
    """Run a study with a progress bar and write its report; see `experiments.search.study.tune`."""
    with bar(spec.recipe.name, "trials") as progress:
        return tune(
            spec,
            runs,
            workers=workers or cores(),
            scheduler=scheduler,
            storage=storage,
            progress=progress,
            note=lambda text: progress(0, None, text),
            report=build,
        )
