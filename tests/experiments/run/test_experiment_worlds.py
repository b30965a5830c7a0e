"""Running simulated worlds: the same bytes for any number of workers, extended, resumed, and honest about failures."""

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from small_world import RECIPE

from experiments.recipe.recipe import load
from experiments.results.store import Store
from experiments.run import task
from experiments.run.experiment import run
from policies import InputError
from sim.compiler.methods import mark
from sim.miners.strategies.honest import Honest
from sim.miners.strategy import Decision

TABLES = ("metrics", "events", "curves", "emission")
CASES = "  cases:\n    calm: {noise: {samples: 400}}\n    stormy: {noise: {samples: 20}}\npanel:\n"


def recipe(folder: Path, *more: str, text: str = RECIPE) -> Path:
    """A little world of 8 miners and 3 days, as a file."""
    path = folder / "little.yaml"
    path.write_text(text.replace("days: 10", "days: 3") + "".join(more), encoding="utf-8")
    return path


def bytes_of(folder: Path) -> dict[str, str]:
    """The tables of a run, hashed."""
    return {name: hashlib.sha256((folder / f"{name}.parquet").read_bytes()).hexdigest() for name in TABLES}


def test_workers_do_not_change_a_byte(tmp_path):
    """One process or two: the same tables."""
    path = recipe(tmp_path, text=RECIPE.replace("panel:\n", CASES))
    one, two = (run(load(path, worlds=3), tmp_path / str(workers), workers) for workers in (1, 2))
    assert one.worlds == two.worlds == 6
    assert bytes_of(one.folder) == bytes_of(two.folder)


def test_more_worlds_extend_the_folder(tmp_path):
    """Four worlds at once are two and then two more, byte by byte."""
    path = recipe(tmp_path)
    whole = run(load(path, worlds=4), tmp_path / "whole")
    run(load(path, worlds=2), tmp_path / "parts")
    rest = run(load(path, worlds=4), tmp_path / "parts")
    assert rest.ran == 2
    assert bytes_of(whole.folder) == bytes_of(rest.folder)


def test_a_lane_does_not_depend_on_the_panel(tmp_path):
    """A lane's rows are the same with other lanes beside it and without."""
    path = recipe(tmp_path)
    both = Store(run(load(path), tmp_path).folder).table("metrics").to_pylist()
    alone = Store(run(load(path, ["sn9-2025-03"]), tmp_path).folder).table("metrics").to_pylist()
    assert [row for row in both if row["lane"] == "sn9-2025-03"] == alone


def test_tables_that_are_not_wanted_are_empty(tmp_path):
    """`keep: [events]` leaves metrics and crowns, and no curves and no emission."""
    folder = run(load(recipe(tmp_path, "keep: [events]\n")), tmp_path).folder
    rows = {name: pq.read_metadata(folder / f"{name}.parquet").num_rows for name in TABLES}
    assert rows["metrics"] == 4
    assert rows["events"] > 0
    assert rows["curves"] == rows["emission"] == 0


def test_a_failed_world_costs_no_other(tmp_path, monkeypatch):
    """World 1 breaks down: its rows hold the traceback, world 0 is there, and the outcome says so."""

    class Broken(task.World):
        def run(self, watch=None):
            if self.miners.seeds_world == 1:
                raise ArithmeticError("the sky fell")
            return super().run(watch)

        def __init__(self, scenario, lanes, seed, worlds):
            super().__init__(scenario, lanes, seed, worlds)
            self.miners.seeds_world = worlds[-1]

    monkeypatch.setattr(task, "World", Broken)
    outcome = run(load(recipe(tmp_path)), tmp_path)
    rows = Store(outcome.folder).table("metrics").to_pylist()
    assert (outcome.worlds, outcome.failed) == (2, 1)
    assert [row["world"] for row in rows if row["error"] is None] == [0, 0]
    assert all("the sky fell" in row["error"] for row in rows if row["world"] == 1)


@pytest.fixture
def changed_code():
    """The code of classes may change meanwhile; otherwise it is looked at once."""
    mark.cache_clear()
    yield
    mark.cache_clear()


@pytest.mark.usefixtures("changed_code")
def test_a_strategy_that_breaks_the_rules_is_an_input_error(tmp_path, monkeypatch):
    """NaN from a strategy ends the run with its name, the miner, the block and the lane, and leaves no tables."""
    monkeypatch.setattr(Honest, "decide", lambda self, view: Decision(view.king, offer=float("nan")))
    with pytest.raises(InputError, match=r"honest decided offer = nan for miner \d+ at block \d+ in lane .sn9"):
        run(load(recipe(tmp_path)), tmp_path)
    assert not list(tmp_path.glob("little/*/metrics.parquet"))


def test_what_does_not_fit_is_refused_before_it_begins(tmp_path, monkeypatch):
    """Too many lanes for the memory: an input error with the estimate, and no folder."""
    monkeypatch.setattr("experiments.run.memory.free", lambda workers: 10_000)
    with pytest.raises(InputError, match="2 lanes of 8 miners need about"):
        run(load(recipe(tmp_path)), tmp_path)
    assert not (tmp_path / "little").exists()
