"""Which lanes figures draw, and that they look the same everywhere."""

import pytest
from race_results import LANES
from report_page import race_page
from small_race import lane
from world_results import HONEST, MIXED, POLICIES
from world_results import store as world_store

from experiments.report.drawn_lanes import MOST, choose_lanes, split
from experiments.report.results import read


@pytest.fixture
def mixed(tmp_path):
    """Results of two populations in one case."""
    return read(world_store(tmp_path, populations=MIXED))


def test_parts_are_named_by_what_tells_them_apart(tmp_path):
    """The case, the population, or both."""
    for i, (cases, populations, names) in enumerate(
        (
            (("one",), HONEST, ["honest"]),
            (("one",), MIXED, ["honest", "mixed"]),
            (("one", "two"), HONEST, ["one", "two"]),
            (("one", "two"), MIXED, ["one | honest", "two | honest", "one | mixed", "two | mixed"]),
        )
    ):
        found = read(world_store(tmp_path / str(i), cases=cases, populations=populations))
        assert [part.name for part in split(found, choose_lanes(found))] == names


def test_policies_look_the_same_everywhere(mixed):
    """One colour per policy in all populations; the baseline's is its own."""
    drawn = choose_lanes(mixed)
    for name in MIXED:
        there = {lane.label: lane.colour for lane in drawn.rank(mixed.select_population(name)).lanes}
        assert there == {lane.label: lane.colour for lane in drawn.lanes}
    assert len({lane.colour for lane in drawn.lanes}) == len(POLICIES)


def test_lanes_that_are_alike_are_drawn_once(tmp_path):
    """One policy and equal results: one line in pictures, two rows in the table."""
    page = race_page(tmp_path, lanes=(*LANES, lane({"fixed": {"epsilon": 0}}, "twin")))
    assert len(page.rows()) == 4
    assert "open door (+1 alike)" in page.names()
    assert "twin" not in page.names()


def test_pictures_stay_bounded_with_many_lanes(tmp_path):
    """The table has all lanes; pictures have a fixed number, the baseline among them, and say so."""
    lanes = [lane({"fixed": {"epsilon": 0.0005 * i}}, f"lane {i}") for i in range(MOST + 15)]
    page = race_page(tmp_path, lanes=lanes)
    assert len(page.rows()) == MOST + 15
    assert all(len(figure["data"]) <= MOST + 2 for figure in page.figures)
    assert "lane 0 ◂ baseline" in page.names()
    assert f"Drawn are {MOST} of {MOST + 15} different lanes" in page.text


def test_few_lanes_are_visible_at_once(tmp_path):
    """Where lines overlap, most lanes wait in the legend; the baseline does not."""
    lanes = [lane({"fixed": {"epsilon": 0.001 * i}}, f"lane {i}") for i in range(12)]
    page = race_page(tmp_path, lanes=lanes)
    kings = {trace["name"]: trace.get("visible", True) for trace in page.figures[0]["data"]}
    assert kings["lane 0 ◂ baseline"] is True
    assert 3 <= sum(v is True for n, v in kings.items() if n.startswith("lane")) <= 6
