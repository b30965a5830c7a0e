"""The king's loss over time."""

import json
import re

import numpy as np
import pytest
from race_results import LANES
from report_page import numbers, race_page, read_page, world_page
from small_race import lane
from world_results import DAYS
from world_results import store as world_store


def test_curves_are_means_over_worlds(tmp_path):
    """Means at evenly spaced days: of the king's true losses, and of his lead over the baseline's, added up."""
    made = world_store(tmp_path)
    page = read_page(made)
    table = made.table("curves").to_pylist()
    losses = np.array([r["king_loss"] for r in table if r["lane"] == "door"]).reshape(3, -1)
    line, against = (next(t for t in f["data"] if t["name"] == "door" and t["showlegend"]) for f in page.figures[:2])
    assert numbers(line["y"]) == pytest.approx(losses.mean(axis=0), rel=1e-6)
    assert line["x0"] == 0
    assert line["dx"] * (len(losses[0]) - 1) == DAYS
    base = np.array([r["king_loss"] for r in table if r["lane"] == "slope"]).reshape(3, -1)
    sums = np.cumsum(100 * np.log(base / losses), axis=1) / len(losses[0])
    assert numbers(against["y"]) == pytest.approx(sums.mean(axis=0), rel=1e-5, abs=1e-6)


def test_a_switch_of_the_data_is_a_line(tmp_path):
    """At the day when other data began to be judged; not where the contest began."""
    phases = [[0, {"name": "refinedweb", "weights": {}}], [36_000, {"name": "six-tasks", "weights": {}}]]
    page = world_page(tmp_path, data={"judging": {"phases": phases}})
    (line,) = page.figures[0]["layout"]["shapes"]
    assert line["x0"] == line["x1"] == 5.0
    assert page.figures[0]["layout"]["annotations"][0]["text"] == "judged on six-tasks"


def test_a_lane_without_a_king_is_named(tmp_path):
    """It has no line, and a sentence says so."""
    page = world_page(tmp_path, kingless=("wall",))
    assert "Without a king in some world: wall." in page.text
    assert "wall" not in {t.get("name") for t in page.figures[0]["data"]}
    assert "no king" in json.dumps(page.figures)


def test_a_lane_without_crowns_has_an_empty_row(tmp_path):
    """A lane that never evaluated anything stands in the table with dashes, and in the pictures as having no king."""
    page = race_page(tmp_path, lanes=(*LANES, lane("linear", "asleep", delay=100_000)))
    assert "asleep" in page.rows()
    assert "Without any king: asleep." in page.text
    assert "no king" in json.dumps(page.figures)
    assert "–" in page.text
    assert not re.search(r"\bnan\b", page.text, re.IGNORECASE)
