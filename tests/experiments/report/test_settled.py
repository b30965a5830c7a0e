"""The page of a run whose crowds settled: where, how, and whether a deviation pays."""

from html import unescape

import pytest
from report_page import read_page
from small_game import crowd

from experiments.play.run import run
from experiments.report.drawn_lanes import choose_lanes
from experiments.report.results import read
from experiments.report.settled import colours, composition, regret, settled_lanes, settled_mixes
from experiments.results.rounds import read_rounds
from experiments.results.store import Store


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A run of two policies whose crowds play from two starts."""
    folder = tmp_path_factory.mktemp("settled")
    return read(Store(run(crowd(folder), folder).folder))


def test_every_start_has_its_bar(results):
    """The shares of a row sum to 100 %, and are those of the manifest; three rounds are too few to tell."""
    drawn = choose_lanes(results)
    figure = settled_mixes(settled_lanes(results, drawn))
    (panel,) = figure.panels
    rows = panel.layout["yaxis"]["ticktext"]
    assert len(rows) == 4
    assert all(row.endswith(" ◦") for row in rows)
    for place in range(4):
        assert sum(trace["x"][place] for trace in panel.data) == pytest.approx(100.0)
    first = drawn.lanes[0].result.lane
    mix = {name: 100 * share for name, share in results.manifest["mixes"][first].items()}
    assert {trace["name"]: trace["x"][0] for trace in panel.data} == pytest.approx(mix)
    assert figure.about["lanes"] == len(figure.about["restless"]) == 4


def test_starts_that_end_apart_are_named(results):
    """A policy whose starts differ by more than a tenth of the miners."""
    lanes = settled_lanes(results, choose_lanes(results))
    mixes = results.manifest["mixes"]
    apart = []
    for group in lanes:
        one, other = (mixes[each.result.lane] for each in group)
        if max(abs(one[name] - other[name]) for name in one) > 0.1:
            apart.append(unescape(group[0].drawn.label))
    about = settled_mixes(lanes).about
    assert about["apart"] == apart
    assert about["together"] == 2 - len(apart)


def test_composition_has_a_line_for_each_strategy_and_start(results):
    """A panel for each policy; lines begin at the start and end behind the last round."""
    figure = composition(results, settled_lanes(results, choose_lanes(results)))
    assert len(figure.panels) == 2
    for panel in figure.panels:
        assert len(panel.data) == 6
        assert {tuple(trace["x"]) for trace in panel.data} == {(0, 1, 2, 3)}
        shares = {trace["name"]: trace["y"] for trace in panel.data}
        assert shares["honest, settled from even"][0] == pytest.approx(100 / 3)
        assert shares["idle, settled from idle"][0] == pytest.approx(80.0)


def test_regret_has_a_dot_for_each_policy_and_start(results):
    """At the mean of the metric."""
    drawn = choose_lanes(results)
    (panel,) = regret(settled_lanes(results, drawn)).panels
    assert [trace["name"] for trace in panel.data] == ["settled from even", "settled from idle"]
    lane = next(lane for lane in results.lanes if lane.lane == drawn.lanes[0].result.lane)
    assert panel.data[0]["x"][0] == pytest.approx(lane.metrics["regret"].mean)


def test_the_page_shows_it(tmp_path):
    """Three parts, and the column of regret; a run where nobody plays has none of them."""
    store = Store(run(crowd(tmp_path), tmp_path).folder)
    page = read_page(store)
    assert {"settled", "regret", "composition"} <= set(page.sections())
    assert "4 of 4 lanes, in which a share still moved by more than 10 %" in page.text
    assert "idle, from a crowd of nearly all idle, over 3 rounds of 2 worlds" in page.text
    assert len(read_rounds(store.folder)) == 36
    game = "  settled: {play: {among: [honest, copycat, idle], rounds: 3, worlds: 2, starts: [even, idle]}}"
    plain = read_page(Store(run(crowd(tmp_path, game, "  plain: {honest: 1}"), tmp_path).folder))
    assert not {"settled", "regret", "composition"} & set(plain.sections())


def test_honest_strategies_are_cool_and_others_warm():
    """In the order in which they occur; parameters do not matter."""
    assert colours(iter([{"honest certainty=0.9": 1.0, "copycat": 0.0, "idle": 0.0}])) == {
        "honest certainty=0.9": "#0072b2", "idle": "#56b4e9", "copycat": "#d55e00"
    }  # fmt: skip
