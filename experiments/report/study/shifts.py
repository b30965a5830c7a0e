"""Shifts: what becomes of a schedule when each of its numbers is a quarter off."""

from experiments.report.figure import Figure, Panel
from experiments.report.study.material import Material, named
from experiments.report.study.measure import digits, estimate
from experiments.report.text import label, safe
from experiments.report.world.dots import Series, dots, tall


def figure(material: Material) -> Figure:
    """The figure; empty where nobody's numbers were moved."""
    moved = next((each for each in material.best if each["sensitivity"]), None)
    panels = []
    if moved is not None:
        numbers = moved["sensitivity"]["numbers"]
        rows = [(f"{name} = {digits(each['value'], 3)}", each) for name, found in numbers.items() for each in found]
        found = [estimate(moved["difference"]), *(estimate(each["difference"]) for _, each in rows)]
        names = ["as it was found", *(name for name, _ in rows)]
        series = [Series("gain", found, [material.objective.told(e) for e in found])]
        made, picture = dots(
            [label(name, 44) for name in names], series, material.objective.axis, material.objective.scale, zero=True
        )
        picture["showlegend"] = False
        panels = [Panel("all", made, picture, tall(len(names), 1))]
    return Figure(
        "shifts",
        "A quarter off",
        (
            f"{safe(named(moved)) if moved else ''} in the final worlds with one number at a time a quarter smaller "
            "and a quarter larger, within its bounds and the rules of the policy. Left of the line the baseline is "
            "better: a schedule that falls there with a small change was fitted to the worlds."
        ),
        panels,
    )
