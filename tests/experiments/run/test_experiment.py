"""Running: the same bytes however the work is split, extended or interrupted; a world that fails costs only itself."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from small_race import RECIPE, recipe

from experiments.recipe.recipe import load
from experiments.results.metrics import RACE_METRICS
from experiments.results.store import Store
from experiments.results.tables import TABLES
from experiments.run import task
from experiments.run.digest import digest
from experiments.run.experiment import run
from sim.race.world import RaceWorld

MIXED = RECIPE.replace("[small.csv]", "[small.csv, other.csv]") + "rules: {delay: 0}\n"


@pytest.fixture
def spec(tmp_path):
    """Makes specs of the small recipe with so many worlds."""
    path = recipe(tmp_path)
    return lambda worlds, **more: load(path, worlds=worlds, **more)


def contents(folder):
    """The bytes of the four tables."""
    return {name: (folder / f"{name}.parquet").read_bytes() for name in TABLES}


def rows(folder, name="metrics"):
    """A table's rows."""
    return pq.read_table(folder / f"{name}.parquet").to_pylist()


def test_the_folder_of_a_run(tmp_path, spec):
    """`runs/<name>/<digest>/` holds the spec, the manifest and four tables, and no parts or temporary files."""
    outcome = run(spec(2), tmp_path / "runs")
    assert outcome.folder == tmp_path / "runs" / "small" / digest(spec(2))
    assert (outcome.worlds, outcome.failed, outcome.ran) == (2, 0, 2)
    assert sorted(path.name for path in outcome.folder.iterdir()) == [
        "curves.parquet",
        "emission.parquet",
        "events.parquet",
        "manifest.json",
        "metrics.parquet",
        "spec.yaml",
    ]


@pytest.mark.parametrize(
    ("program", "command"),
    [("/bin/steepest", "steepest run x"), ("steepest.py", "steepest run x"), ("a/mine.py", "python mine.py run x")],
)
def test_the_manifest_says_how_it_came_to_be(tmp_path, spec, monkeypatch, program, command):
    """Versions, seed, command, times, and what the tables are about."""
    monkeypatch.setattr("sys.argv", [program, "run", "x"])
    found = Store(run(spec(2), tmp_path / "runs").folder).manifest()
    assert (found["seed"], found["worlds"], found["races"], found["unit"]) == (7, 2, ["small"], "nats")
    assert (found["lanes"], found["baseline"]) == (["sn9-2025-03", "shield"], "sn9-2025-03")
    assert found["libraries"]["numpy"] == np.__version__
    assert found["command"] == command
    assert found["finished"].endswith("+00:00")


def test_one_row_per_world_and_lane(tmp_path, spec):
    """Metrics come by race, world and lane of the panel; every number of a world that went well is there."""
    found = rows(run(spec(3), tmp_path / "runs").folder)
    lanes = ("sn9-2025-03", "shield")
    assert [(r["world"], r["lane"]) for r in found] == [(world, name) for world in range(3) for name in lanes]
    assert json.loads(found[1]["policy"]) == {"fixed": {"epsilon": 0.005}}
    for row in found:
        assert row["error"] is None
        assert row["descent_area"] > 0
        assert set(RACE_METRICS) <= set(row)


def test_the_other_tables_agree_with_the_metrics(tmp_path, spec):
    """As many crown events as crowns; emission shares of a world and lane sum to 1; curves end at the final loss."""
    folder = run(spec(2), tmp_path / "runs").folder
    events, emission, curves = (rows(folder, name) for name in ("events", "emission", "curves"))
    for row in rows(folder):

        def mine(others, key=(row["world"], row["lane"])):
            return [other for other in others if (other["world"], other["lane"]) == key]

        assert len([e for e in mine(events) if e["kind"] == "crown"]) == row["crowns"]
        assert sum(e["share"] for e in mine(emission)) == pytest.approx(1.0)
        assert sum(e["credit"] for e in mine(emission)) == pytest.approx(1.0)
        assert mine(curves)[-1]["king_loss"] == pytest.approx(row["final_loss"], rel=1e-12)
    assert [e["miner"] for e in events if e["kind"] == "submission"] == ["ann", "bob", "ann", "cid"]


def test_more_worlds_later_are_the_same_bytes(tmp_path, spec):
    """1 world, then 4, then 5 give what 5 at once give, and nothing is run twice."""
    ran = [run(spec(worlds), tmp_path / "grown").ran for worlds in (1, 4, 5, 5)]
    assert ran == [1, 3, 1, 0]
    folder = run(spec(5), tmp_path / "at-once").folder
    assert contents(tmp_path / "grown" / "small" / folder.name) == contents(folder)


def test_workers_do_not_change_a_byte(tmp_path, spec):
    """One process or two: the same tables."""
    one = run(spec(4), tmp_path / "one", workers=1).folder
    two = run(spec(4), tmp_path / "two", workers=2).folder
    assert contents(one) == contents(two)


def test_the_width_of_a_pass_does_not_change_a_byte(tmp_path, spec, monkeypatch):
    """All worlds in one pass, or two columns at a time."""
    wide = run(spec(4), tmp_path / "wide").folder
    monkeypatch.setattr(task, "COLUMNS", 2)
    assert contents(run(spec(4), tmp_path / "narrow").folder) == contents(wide)


def test_races_and_lanes_with_rules_of_their_own(tmp_path):
    """Two races, lanes that keep 30 models or compare samples: rows in the panel's order, the same when extended."""
    own = "  - {preset: sn9-2024-01, rules: own}\n  - {preset: sn29-2024-10, rules: own}\n"
    text = MIXED.replace("panel:\n", f"panel:\n{own}")
    path = recipe(tmp_path, text=text)
    (tmp_path / "other.csv").write_text("date,miner,loss\n2026-01-01,x,3\n2026-01-02,y,2.9\n")
    run(load(path, worlds=1), tmp_path / "grown")
    grown = run(load(path), tmp_path / "grown").folder
    assert contents(grown) == contents(run(load(path), tmp_path / "at-once").folder)
    lanes = ["sn9-2024-01 own rules", "sn29-2024-10 own rules", "sn9-2025-03", "shield"]
    assert [(r["race"], r["world"], r["lane"]) for r in rows(grown)] == [
        (race, world, name) for race in ("other", "small") for world in (0, 1) for name in lanes
    ]


def test_a_lane_does_not_depend_on_its_panel(tmp_path, spec):
    """The same policy in another panel has the same metrics, to the last bit."""
    together = rows(run(spec(2), tmp_path / "runs").folder)
    alone = rows(run(spec(2, policies=[{"name": "shield", "policy": "fixed"}]), tmp_path / "runs").folder)
    assert alone == [row for row in together if row["lane"] == "shield"]


@pytest.fixture
def broken_world(monkeypatch):
    """Makes every pass fail that has world 1 in it."""

    def init(self, race, lanes, setting, seed, worlds):
        RaceWorld.__init__(self, race, lanes, setting, seed, worlds)
        self.numbers = worlds

    def run_or_fail(self, watch=None):
        if 1 in self.numbers:
            raise RuntimeError("the sky fell")
        return RaceWorld.run(self, watch)

    monkeypatch.setattr(task, "RaceWorld", type("Broken", (RaceWorld,), {"__init__": init, "run": run_or_fail}))


def test_a_world_that_fails_is_a_row_with_its_traceback(tmp_path, spec, broken_world):
    """The other worlds are kept as if it had not been there; the outcome counts it."""
    outcome = run(spec(3), tmp_path / "runs")
    assert (outcome.worlds, outcome.failed) == (3, 1)
    bad = [row for row in rows(outcome.folder) if row["error"]]
    assert [(row["world"], row["lane"]) for row in bad] == [(1, "sn9-2025-03"), (1, "shield")]
    assert all("Traceback" in row["error"] and "the sky fell" in row["error"] for row in bad)
    assert all(row[name] is None for row in bad for name in RACE_METRICS)


def test_a_world_that_failed_is_tried_again(tmp_path, spec, broken_world, monkeypatch):
    """The next run runs it alone, and then the tables are as if nothing had happened."""
    folder = run(spec(3), tmp_path / "runs").folder
    assert run(spec(3), tmp_path / "runs").failed == 1
    monkeypatch.setattr(task, "RaceWorld", RaceWorld)
    outcome = run(spec(3), tmp_path / "runs")
    assert (outcome.ran, outcome.failed) == (1, 0)
    assert contents(folder) == contents(run(spec(3), tmp_path / "clean").folder)


def test_an_interrupted_run_goes_on(tmp_path, spec, monkeypatch):
    """What was kept before the interruption is not run again, and the bytes are those of a run in one go."""
    monkeypatch.setattr(task, "COLUMNS", 2)  # one world per pass

    def stop(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(spec(4), tmp_path / "runs", progress=stop)
    store = Store(tmp_path / "runs" / "small" / digest(spec(4)))
    assert len(store.worlds()) == 2
    assert not store.complete
    outcome = run(spec(4), tmp_path / "runs")
    assert outcome.ran == 2
    assert contents(outcome.folder) == contents(run(spec(4), tmp_path / "clean").folder)


def test_parts_of_a_larger_run_count_for_a_smaller_one(tmp_path, spec, monkeypatch):
    """Two worlds, then a run of four stopped after three: a run of three finds all done, and merges them."""
    run(spec(2), tmp_path / "runs")
    monkeypatch.setattr(task, "COLUMNS", 2)

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(spec(4), tmp_path / "runs", progress=stop)
    outcome = run(spec(3), tmp_path / "runs")
    assert outcome.ran == 0
    assert contents(outcome.folder) == contents(run(spec(3), tmp_path / "clean").folder)


def test_a_damaged_manifest_is_written_anew(tmp_path, spec):
    """The tables are there, so nothing is run again."""
    folder = run(spec(2), tmp_path / "runs").folder
    (folder / "manifest.json").write_text("{")
    assert run(spec(2), tmp_path / "runs").ran == 0
    assert Store(folder).complete


def test_force_runs_everything_again(tmp_path, spec):
    """The bytes stay the same."""
    folder = run(spec(2), tmp_path / "runs").folder
    before = contents(folder)
    assert run(spec(2), tmp_path / "runs", force=True).ran == 2
    assert contents(folder) == before


def test_progress_counts_worlds(tmp_path, spec, monkeypatch):
    """It is told after each pass how many are done, up to all."""
    monkeypatch.setattr(task, "COLUMNS", 2)
    told = []
    run(spec(3), tmp_path / "runs", progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_folder_that_cannot_be_written_is_noticed_first(tmp_path, spec, monkeypatch):
    """A file in the place of the results folder is an error before anything is computed."""
    (tmp_path / "runs").write_text("")
    monkeypatch.setattr(task, "compute", None)
    with pytest.raises(OSError, match="runs"):
        run(spec(2), tmp_path / "runs")
