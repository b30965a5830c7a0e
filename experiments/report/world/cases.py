"""Cases side by side: what each policy is worth in each of them."""

from experiments.report.figure import Figure, Panel
from experiments.report.looks import Lanes
from experiments.report.results import Results
from experiments.report.text import percent
from experiments.report.world.dots import Series, dots, tall
from experiments.report.world.parts import crowds, within


def figure(results: Results, lanes: Lanes) -> Figure:
    """The figure, one panel per population; empty where there is one case."""
    names = crowds(results) if len(results.races) > 1 else []
    return Figure(
        "cases",
        "Cases side by side",
        (
            "The descent area A of each policy less that of the baseline in the same worlds, by case, with 95 % "
            "intervals: where the order of the dots of one colour differs from that of another, the better policy "
            f"depends on the case. {lanes.left_out}"
        ),
        [_panel(within(results, name), name, lanes) for name in names],
    )


def _panel(results: Results, name: str, lanes: Lanes) -> Panel:
    order = lanes.among(results).looks
    series = []
    for case in results.races:
        alone = results.alone(case.name)
        found = [alone.lanes[look.row].differences["descent_area"] for look in order]
        says = [f"{look.title}<br>{percent(e, sign=True)}, n = {e.n}" for look, e in zip(order, found, strict=True)]
        series.append(Series(case.name, found, says))
    made, picture = dots(
        [look.label for look in order], series, "A less that of the baseline (≈ % of the loss)", 100.0, zero=True
    )
    return Panel(name, made, picture, tall(len(order), len(series)))
