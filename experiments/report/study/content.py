"""What the page of a study says."""

from experiments.report.page import Story
from experiments.report.study import front, heldup, history, importance, schedules, shifts, slices
from experiments.report.study.answer import findings
from experiments.report.study.material import Material
from experiments.report.study.method import method
from experiments.report.study.tables import tables
from experiments.report.text import count, safe

FIGURES = (
    heldup.figure,
    schedules.figure,
    shifts.figure,
    history.figure,
    front.figure,
    importance.figure,
    slices.figure,
)
"""In the order of the page; each makes a figure from the study."""


def story(material: Material) -> Story:
    """The whole content."""
    figures = [make(material) for make in FIGURES]
    return Story(
        findings(material),
        _facts(material),
        _reading(material),
        tables(material),
        [figure for figure in figures if figure.panels],
        method(material),
        "Finalists",
        _alarm(material),
    )


def _facts(material: Material) -> list[tuple[str, str]]:
    recipe, worlds = material.spec.recipe, material.spec.recipe.worlds
    early = sum(not shot.whole for shot in material.shots)
    held = f", {worlds.heldout} of each held-out family" if recipe.heldout else ""
    limits = [f"{name} {limit}" for name, limit in recipe.constraints.items()]
    return [
        ("objectives", safe(", ".join(recipe.objectives))),
        ("limits", safe(", ".join(limits)) or "none"),
        ("families", safe(", ".join(material.families))),
        ("trials", f"{len(material.trials)}: {early} stopped early, {len(material.failures)} failed"),
        ("sampler", safe(str(material.manifest.get("sampler", recipe.sampler)))),
        ("worlds", f"search {worlds.search}, re-ranking {worlds.rerank}, final {worlds.final}{held}"),
        ("baseline", safe(material.baseline)),
        ("seed", str(recipe.seed)),
        ("digest", safe(str(material.manifest.get("digest", "")))),
    ]


def _reading(material: Material) -> str:
    cases = len(material.spec.cases())
    of = f", in {count(cases, 'case')} of the scenario" if cases > 1 else ""
    return (
        f"Gains are over {safe(material.baseline)} in the same worlds, positive where a candidate is better{of}; “to” "
        "is the 95 % interval of the paired difference (bootstrap over worlds, BCa), grey where it contains 0. All but "
        "the columns that say otherwise is of the final worlds. Click a heading to sort, point at it for its meaning."
    )


def _alarm(material: Material) -> str:
    """Trials that failed."""
    if not material.failures:
        return ""
    number, error = material.failures[0]
    return (
        f'<aside class="failed" role="alert"><p><strong>{len(material.failures)} of '
        f"{count(len(material.trials), 'trial')} failed</strong> and took no part in the selection.</p><details>"
        f"<summary>The first error (trial {number})</summary><pre>{safe(error)}</pre></details></aside>"
    )
