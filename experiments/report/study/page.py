"""What the page of a study says."""

from typing import Any

from experiments.report.method import leaves, versions
from experiments.report.page import Alarm, Story
from experiments.report.study import finalists, parameters, trials
from experiments.report.study.answer import answer
from experiments.report.study.material import Material
from experiments.report.study.tables import tables
from experiments.report.text import count, digits, number
from experiments.results.metrics import METRICS
from experiments.search.race import looks
from experiments.search.samplers import SAMPLERS

FIGURES = (
    finalists.stages,
    finalists.schedules,
    finalists.shifts,
    trials.history,
    trials.front,
    parameters.importance,
    parameters.slices,
)
"""In the order of the page; each makes a figure from the study."""


def story(material: Material) -> Story:
    """The whole content."""
    return Story(
        answer(material),
        _facts(material),
        _reading(material),
        tables(material),
        [make(material) for make in FIGURES],
        ("study.html", _method(material)),
        "Finalists",
        _alarm(material),
    )


def _facts(material: Material) -> list[tuple[str, str]]:
    recipe, worlds = material.spec.recipe, material.spec.recipe.worlds
    early = sum(not shot.whole for shot in material.shots)
    heldout = f", {worlds.heldout} of each held-out family" if recipe.heldout else ""
    return [
        ("objectives", ", ".join(recipe.objectives)),
        ("limits", ", ".join(f"{name} {limit}" for name, limit in recipe.constraints.items()) or "none"),
        ("families", ", ".join(material.families)),
        ("trials", f"{len(material.trials)}: {early} stopped early, {len(material.failures)} failed"),
        ("sampler", _sampler(material)),
        ("worlds", f"search {worlds.search}, re-ranking {worlds.rerank}, final {worlds.final}{heldout}"),
        ("baseline", material.baseline),
        ("seed", str(recipe.seed)),
        ("digest", str(material.manifest.get("digest", ""))),
    ]


def _sampler(material: Material) -> str:
    return str(material.manifest.get("sampler", material.spec.recipe.sampler))


def _reading(material: Material) -> str:
    cases = len(material.spec.cases())
    of = f", in {count(cases, 'case')} of the scenario" if cases > 1 else ""
    return (
        f"Gains are over {material.baseline} in the same worlds, positive where a candidate is better{of}; “to” "
        "is the 95 % interval of the paired difference (bootstrap over worlds, BCa), grey where it contains 0. "
        "Columns are of the final worlds unless they say otherwise. Click a heading to sort, point at it for its "
        "meaning."
    )


def _alarm(material: Material) -> Alarm | None:
    """Trials that failed."""
    if not material.failures:
        return None
    number, error = material.failures[0]
    failed = f"{len(material.failures)} of {count(len(material.trials), 'trial')}"
    return Alarm(failed, "took no part in the selection.", f"trial {number}", error)


def _method(material: Material) -> dict[str, Any]:
    """The values that the template needs."""
    recipe, manifest = material.spec.recipe, material.manifest
    names = dict.fromkeys([*recipe.objectives, *recipe.constraints])
    return {
        "recipe": recipe,
        "manifest": manifest,
        "population": material.spec.populations[0].name,
        "sampler": _sampler(material),
        "about_sampler": SAMPLERS.get(_sampler(material), ""),
        "search_worlds": count(recipe.worlds.search, "world"),
        "stops_early": recipe.race and len(recipe.objectives) == 1 and len(looks(recipe.worlds.search)) > 1,
        "changes": {name: ", ".join(map(" ".join, leaves(each))) for name, each in recipe.heldout.items()},
        "choices": material.spec.space.choices,
        "dimensions": [(a.name, digits(a.low), digits(a.high), a.scale) for a in material.spec.space.dimensions],
        "metrics": {name: METRICS[name] for name in names},
        "seconds": number(manifest["seconds"], 1),
        "workers": count(int(manifest["workers"]), "worker"),
        "simulation_seconds": number(manifest["simulation_seconds"], 1),
        "overhead": number(100 * manifest["overhead"], 1),
        "peak_mb": number(manifest["peak_mb"]),
        "versions": versions(manifest),
    }
