"""The headline table: its columns, its rows and its numbers."""

import numpy as np
import pytest
from report_page import race_page, read_page
from small_race import QUIET
from world_results import MIXED, POLICIES, metric_rows
from world_results import store as world_store

from experiments.report.drawn_lanes import choose_lanes
from experiments.report.results import read
from experiments.report.table import WORLD, table
from experiments.results.metrics import METRICS


@pytest.fixture
def mixed(tmp_path):
    """Results of two populations in one case."""
    return read(world_store(tmp_path, populations=MIXED))


def test_columns_are_metrics_and_say_units(mixed):
    """Every column is a metric of worlds with a unit; a column that says nothing of any lane is left out."""
    assert {column.metric for column in WORLD} <= set(METRICS)
    assert all(column.unit for column in WORLD)
    shown = [head.title for head in table("all", mixed, choose_lanes(mixed), WORLD).heads]
    assert "Dishonest share" in shown
    assert "IC gap" not in shown


def test_the_table_has_every_lane(tmp_path):
    """One row per lane, the largest descent area first."""
    page = race_page(tmp_path, noise=QUIET)
    assert page.rows() == ["open door", "slope", "wall"]


def test_the_table_shows_the_numbers_of_the_tables(tmp_path):
    """A cell sorts by the mean over worlds; a lane stands under its policy and its population."""
    made = world_store(tmp_path, populations=MIXED)
    page = read_page(made)
    cells = [a["data-v"] for tag, a in page.tags if tag == "td" and "data-v" in a]
    for row in ("door | mixed", "wall | honest"):
        mean = np.mean([r["waste"] for r in metric_rows(made, lane=row)])
        assert f"{mean:.9g}" in cells
    assert set(page.rows()) == {f"{policy} | {name}" for policy in POLICIES for name in MIXED}
    assert page.text.count("baseline") >= len(MIXED)
