"""Runs of crowds that settle: the same bytes for any number of workers, and the measures of the mix in the end."""

import json
from pathlib import Path

import pytest
from small_game import RECIPE, crowd

from experiments.cli.headline import document
from experiments.play import run as module
from experiments.play.run import run
from experiments.recipe.recipe import load
from experiments.results.rounds import FILE
from experiments.results.store import Store
from experiments.run import experiment

FILES = ("metrics.parquet", "events.parquet", "curves.parquet", "emission.parquet", FILE)


def bytes_of(folder: Path) -> list[bytes]:
    """The tables of a run."""
    return [(folder / name).read_bytes() for name in FILES]


@pytest.mark.slow
def test_workers_do_not_change_a_byte(tmp_path):
    """One process or two: the same rounds and tables."""
    one, two = (run(crowd(tmp_path), tmp_path / str(workers), workers) for workers in (1, 2))
    assert bytes_of(one.folder) == bytes_of(two.folder)


def test_again_runs_nothing_and_force_runs_all(tmp_path, monkeypatch):
    """A finished run plays and measures nothing; forced, it does both, to the same bytes."""
    first = run(crowd(tmp_path), tmp_path)
    assert (first.worlds, first.ran, first.failed) == (2, 2, 0)
    before = bytes_of(first.folder)
    assert run(crowd(tmp_path), tmp_path).ran == 0
    assert run(crowd(tmp_path, worlds=3), tmp_path).ran == 1
    forced = run(crowd(tmp_path), tmp_path, force=True)
    assert (forced.folder, forced.ran) == (first.folder, 2)
    assert bytes_of(forced.folder)[-1] == before[-1]


def test_a_settled_lane_is_measured_as_that_mix(tmp_path):
    """The same metrics as a recipe that gives the mix as shares."""
    done = run(crowd(tmp_path), tmp_path)
    lane = document(Store(done.folder), done)["lanes"][0]
    games = json.loads((done.folder / "manifest.json").read_text())["games"]
    assert (games[0]["lane"], games[0]["start"]) == (lane["lane"], "even")
    shares = ", ".join(f"{name}: {share!r}" for name, share in lane["mix"].items())
    text = RECIPE[: RECIPE.index("populations:")] + f"populations: {{given: {{{shares}}}}}\n"
    path = tmp_path / "given.yaml"
    path.write_text(text + RECIPE[RECIPE.index("panel:") :], encoding="utf-8")
    given = experiment.run(load(path), tmp_path)
    same = document(Store(given.folder), given)["lanes"][0]["metrics"]
    assert lane["metrics"]["descent_area"] == same["descent_area"]
    assert lane["metrics"]["profit"] == same["profit"]


def test_json_says_mix_and_start(tmp_path):
    """Shares of the miners, which sum to 1 and count those that each strategy keeps."""
    done = run(crowd(tmp_path), tmp_path)
    for lane, start in zip(document(Store(done.folder), done)["lanes"], ["even"] * 2 + ["idle"] * 2, strict=True):
        assert (lane["population"], lane["start"]) == ("settled", start)
        assert lane["lane"].endswith(f" | settled from {start}")
        assert list(lane["mix"]) == ["honest", "copycat", "idle"]
        assert sum(lane["mix"].values()) == pytest.approx(1.0)
        assert min(lane["mix"].values()) >= 0.1
        assert [round(10 * share, 9) % 1 for share in lane["mix"].values()] == [0.0] * 3


def test_lanes_that_do_not_play_have_a_mix_and_no_start(tmp_path):
    """Deviants are counted: one of ten miners."""
    text = RECIPE[: RECIPE.index("populations:")]
    text += "populations: {mixed: {mix: {honest: 0.5, copycat: 0.5}, deviants: [sniper]}}\n"
    path = tmp_path / "given.yaml"
    path.write_text(text + RECIPE[RECIPE.index("panel:") :], encoding="utf-8")
    done = run(load(path), tmp_path)
    lane = document(Store(done.folder), done)["lanes"][0]
    assert (lane["population"], lane["start"]) == ("mixed", None)
    assert sum(lane["mix"].values()) == pytest.approx(1.0)
    assert lane["mix"]["sniper"] == pytest.approx(0.1)


def test_lanes_that_play_are_not_run_before_they_have_settled(tmp_path):
    """A run that does not let them settle says so."""
    with pytest.raises(TypeError, match="must settle first"):
        experiment.run(crowd(tmp_path), tmp_path)
    assert module.plays(crowd(tmp_path))


def test_a_finished_run_does_not_settle_again(tmp_path, monkeypatch):
    """It reads the manifest alone, and has the same worlds; with `force` it settles anew."""
    done = run(crowd(tmp_path), tmp_path)
    monkeypatch.setattr("experiments.play.settle.settle", lambda *given: pytest.fail("settled again"))
    again = run(crowd(tmp_path), tmp_path)
    assert (again.folder, again.worlds, again.ran) == (done.folder, done.worlds, 0)
    with pytest.raises(pytest.fail.Exception, match="settled again"):
        run(crowd(tmp_path), tmp_path, force=True)
