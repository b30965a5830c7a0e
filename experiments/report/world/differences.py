"""Paired differences of the descent area to the baseline, within each population."""

from experiments.compare import policy_name
from experiments.report.figure import Figure
from experiments.report.forest import TITLE, panel, panels, reading
from experiments.report.looks import Lanes
from experiments.report.results import Results
from experiments.report.text import safe
from experiments.report.world.parts import Part, crowds, within


def figure(results: Results, lanes: Lanes, parts: list[Part]) -> Figure:
    """The figure: each population over all cases, stretched if need be, and each case alone."""
    several = len(results.races) > 1
    found = []
    for name in crowds(results):
        found += panels(f"all cases | {name}" if several else name, lanes.among(within(results, name)))
    if several:
        found += [panel(part.name, part.lanes) for part in parts]
    than = f"than under {safe(policy_name(results.baseline))} in the same worlds and the same population"
    return Figure("forest", TITLE, f"{reading(than)} {lanes.left_out}", found)
