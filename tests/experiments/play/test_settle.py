"""Games go on where they stopped, and end in the mix of their last rounds."""

import numpy as np
import pytest
from small_game import crowd

from experiments.play import settle as module
from experiments.play.replicator import next_mix, settled_mix
from experiments.play.rounds import Rounds
from experiments.play.settle import Game, games_of, kept_games, settle, settled_lanes
from experiments.results.rounds import FILE
from policies import InputError
from sim.miners.strategies import build


def silent(done: int, total: int) -> None:
    """No progress is shown."""


def test_starts(tmp_path):
    """Even, or nearly all of a strategy: of 10 miners each other keeps one."""
    games = games_of(crowd(tmp_path))
    assert [game.lane.name for game in games] == [lane.name for lane in crowd(tmp_path).lanes]
    assert games[0].mixes[0] == pytest.approx([1 / 3] * 3)
    assert games[2].mixes[0] == pytest.approx([0.1, 0.1, 0.8])


def test_a_stopped_game_goes_on_to_the_same_mix(tmp_path, monkeypatch):
    """Stopped when the second round was done but not kept, it ends with the same bytes as one that was not stopped."""
    spec = crowd(tmp_path)
    whole = settle(spec, tmp_path / "whole", 1, silent)
    keep = Rounds.add

    def stop(self, rows):
        if rows[0]["round"] == 1:
            raise KeyboardInterrupt
        keep(self, rows)

    monkeypatch.setattr(Rounds, "add", stop)
    with pytest.raises(KeyboardInterrupt):
        settle(spec, tmp_path / "parts", 1, silent)
    monkeypatch.setattr(Rounds, "add", keep)
    rounds = []
    played = module._play
    monkeypatch.setattr(module, "_play", lambda *given: (rounds.append(given[2]), played(*given))[1])
    parts = settle(spec, tmp_path / "parts", 1, silent)
    assert rounds == [1, 2]
    assert [game.mixes[-1].tobytes() for game in parts] == [game.mixes[-1].tobytes() for game in whole]
    assert (tmp_path / "parts" / FILE).read_bytes() == (tmp_path / "whole" / FILE).read_bytes()
    again = kept_games(spec, tmp_path / "parts")
    assert [game.settled_lane() for game in again] == [game.settled_lane() for game in whole]


def test_a_lane_plays_the_same_game_alone(tmp_path):
    """Other lanes beside it change nothing."""
    both = settle(crowd(tmp_path), tmp_path / "both", 1, silent)
    alone = settle(crowd(tmp_path, "  - {name: shield, policy: fixed}\n"), tmp_path / "alone", 1, silent)
    assert {game.lane.name: game.mixes[-1].tobytes() for game in alone}.items() <= {
        game.lane.name: game.mixes[-1].tobytes() for game in both
    }.items()


def test_mixes_follow_the_replicator(tmp_path):
    """Each round's mix is the step from the one before by what was paid; the end is the mean of the tail."""
    spec = crowd(tmp_path)
    games = settle(spec, tmp_path / "results", 1, silent)
    kept = Rounds(tmp_path / "results")
    for game in games:
        for number, (before, after) in enumerate(zip(game.mixes, game.mixes[1:], strict=False)):
            pay = kept.pay("crowd", game.lane.name, number)
            assert after.tolist() == next_mix(before, pay, number, 0.1).tolist()
        shares = dict(game.settled_lane().population.mix)
        assert list(shares.values()) == settled_mix(np.stack(game.mixes)).tolist()
        assert game.moved is None  # a tail of one round says nothing


def test_rounds_and_worlds_are_each_populations_own(tmp_path):
    """Games of fewer rounds stop earlier, and those of fewer worlds are measured in the first of them."""
    more = "  short: {play: {among: [honest, idle], rounds: 1, worlds: 1}}\npanel:\n"
    games = settle(crowd(tmp_path, "panel:\n", more), tmp_path / "results", 1, silent)
    assert {game.players.game: len(game.mixes) for game in games} == {"settled": 4, "short": 2}
    alone = settle(crowd(tmp_path), tmp_path / "alone", 1, silent)
    assert [game.mixes[-1].tobytes() for game in games[:4]] == [game.mixes[-1].tobytes() for game in alone]


def test_each_case_has_its_own_game(tmp_path):
    """A crowd in a poor case and one in a rich case settle apart, though the lane has one name."""
    cases = "  cases: {poor: {economy: {usd_per_day: 1}}, rich: {economy: {usd_per_day: 90000}}}\npopulations:"
    spec = crowd(tmp_path, "populations:", cases)
    games = settle(spec, tmp_path / "results", 1, silent)
    lanes = settled_lanes(spec, games)
    name = spec.lanes[0].name
    shares = {
        case: dict(next(lane for lane in lanes[case] if lane.name == name).population.mix) for case in ("poor", "rich")
    }
    assert shares["poor"][build("idle")] > shares["rich"][build("idle")]


def test_what_is_not_played_yet_cannot_be_shown(tmp_path):
    """The message says how far it has come."""
    with pytest.raises(InputError, match=r"only 0 of its 3 rounds are in .*rounds.parquet; run the recipe first"):
        kept_games(crowd(tmp_path), tmp_path / "nothing")


def test_worlds_that_fail_leave_the_mix_alone(tmp_path):
    """A round without any world is one in which all were paid the same."""
    (game, *_) = games_of(crowd(tmp_path))
    assert isinstance(game, Game)
    game.advance(np.full(3, np.nan))
    assert game.mixes[1] == pytest.approx(game.mixes[0])
