"""Importance: which numbers tell good trials from the others."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.report.figure import Figure, Panel, axis, layout
from experiments.report.study.material import Material
from experiments.report.study.numbers import numbers
from experiments.report.study.shots import Shot
from experiments.report.text import count, label, safe

if TYPE_CHECKING:
    from optuna import Study

FEWEST = 20
"""Trials of a picture: of fewer, the best tenth is no more than one or two."""


def figure(material: Material) -> Figure:
    """The figure: all families at once where there are several, then each."""
    every = material.shots
    crowds = [(family, [shot for shot in every if shot.family == family]) for family in material.families]
    panels = [_panel(material, "all families", every, False)] if len(crowds) > 1 and len(every) >= FEWEST else []
    panels += [_panel(material, name, shots, True) for name, shots in crowds if len(shots) >= FEWEST]
    few = [f"{safe(name)} ({len(shots)})" for name, shots in crowds if len(shots) < FEWEST]
    left = f" Families with fewer than {FEWEST} trials are left out: {', '.join(few)}." if few and panels else ""
    return Figure(
        "importance",
        "What mattered",
        (
            "How much the best tenth of the trials differs from all others in each number (PED-ANOVA, Watanabe, Bansal "
            f"and Hutter 2023), by {material.objective.short}, as a share of all; of all trials, "
            "whether they kept the limits or not. Where families are mixed, a number counts among the trials "
            "that have it (arXiv 2601.20800), and “family” is the choice between them. A number that hardly "
            f"matters can be fixed in the next study. Differences of a few percent are noise.{left}"
        ),
        [panel for panel in panels if panel.data],
    )


def _panel(material: Material, name: str, shots: Sequence[Shot], alone: bool) -> Panel:
    shares = importances(shots)
    own = {each.dimension: each.name for each in numbers(material.spec.space, shots[0].trial.params)} if alone else {}
    rows = sorted(shares, key=lambda key: shares[key])
    picture = layout(
        axis("share of the importance (%)", rangemode="tozero"),
        axis("", gridcolor="#f4f4f4", type="category"),
        showlegend=False,
        bargap=0.35,
    )
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [label(own.get(key, key).replace("_share", ""), 44) for key in rows],
        "x": [100 * shares[key] for key in rows],
        "hovertemplate": "%{y}: %{x:.0f} %<extra></extra>",
        "marker": {"color": material.colour(name) if alone else "#555555"},
    }
    tall = 110 + 30 * max(len(rows), 3)
    return Panel(name, [bars] if rows else [], picture, tall, f"Of {count(len(shots), 'trial')}.")


def importances(shots: Sequence[Shot]) -> dict[str, float]:
    """The share of each dimension that is not the same in all trials; empty where all are worth the same.

    Args:
        shots: trials with their gains.
    """
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances  # noqa: PLC0415 - slow imports

    if len({float(shot.gains[0]) for shot in shots}) < 2:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts of it are called experimental
        found = get_param_importances(_copied(shots), evaluator=PedAnovaImportanceEvaluator())
    return dict(found)


def _copied(shots: Sequence[Shot]) -> "Study":
    """A study in memory of these trials and their gains, all complete: the evaluator leaves others out."""
    import optuna  # noqa: PLC0415 - a slow import

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        study = optuna.create_study(direction="maximize")
    finally:
        optuna.logging.set_verbosity(before)
    several = {name for shot in shots for name, axis in shot.trial.distributions.items() if not axis.single()}
    for shot in shots:
        mine = {name: axis for name, axis in shot.trial.distributions.items() if name in several}
        params = {name: shot.trial.params[name] for name in mine}
        value = float(shot.gains[0])
        study.add_trial(optuna.create_trial(params=params, distributions=mine, value=value))
    return study
