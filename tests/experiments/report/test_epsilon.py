"""Epsilon against age: the curves are the policies, and close ones can be told apart."""

import numpy as np
import pytest
import yaml
from report_page import numbers
from world_results import store

from experiments.recipe.resolved import AGES
from experiments.report.drawn_lanes import choose_lanes
from experiments.report.epsilon import DAYS, age_grid, curve, epsilon, group_curves
from experiments.report.results import read
from policies import build

LINEAR = {"linear": {"start": 0.005, "end": 0.0001, "decay_blocks": 14400}}


def test_a_curve_is_in_percent_over_days():
    """From 0.5 % to 0.01 % in two days of 7,200 blocks."""
    ages = np.array([0.0, 1.0, 2.0, 9.0])
    assert curve(build(LINEAR), ages) == pytest.approx([0.5, 0.255, 0.01, 0.01])
    assert len(age_grid(DAYS)) == DAYS * 48 + 1


def test_equal_curves_are_one():
    """They share a line, and it has the names of all."""
    one, other = np.array([1.0, 0.5]), np.array([1.0, 0.4])
    assert [names for names, _ in group_curves([("a", one), ("b", other), ("c", one.copy())])] == [["a", "c"], ["b"]]


def test_high_curves_do_not_flatten_the_others(tmp_path):
    """One policy at 5 % over others at 0.5 %: a close-up comes first and leaves it out, and the whole follows."""
    policies = {
        "slope": '{"linear": {"start": 0.005}}',
        "low": '{"fixed": {"epsilon": 0.004}}',
        "wall": '{"fixed": {"epsilon": 0.05}}',
    }
    results = read(store(tmp_path, policies=policies))
    figure = epsilon(results, choose_lanes(results))
    close_up, whole = figure.panels
    assert close_up.layout["yaxis"]["range"][1] == pytest.approx(1.12 * 0.5)
    assert close_up.about == {"outside": 1, "all": 3}
    assert whole.layout["yaxis"]["rangemode"] == "tozero"
    assert max(numbers(trace["y"].astype(float)).max() for trace in whole.data) == pytest.approx(5.0)


def test_a_policy_that_nobody_knows_is_drawn_from_the_spec(tmp_path):
    """Its class need not be there: the spec holds its epsilon at every second hour, straight lines lie between."""
    made = store(tmp_path, policies={"slope": '{"linear": {"start": 0.005}}', "mine": '{"of-a-stranger": {}}'})
    path = made.folder / "spec.yaml"
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    mine = next(lane for lane in spec["lanes"] if lane["name"].startswith("mine"))
    mine["epsilon"] = [0.002] + [0.001] * (len(AGES) - 1)
    path.write_text(yaml.safe_dump(spec), encoding="utf-8")
    results = read(made)
    lines = epsilon(results, choose_lanes(results)).panels[-1].data
    drawn = next(numbers(line["y"].astype(float)) for line in lines if line["name"].startswith("mine"))
    assert drawn[:6] == pytest.approx([0.2, 0.175, 0.15, 0.125, 0.1, 0.1])
