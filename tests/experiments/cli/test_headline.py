"""The answer of a run: the JSON document, the table, and the comparison behind both."""

import json

import numpy as np
import pytest
import world_results
from small_race import RECIPE, recipe
from small_world import world
from world_results import POLICIES

from experiments.cli.headline import BEST, document, print_result, text_of
from experiments.recipe.recipe import load
from experiments.results.answer import answer
from experiments.results.compare import compare
from experiments.results.estimate import Estimate
from experiments.results.metrics import RACE_METRICS
from experiments.results.store import Store
from experiments.run.experiment import Outcome, run


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """A finished run of three worlds in which the baseline is the second lane."""
    folder = tmp_path_factory.mktemp("headline")
    return run(load(recipe(folder, text=RECIPE + "baseline: shield\n"), worlds=3), folder / "runs")


def test_the_document_has_the_promised_keys(outcome):
    """`run`, `worlds`, `failed`, and per lane its policy, parameters and an estimate of every metric (design 5.6)."""
    found = document(Store(outcome.folder), outcome)
    assert (found["run"], found["worlds"], found["failed"]) == (str(outcome.folder), 3, 0)
    assert [lane["lane"] for lane in found["lanes"]] == ["sn9-2025-03", "shield"]
    first = found["lanes"][0]
    assert {"lane", "policy", "reward", "population", "parameters", "metrics"} <= set(first)
    assert (first["policy"], first["parameters"]) == ("linear", {"start": 0.005, "end": 0.0001, "decay_blocks": 14_400})
    assert set(first["metrics"]) == set(RACE_METRICS)
    assert all(set(estimate) == {"mean", "lo", "hi", "n"} for estimate in first["metrics"].values())


def test_the_document_is_strict_json(outcome):
    """What has no number is null, never NaN."""
    assert json.loads(json.dumps(document(Store(outcome.folder), outcome), allow_nan=False))


def test_differences_are_paired_and_to_the_baseline(outcome):
    """The mean over worlds of lane minus baseline in the same world; the baseline's own is 0 with no width."""
    rows = Store(outcome.folder).table("metrics").to_pylist()
    lanes = ("sn9-2025-03", "shield")
    areas = {lane: np.array([r["descent_area"] for r in rows if r["lane"] == lane]) for lane in lanes}
    first, second = compare(Store(outcome.folder)).lanes
    assert first.differences["descent_area"].mean == pytest.approx((areas["sn9-2025-03"] - areas["shield"]).mean())
    assert second.differences["descent_area"] == Estimate(0.0, 0.0, 0.0, 3)
    assert first.metrics["descent_area"].mean == pytest.approx(areas["sn9-2025-03"].mean())


def test_the_table_has_the_best_descent_first(outcome, capsys):
    """Every lane in a row, ordered by descent; then what A is, and where report and tables lie."""
    print_result(Store(outcome.folder), outcome, outcome.folder / "report.html", full=True)
    out, err = capsys.readouterr()
    lanes = compare(Store(outcome.folder)).lanes
    order = [r.lane for r in sorted(lanes, key=lambda r: -r.metrics["descent_area"].mean)]
    shown = [line.split()[0] for line in out.splitlines() if line.strip().startswith(("sn9-2025-03 ", "shield "))]
    assert shown[-2:] == order
    assert "A less that of" in out
    assert f"{outcome.folder / 'report.html'}" in out
    assert f"{outcome.folder}/*.parquet" in out
    assert err == ""


def test_the_answer_comes_first_and_fits_the_screen(tmp_path, capsys):
    """Sentences, then the lanes with most gain, each baseline and the user's own, in percent; 80 columns."""
    mine = {"slope": '{"linear": {}}', "mine": '{"my-own": {}}'}
    doors = {f"door {i}": POLICIES["door"] for i in range(9)}
    store = world_results.store(tmp_path, policies={**mine, **doors}, populations=world_results.MIXED)
    print_result(store, Outcome(store.folder, 3, 0, 3, 0.1), store.folder / "report.html")
    out, _ = capsys.readouterr()
    lanes, said = compare(store).lanes, " ".join(out.split())
    assert said.startswith(" ".join(answer(lanes, store.manifest())))
    lines = [line for line in out.splitlines() if " | " in line]
    assert sum("baseline" in line for line in lines) == 2
    assert sum("mine | " in line for line in lines) == 2
    assert sum("door " in line for line in lines) == BEST
    assert "13 more lanes and all numbers: --full, and the report." in said
    assert all(len(line) <= 80 for line in out.splitlines() if str(tmp_path) not in line)


def test_failures_are_said_on_standard_error(outcome, capsys):
    """How many worlds failed, and where their tracebacks are."""
    print_result(Store(outcome.folder), Outcome(outcome.folder, 3, 1, 3, 0.1), outcome.folder / "report.html")
    assert "1 of 3 worlds failed; see the error column of metrics.parquet" in capsys.readouterr().err


def test_the_table_of_worlds(tmp_path, capsys):
    """Lanes by descent, each against the baseline's policy among the same miners, intervals over worlds."""
    store = world_results.store(tmp_path, populations=world_results.MIXED)
    print_result(store, Outcome(store.folder, 3, 0, 3, 0.1), store.folder / "report.html", full=True)
    out, _ = capsys.readouterr()
    assert "A less that of" in out
    for heading in ("eta per M", "waste W", "misallo-", "dishonest", "false de-"):
        assert heading in out
    assert "over worlds; cases and populations are fixed" in " ".join(out.split())
    lines = [line.split() for line in out.splitlines() if " | " in line]
    areas = {r.lane: r.metrics["descent_area"].mean for r in compare(store).lanes}
    assert [" ".join(line[:3]) for line in lines] == sorted(areas, key=lambda lane: -areas[lane])
    assert {" ".join(line[:3]): line[4] for line in lines}["slope | mixed"] == "+0"


def test_the_table_of_worlds_has_more_where_there_is_room(tmp_path, capsys, monkeypatch):
    """The delay comes last, and only into a wide table; it is in hours, efficiency per million GPU hours."""
    store = world_results.store(tmp_path)
    monkeypatch.setattr("experiments.cli.headline.WIDE", 170)
    print_result(store, Outcome(store.folder, 3, 0, 3, 0.1), store.folder / "report.html", full=True)
    out, _ = capsys.readouterr()
    assert "p95 delay" in out
    slope = next(r for r in compare(store).lanes if r.lane == "slope")
    delay, eta = slope.metrics["delay_p95"], slope.metrics["efficiency"]
    cells = next(line for line in out.splitlines() if line.startswith(" slope")).split()
    assert cells[-1] == text_of(Estimate(24 * delay.mean, 24 * delay.lo, 24 * delay.hi, 3))
    assert cells[3] == text_of(Estimate(1e3 * eta.mean, 1e3 * eta.lo, 1e3 * eta.hi, 3))


def test_the_document_of_worlds_has_populations(tmp_path):
    """A lane's population, its policy and its parameters; strict JSON."""
    store = world_results.store(tmp_path, populations=world_results.MIXED)
    found = json.loads(json.dumps(document(store, Outcome(store.folder, 3, 0, 3, 0.1)), allow_nan=False))
    assert [lane["population"] for lane in found["lanes"]] == ["honest"] * 3 + ["mixed"] * 3
    assert [lane["policy"] for lane in found["lanes"]] == ["linear", "fixed", "fixed"] * 2


def test_the_document_compares_within_a_population(tmp_path):
    """`difference` is to the baseline's policy among the same miners, whose own is 0 in every population."""
    store = world_results.store(tmp_path, populations=world_results.MIXED)
    found = {r["lane"]: r for r in document(store, Outcome(store.folder, 3, 0, 3, 0.1))["lanes"]}
    rows = store.table("metrics").to_pylist()
    area = {lane: np.array([r["descent_area"] for r in rows if r["lane"] == lane]) for lane in found}
    for lane, r in found.items():
        own = f"slope | {r['population']}"
        assert r["difference"]["descent_area"]["mean"] == pytest.approx((area[lane] - area[own]).mean(), abs=1e-15)
    assert area["slope | mixed"].mean() != area["slope | honest"].mean()


def test_the_document_says_what_miners_chose(tmp_path):
    """Shares of the options of a protection menu at the end; nothing of a lane without one, or of a menu of courses."""
    spec = world(tmp_path, "policy: fixed", "policy: {protection-menu: {options: 3}}", worlds=1)
    found = run(spec, tmp_path / "runs")
    plain, menu = document(Store(found.folder), found)["lanes"]
    assert plain["options"] == plain["courses"] == menu["courses"] == {}
    assert set(menu["options"]) <= {"1", "2", "3"}
    assert sum(menu["options"].values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("estimate", "sign", "text"),
    [
        (Estimate(0.0608, 0.0596, 0.0620, 8), False, "0.0608(12)"),
        (Estimate(0.0608, 0.0596, 0.0620, 8), True, "+0.0608(12)"),
        (Estimate(-1.5, -1.75, -1.25, 8), True, "-1.50(25)"),
        (Estimate(37.0, 34.5, 39.5, 8), False, "37.0(25)"),
        (Estimate(123.4, 98.4, 148.4, 8), False, "123(25)"),
        (Estimate(2.0, np.nan, np.nan, 1), False, "2"),
        (Estimate(2.0, 2.0, 2.0, 4), False, "2"),
        (Estimate(2.5e-27, -6e-27, 8e-27, 4), False, "0"),
        (Estimate(-1e-17, -2e-17, 0.0, 4), True, "+0"),
        (Estimate(np.nan, np.nan, np.nan, 0), False, "-"),
    ],
)
def test_intervals_stand_in_the_last_digits(estimate, sign, text):
    """Two digits of the half-width in brackets; none where nothing varied or one world says nothing of the spread."""
    assert text_of(estimate, sign) == text
