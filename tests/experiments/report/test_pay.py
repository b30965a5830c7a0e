"""Who is paid: incomes by strategy, and their figure."""

import numpy as np
import pytest
from report_page import numbers
from world_results import DAYS, MIXED
from world_results import store as world_store

from experiments.report.drawn_lanes import choose_lanes
from experiments.report.pay import sum_incomes, world_pay
from experiments.report.results import read


@pytest.fixture
def mixed(tmp_path):
    """Results of two populations in one case."""
    return read(world_store(tmp_path, populations=MIXED))


def test_incomes_add_up(mixed):
    """Shares of all strategies sum to 1; those of the dishonest are the metric; USD are per day and miner."""
    here, names = mixed.select_population("mixed"), ["honest", "copycat", "sniper"]
    got = sum_incomes(here, names)
    assert got.paid.sum(axis=2) == pytest.approx(1)
    assert got.credited.sum(axis=2) == pytest.approx(1)
    assert got.miners[0, 0].tolist() == [0.5, 0.25, 0.25]
    assert got.paid[:, :, 1:].sum(axis=2) == pytest.approx(here.values["dishonest_share"])
    assert got.usd == pytest.approx(np.full(got.usd.shape, 100.0 / DAYS))
    assert got.mean(got.paid, 2, [1, 2]).mean == pytest.approx(here.lanes[2].metrics["dishonest_share"].mean)


def test_nobody_has_no_income(mixed):
    """A strategy that nobody follows is paid nothing, and its USD do not exist."""
    got = sum_incomes(mixed.select_population("honest"), ["honest", "copycat"])
    assert not got.paid[:, :, 1].any()
    assert np.isnan(got.usd[:, :, 1]).all()


def test_pay_shows_what_the_tables_say(mixed):
    """Bars: the share of the miners first, then paid and credited of each policy; only where strategies differ."""
    (panel,) = world_pay(mixed, choose_lanes(mixed)).panels
    assert panel.name == "mixed"
    here = mixed.select_population("mixed")
    got = sum_incomes(here, ["copycat", "honest", "sniper"])
    rows = [lane.row for lane in choose_lanes(mixed).rank(here).lanes]
    bar = next(trace for trace in panel.data if trace["name"] == "copycat ✗")
    expected = [25.0]
    for row in rows:
        expected += [100 * got.paid[row, :, 0].mean(), 25.0]
    assert numbers(bar["x"]) == pytest.approx(expected)
    assert len(bar["y"]) == len(bar["width"]) == len(bar["hovertext"]) == len(expected)
