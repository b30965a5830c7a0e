"""The page of a study."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.files import write
from experiments.report.page import page
from experiments.report.study import finalists, parameters, trials
from experiments.report.study.measure import describe, read_estimate, turn
from experiments.report.study.results import StudyResults, name_finalist
from experiments.report.study.tables import tables
from experiments.report.text import NONE, count, digits, leaves, number
from experiments.results.metrics import METRICS
from experiments.search.race import looks
from experiments.search.samplers import SAMPLERS
from experiments.search.spec import StudySpec

if TYPE_CHECKING:
    from optuna import Study


def build(spec: StudySpec, study: "Study", document: dict[str, Any], manifest: dict[str, Any], folder: Path) -> Path:
    """Write the report of a study into its folder; the same study gives the same bytes.

    Args:
        spec: the study.
        study: its trials, in whatever storage.
        document: the selection, as in `results.json`.
        manifest: how the study was computed, as in `manifest.json`.
        folder: of the study.

    Returns:
        The file: one page that needs no network.

    Raises:
        OSError: it cannot be written.
    """
    path = folder / "report.html"
    write(path, render(StudyResults(spec, tuple(study.get_trials(deepcopy=False)), document, manifest)))
    return path


def render(results: StudyResults) -> str:
    """The whole page."""
    recipe, manifest = results.spec.recipe, results.manifest
    sampler = str(manifest.get("sampler", recipe.sampler))
    values = {
        **_answer(results),
        "results": results,
        "recipe": recipe,
        "manifest": manifest,
        "sampler": sampler,
        "about_sampler": SAMPLERS.get(sampler, ""),
        "stops_early": recipe.race and len(recipe.objectives) == 1 and len(looks(recipe.worlds.search)) > 1,
        "changes": {kind.name: ", ".join(map(" ".join, leaves(kind.changes))) for kind in results.spec.kinds},
        "metrics": {name: METRICS[name] for name in dict.fromkeys([*recipe.objectives, *recipe.constraints])},
    }
    figures = [
        finalists.stages(results),
        finalists.schedules(results),
        finalists.shifts(results),
        trials.history(results),
        trials.front(results),
        parameters.importance(results),
        parameters.slices(results),
    ]
    return page("study.html", recipe.name, recipe.question, tables(results), figures, values)


def _answer(results: StudyResults) -> dict[str, Any]:
    """Values for the sentences at the top: what is recommended, why, and how much of the search held up."""
    first, measure = results.main_finalist, results.objective
    if first is None:
        return {"first": None}
    own = results.document["baselines"][results.baseline].get(measure.metric)
    final, heldout = (read_estimate(first[key]).mean for key in ("difference", "heldout"))
    sized = measure.better > 0 and own is not None and own > 0 and np.isfinite(final)
    others = []
    for other in results.measures[1:]:
        gain = turn(read_estimate(first["objectives"][other.metric]["difference"]), other.better)
        others.append((other.short, other.gain(gain)))
    rivals = {name: read_estimate(e) for name, e in first["baselines"].items() if name != results.baseline}
    return {
        "first": first,
        "candidate": name_finalist(first),
        "about": describe(first),
        "gain": lambda e: f"{measure.gain(read_estimate(e))} ({count(read_estimate(e).n, 'world')})",
        "scaled": lambda mean: _signed(np.nan if mean is None else measure.scale * mean),
        "share": number(100 * final / own, 1, sign=True) if sized else "",
        "own": digits(measure.scale * own, 3) if sized else "",
        "search": read_estimate(first["search"]).mean,
        "final": final,
        "heldout": heldout if np.isfinite(heldout) else None,
        "others": others,
        "broken": [name.replace("_", " ") for name, limit in first["limits"].items() if not limit["kept"]],
        "rivals": rivals,
        "level": [name for name, e in rivals.items() if not e.lo > 0],
    }


def _signed(gain: float) -> str:
    """A gain to three digits, with its sign; a dash where there is none."""
    return f"{'+' if gain > 0 else ''}{digits(gain, 3)}" if np.isfinite(gain) else NONE
