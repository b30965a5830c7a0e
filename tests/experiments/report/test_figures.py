"""Parts of the report of worlds: populations and cases, incomes by strategy, and their figures."""

import re

import numpy as np
import pytest
from report_page import numbers
from world_results import DAYS, HONEST, MIXED, POLICIES, store

from experiments.report.differences import tradeoff
from experiments.report.figure import Series, dots
from experiments.report.looks import choose
from experiments.report.pay import of_world as pay
from experiments.report.pay import sums
from experiments.report.reigns import of_world as reigns
from experiments.report.results import parts, read
from experiments.report.strategies import kinds
from experiments.report.table import WORLD, table
from experiments.results.estimate import Estimate, estimate
from experiments.results.metrics import METRICS

DEVIATING = {**MIXED, "honest + sniper": ["honest"] * 3 + ["sniper"]}


@pytest.fixture
def mixed(tmp_path):
    """Results of two populations in one case."""
    return read(store(tmp_path, populations=MIXED))


def plain(value):
    """A number per element, whatever numpy packed it in."""
    return numbers(np.asarray(value))


def test_deviations_are_no_crowds(tmp_path):
    """A population with a deviant is shown apart, unless there is no other."""
    found = read(store(tmp_path / "a", populations=DEVIATING, deviants=("honest + sniper",)))
    assert found.crowds == ["honest", "mixed"]
    assert found.deviations == ["honest + sniper"]
    alone = read(store(tmp_path / "b", populations={"odd": ["honest"] * 3 + ["sniper"]}, deviants=("odd",)))
    assert alone.crowds == ["odd"]
    assert alone.deviations == []


def test_a_population_has_its_own_baseline(mixed):
    """The baseline's policy among the same miners, and as many rows as policies."""
    here = mixed.of_population("mixed")
    assert here.baseline.lane == "slope | mixed"
    assert [lane.population for lane in here.lanes] == ["mixed"] * len(POLICIES)
    assert {len(values) for values in here.values.values()} == {len(POLICIES)}


def test_a_case_has_its_own_estimates(tmp_path):
    """Means and paired differences over the worlds of that case only."""
    found = read(store(tmp_path, cases=("one", "other"), populations=MIXED))
    alone = found.of_race("other")
    here = found.race == "other"
    door, base = (
        next(i for i, lane in enumerate(found.lanes) if lane.lane == f"{p} | mixed") for p in ("door", "slope")
    )
    area = found.values["descent_area"][:, here]
    assert alone.lanes[door].metrics["descent_area"] == estimate(area[door], found.race[here])
    assert alone.lanes[door].differences["descent_area"] == estimate(area[door] - area[base], found.race[here])
    assert [case.name for case in alone.races] == ["other"]


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
        found = read(store(tmp_path / str(i), cases=cases, populations=populations))
        assert [part.name for part in parts(found, choose(found))] == names


def test_policies_look_the_same_everywhere(mixed):
    """One colour per policy in all populations; the baseline's is its own."""
    lanes = choose(mixed)
    for name in MIXED:
        there = {look.label: look.colour for look in lanes.rank(mixed.of_population(name)).looks}
        assert there == {look.label: look.colour for look in lanes.looks}
    assert len({look.colour for look in lanes.looks}) == len(POLICIES)


def test_incomes_add_up(mixed):
    """Shares of all strategies sum to 1; those of the dishonest are the metric; USD are per day and miner."""
    here, names = mixed.of_population("mixed"), ["honest", "copycat", "sniper"]
    got = sums(here, names)
    assert got.paid.sum(axis=2) == pytest.approx(1)
    assert got.credited.sum(axis=2) == pytest.approx(1)
    assert got.miners[0, 0].tolist() == [0.5, 0.25, 0.25]
    assert got.paid[:, :, 1:].sum(axis=2) == pytest.approx(here.values["dishonest_share"])
    assert got.usd == pytest.approx(np.full(got.usd.shape, 100.0 / DAYS))
    assert got.mean(got.paid, 2, [1, 2]).mean == pytest.approx(here.lanes[2].metrics["dishonest_share"].mean)


def test_nobody_has_no_income(mixed):
    """A strategy that nobody follows is paid nothing, and its USD do not exist."""
    got = sums(mixed.of_population("honest"), ["honest", "copycat"])
    assert not got.paid[:, :, 1].any()
    assert np.isnan(got.usd[:, :, 1]).all()


def test_honest_strategies_are_cool_and_come_first(mixed):
    """Their order and colours are the same in all figures; a cross marks the others."""
    assert [(kind.name, kind.honest) for kind in kinds(mixed)] == [
        ("honest", True),
        ("copycat", False),
        ("sniper", False),
    ]
    assert [kind.label for kind in kinds(mixed)] == ["honest", "copycat ✗", "sniper ✗"]
    assert len({kind.colour for kind in kinds(mixed)}) == 3


def test_pay_shows_what_the_tables_say(mixed):
    """Bars: the share of the miners first, then paid and credited of each policy; only where strategies differ."""
    (panel,) = pay(mixed, choose(mixed)).panels
    assert panel.name == "mixed"
    here = mixed.of_population("mixed")
    got = sums(here, ["copycat", "honest", "sniper"])
    rows = [look.row for look in choose(mixed).rank(here).looks]
    bar = next(trace for trace in panel.data if trace["name"] == "copycat ✗")
    expected = [25.0]
    for row in rows:
        expected += [100 * got.paid[row, :, 0].mean(), 25.0]
    assert plain(bar["x"]) == pytest.approx(expected)
    assert len(bar["y"]) == len(bar["width"]) == len(bar["hovertext"]) == len(expected)


def test_reigns_are_coloured_by_strategy(mixed):
    """Every reign of the drawn world is a bar of its king's strategy; every other one of a row is fainter."""
    part = next(part for part in parts(mixed, choose(mixed)) if part.name == "mixed")
    panel = reigns([part]).panels[0]
    bars = [trace for trace in panel.data if trace["type"] == "bar"]
    assert {bar["name"] for bar in bars} == {"honest", "copycat ✗"}
    assert sum(len(bar["x"]) for bar in bars) == 3 * len(POLICIES)
    assert sum(plain(bar["x"]).sum() for bar in bars) == pytest.approx(DAYS * len(POLICIES))
    honest = [bar for bar in bars if bar["name"] == "honest"]
    assert [bar["opacity"] < 1 for bar in honest] == [False, True]
    assert [bar["showlegend"] for bar in honest] == [True, False]


def test_the_trade_off_has_a_dot_per_lane(mixed):
    """A less the baseline's against each price that is not the same for all lanes; shares end at 0 and 100 %."""
    figure = tradeoff(mixed, choose(mixed))
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


def test_dots_lie_within_their_rows():
    """Series stand side by side, none in the next row; what does not exist has no dot."""
    there, missing = Estimate(1.0, 0.5, 1.5, 3), Estimate(np.nan, np.nan, np.nan, 0)
    series = [Series("a", [there, there], ["", ""]), Series("b", [missing, there], ["", ""])]
    made = dots("all", ["x", "y"], series, "share (%)", 100.0).data
    assert [trace["x"].tolist() for trace in made] == [[100.0, 100.0], [100.0]]
    assert np.round(np.concatenate([trace["y"] for trace in made])).tolist() == [0, 1, 1]
    assert made[0]["error_x"]["array"].tolist() == [50.0, 50.0]


def test_colours_can_be_exchanged(mixed):
    """The script turns colours for a dark screen that are written as #rrggbb or #rrggbbaa, and no others."""
    lanes = choose(mixed)
    shown = [tradeoff(mixed, lanes), pay(mixed, lanes), reigns(list(parts(mixed, lanes)))]
    text = " ".join(panel.json() for figure in shown for panel in figure.panels)
    named = re.findall(r'color": *"([^"]*)"', text)
    assert "#ffffff" in named
    assert [colour for colour in named if not re.fullmatch("#[0-9a-f]{6}([0-9a-f]{2})?", colour)] == []


def test_columns_are_metrics_and_say_units(mixed):
    """Every column is a metric of worlds with a unit; a column that says nothing of any lane is left out."""
    assert {column.metric for column in WORLD} <= set(METRICS)
    assert all(column.unit for column in WORLD)
    shown = [head.title for head in table("all", mixed, choose(mixed), WORLD).heads]
    assert "Dishonest share" in shown
    assert "IC gap" not in shown
