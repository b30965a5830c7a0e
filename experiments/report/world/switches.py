"""When other data began to be judged, as lines across pictures of time."""

from experiments.report.figure import Trace
from experiments.report.text import label
from experiments.report.world.parts import Part
from sim.clock import BLOCKS_PER_DAY


def switches(part: Part) -> tuple[list[Trace], list[Trace]]:
    """Lines and their names, for a layout."""
    scenario = part.results.scenario.get("cases", {}).get(part.case.name, {})
    phases = ((scenario.get("data") or {}).get("judging") or {}).get("phases", [])
    days = [(block / BLOCKS_PER_DAY, mixture["name"]) for block, mixture in phases]
    inside = [(day, name) for day, name in days if 0 < day < part.case.days]
    line = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "line": {"color": "#888888", "width": 1, "dash": "dash"}}
    name = {"yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False, "font": {"size": 11, "color": "#666666"}}
    return (
        [{**line, "x0": day, "x1": day} for day, _ in inside],
        [{**name, "x": day, "text": f"judged on {label(mixture)}"} for day, mixture in inside],
    )
