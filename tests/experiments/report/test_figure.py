"""What all figures share: dots in rows, and colours that a dark screen can exchange."""

import re

import numpy as np
import pytest
from world_results import MIXED
from world_results import store as world_store

from experiments.report.differences import tradeoff
from experiments.report.drawn_lanes import choose_lanes, split
from experiments.report.figure import dots
from experiments.report.pay import world_pay
from experiments.report.reigns import world_reigns
from experiments.report.results import read
from experiments.results.estimate import Estimate


@pytest.fixture
def mixed(tmp_path):
    """Results of two populations in one case."""
    return read(world_store(tmp_path, populations=MIXED))


def test_dots_lie_within_their_rows():
    """Series stand side by side, none in the next row; what does not exist has no dot."""
    there, missing = Estimate(1.0, 0.5, 1.5, 3), Estimate(np.nan, np.nan, np.nan, 0)
    series = [("a", [there, there], ["", ""]), ("b", [missing, there], ["", ""])]
    made = dots("all", ["x", "y"], series, "share (%)", 100.0).data
    assert [trace["x"].tolist() for trace in made] == [[100.0, 100.0], [100.0]]
    assert np.round(np.concatenate([trace["y"] for trace in made])).tolist() == [0, 1, 1]
    assert made[0]["error_x"]["array"].tolist() == [50.0, 50.0]


def test_colours_can_be_exchanged(mixed):
    """The script turns colours for a dark screen that are written as #rrggbb or #rrggbbaa, and no others."""
    drawn = choose_lanes(mixed)
    shown = [tradeoff(mixed, drawn), world_pay(mixed, drawn), world_reigns(list(split(mixed, drawn)))]
    text = " ".join(panel.json() for figure in shown for panel in figure.panels)
    named = re.findall(r'color": *"([^"]*)"', text)
    assert "#ffffff" in named
    assert [colour for colour in named if not re.fullmatch("#[0-9a-f]{6}([0-9a-f]{2})?", colour)] == []
