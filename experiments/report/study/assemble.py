"""From a study and its verdict to `report.html`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.report.page import page
from experiments.report.study.content import story
from experiments.report.study.material import Material
from experiments.search.spec import StudySpec
from experiments.store import write

if TYPE_CHECKING:
    from optuna import Study


def build(spec: StudySpec, study: "Study", document: dict[str, Any], manifest: dict[str, Any], folder: Path) -> Path:
    """Write the report of a study into its folder; the same study gives the same bytes.

    Args:
        spec: the study.
        study: its trials, in whatever storage.
        document: what was selected, as in `results.json`.
        manifest: how it came to be, as in `manifest.json`.
        folder: of the study.

    Returns:
        The file: one page that needs no network.

    Raises:
        OSError: it cannot be written.
    """
    material = Material(spec, tuple(study.get_trials(deepcopy=False)), document, manifest)
    path = folder / "report.html"
    write(path, page(spec.recipe.name, spec.recipe.question, story(material)))
    return path
