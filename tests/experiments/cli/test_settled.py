"""What the screen says of crowds that settled."""

import pytest
from small_game import crowd

from experiments.cli.explain import explain
from experiments.cli.headline import document, print_result
from experiments.cli.settled import settled_table, unsettled, verdict
from experiments.play.run import run
from experiments.play.settle import kept_games
from experiments.results.store import Store
from policies import InputError


@pytest.mark.parametrize(
    ("moved", "said"),
    [([0.05], "yes"), ([0.05, 0.234], "no, moves by 23"), ([None], "too few rounds"), ([0.01, None], "too few rounds")],
)
def test_a_lane_has_settled_if_no_case_moves(moved, said):
    """By more than a tenth of the miners."""
    assert verdict(moved) == said


def test_lanes_that_did_not_settle_are_counted():
    """Out of all that play; their mixes are shown all the same."""
    games = [{"lane": "a", "moved": 0.3}, {"lane": "b", "moved": 0.02}]
    assert "1 of 2 lanes did not settle" in unsettled(games)
    assert unsettled(games[1:]) == ""
    shown = settled_table(games, {"a": {"honest": 0.25, "idle": 0.75}, "b": {"honest": 1.0}}, {"a": "+1", "b": "0"})
    columns = {str(column.header): [str(cell) for cell in column.cells] for column in shown.columns}
    assert columns["lane"] == ["a", "b"]
    assert columns["settled"] == ["no, moves by 30", "yes"]
    assert (columns["honest"], columns["idle"]) == (["25", "100"], ["75", ""])


def test_a_run_prints_mixes_and_regret(tmp_path, capsys):
    """A second table; three rounds are too few to tell whether a mix moves."""
    done = run(crowd(tmp_path), tmp_path)
    print_result(Store(done.folder), done, done.folder / "report.html", full=True)
    said = capsys.readouterr().out
    assert "Where crowds settled" in said
    assert said.count("too few rounds") == 4
    assert "4 of 4 lanes did not settle" in said


def test_json_has_regret(tmp_path):
    """The mean of the best deviation with interval and n; null where nobody plays."""
    done = run(crowd(tmp_path), tmp_path)
    for lane in document(Store(done.folder), done)["lanes"]:
        regret = lane["metrics"]["regret"]
        assert regret["lo"] <= regret["mean"] <= regret["hi"]
        assert regret["n"] == 2
    game = "  settled: {play: {among: [honest, copycat, idle], rounds: 3, worlds: 2, starts: [even, idle]}}"
    done = run(crowd(tmp_path, game, "  plain: {honest: 1}"), tmp_path)
    for lane in document(Store(done.folder), done)["lanes"]:
        assert lane["metrics"]["regret"] == {"mean": None, "lo": None, "hi": None, "n": 0}


def test_explain_shows_a_settled_lane(tmp_path):
    """With the miners of its mix, and not before it has settled."""
    spec = crowd(tmp_path)
    with pytest.raises(InputError, match="only 0 of its 3 rounds"):
        explain(spec, "0", "0", tmp_path, print)
    folder = run(spec, tmp_path).folder
    lines = []
    explain(spec, "1", "shield | settled from idle", tmp_path, lines.append)
    game = next(game for game in kept_games(spec, folder) if game.lane.name == "shield | settled from idle")
    ranks = game.settled_lane().population.of_ranks(10).tolist()
    for place, strategy in enumerate(["honest", "copycat", "idle"]):
        assert f"{ranks.count(place)} {strategy}" in lines[0]
