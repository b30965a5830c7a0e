"""The report of a study: what the search found, and what of it held up."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optuna import Study

    from experiments.search.spec import StudySpec


def build(spec: "StudySpec", study: "Study", document: dict[str, Any], manifest: dict[str, Any], folder: Path) -> Path:
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
    from experiments.files import write  # noqa: PLC0415
    from experiments.report.page import page  # noqa: PLC0415 - figures and templates are slow to import
    from experiments.report.study.material import Material  # noqa: PLC0415
    from experiments.report.study.page import story  # noqa: PLC0415

    path = folder / "report.html"
    write(
        path,
        page(
            spec.recipe.name,
            spec.recipe.question,
            story(Material(spec, tuple(study.get_trials(deepcopy=False)), document, manifest)),
        ),
    )
    return path
