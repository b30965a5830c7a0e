"""The answer at the top of the page of a run."""

import json
import re

import numpy as np
from race_results import DOOR, WALL
from report_page import race_page, read_page, world_page
from small_race import lane
from world_results import MIXED, POLICIES, metric_rows
from world_results import store as world_store

from experiments.report.text import percent
from experiments.results.estimate import estimate


def test_the_best_lane_is_named_with_its_interval(tmp_path):
    """The head says who was best, how much better than the baseline, and over how many worlds."""
    text = race_page(tmp_path, worlds=(0, 1, 2, 3)).text
    assert "open door followed the published descent most closely, more closely than the baseline wall." in text
    interval = r"\+[\d.]+ % \[\+[\d.]+, \+[\d.]+\] of the loss \(n = 4 worlds\)"
    assert re.search(rf"the paired difference to the baseline is {interval}", text)


def test_no_lane_beats_a_baseline_that_is_best(tmp_path):
    """Then the head says that, and counts those that are not told apart."""
    twin = lane({"fixed": {"epsilon": 0}}, "twin")
    text = race_page(tmp_path, lanes=(DOOR, WALL, twin)).text
    assert "No lane followed the published descent more closely than the baseline open door." in text
    assert "Of the 2 other lanes, 0 followed the descent more closely" in text
    assert "1 less closely, and 1 is not told apart from it." in text


def test_one_world_gives_no_interval(tmp_path):
    """The page says so, claims nothing, and shows no NaN."""
    page = race_page(tmp_path, worlds=(0,))
    assert "one world per race, so there are no intervals" in page.text
    assert "without intervals this is no evidence" in page.text
    assert "±" not in page.text.replace("±0", "")
    assert not re.search(r"\bnan\b", page.text + json.dumps(page.figures), re.IGNORECASE)


def test_the_answer_comes_first(tmp_path):
    """Who is fastest, by how much with interval and n, for how many GPU hours."""
    made = world_store(tmp_path)
    text = read_page(made).text
    area = {name: np.array([row["descent_area"] for row in metric_rows(made, lane=name)]) for name in POLICIES}
    difference = percent(estimate(area["door"] - area["slope"], np.zeros(3)), sign=True)
    assert "door makes the loss fall fastest: averaged over 10 days" in text
    assert f"{difference} of the loss against the baseline slope (n = 3 worlds), with 2.00 million GPU hours" in text


def test_who_gained_by_cheating_is_said(tmp_path):
    """The dishonest share of the miners and of the emission, under the fastest policy and the baseline."""
    made = world_store(tmp_path, populations=MIXED)
    text = read_page(made).text
    share = percent(
        estimate(np.array([r["dishonest_share"] for r in metric_rows(made, lane="door | mixed")]), np.zeros(3))
    )
    assert "In mixed, 50 % of the miners do not try to make the loss fall" in text
    assert f"{share} under door" in text
    assert "In honest, " not in text


def test_a_single_policy_is_no_comparison(tmp_path):
    """The head does not claim that it beats anybody."""
    assert "slope is the only policy:" in world_page(tmp_path, policies={"slope": POLICIES["slope"]}).text


def test_one_world_is_no_evidence(tmp_path):
    """The head says so, and nothing has an interval."""
    text = world_page(tmp_path, worlds=(0,)).text
    assert "but without intervals this is no evidence" in text
    assert "one world gives no intervals" in text
    assert "±" not in text.replace("± and", "")
