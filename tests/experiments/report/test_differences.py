"""Differences to the baseline: against what they cost, and of single deviants."""

import numpy as np
import pytest
from report_page import numbers, read_page
from world_results import DEVIATING, MIXED, metric_rows
from world_results import store as world_store

from experiments.report.differences import tradeoff
from experiments.report.drawn_lanes import choose_lanes
from experiments.report.results import read


@pytest.fixture
def mixed(tmp_path):
    """Results of two populations in one case."""
    return read(world_store(tmp_path, populations=MIXED))


def test_the_trade_off_has_a_dot_per_lane(mixed):
    """A less the baseline's against each price that is not the same for all lanes; shares end at 0 and 100 %."""
    figure = tradeoff(mixed, choose_lanes(mixed))
    assert [panel.name for panel in figure.panels] == ["misallocation", "dishonest share"]
    lane = next(lane for lane in mixed.lanes if lane.lane == "door | mixed")
    dots = [trace for trace in figure.panels[0].data if trace["text"][0].startswith("door | mixed")]
    assert dots[0]["x"] == [pytest.approx(100 * lane.metrics["misallocation"].mean)]
    area = {each.lane: each.metrics["descent_area"].mean for each in mixed.lanes}
    assert dots[0]["y"] == [pytest.approx(100 * (area["door | mixed"] - area["slope | honest"]))]
    for panel in figure.panels:
        assert len(panel.data) == len(mixed.lanes)
        assert all(dot["x"][0] - dot["error_x"]["arrayminus"][0] >= -1e-9 for dot in panel.data)
        assert all(dot["x"][0] + dot["error_x"]["array"][0] <= 100 + 1e-9 for dot in panel.data)


def test_deviations_have_their_figure(tmp_path):
    """The mean IC gap of every policy; figures of crowds leave deviations out, the head says whether they pay."""
    made = world_store(tmp_path, populations=DEVIATING, deviants=("honest + sniper",))
    page = read_page(made)
    assert "deviations" in page.sections()
    assert "of 3 pairs of a deviation and a policy, 3 pay, 0 cost the deviant" in page.text
    (dots,) = [t for f in page.figures for t in f["data"] if t.get("name") == "honest + sniper"]
    gaps = [
        np.mean([r["ic_gap"] for r in metric_rows(made, lane=f"{p} | honest + sniper")])
        for p in ("door", "wall", "slope")
    ]
    assert numbers(dots["x"]) == pytest.approx(gaps)
    tabs = [a["aria-controls"] for tag, a in page.tags if tag == "button" and a.get("role") == "tab"]
    assert [tab for tab in tabs if tab.startswith("descent")] == ["descent-0", "descent-1"]
