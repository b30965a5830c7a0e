"""Deviations: whether a single miner gains by leaving the crowd's strategy."""

from experiments.report.figure import Figure, Panel
from experiments.report.looks import Lanes
from experiments.report.results import Results
from experiments.report.text import plain
from experiments.report.world import parts
from experiments.report.world.dots import Series, dots, tall


def figure(results: Results, lanes: Lanes) -> Figure:
    """The figure, one panel; empty where nobody deviates."""
    rows = lanes.looks
    series = []
    for name in parts.deviations(results):
        alone = parts.within(results, name)
        found = [alone.lanes[look.row].metrics["ic_gap"] for look in rows]
        says = [f"{look.title}<br>{plain(e, 'equal shares')}, n = {e.n}" for look, e in zip(rows, found, strict=True)]
        series.append(Series(name, found, says))
    made, picture = dots([look.label for look in rows], series, "IC gap (equal shares of emission)", 1.0, zero=True)
    return Figure(
        "deviations",
        "Deviations",
        (
            "In a deviation one miner follows another strategy than the crowd. A dot is his IC gap (incentive "
            "compatibility): what he then earns, less what he spends, more than the very same miner in the same world "
            "without the deviation; 1 is what every miner would be paid if all were paid alike. Right of the line the "
            f"deviation pays, by more emission or by less training. Bars are 95 % intervals. {lanes.left_out}"
        ),
        [Panel("all", made, picture, tall(len(rows), len(series)))] if series else [],
    )
