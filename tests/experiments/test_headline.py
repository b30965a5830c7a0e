"""The answer of a run: the JSON document, the table, and the comparison behind both."""

import json

import numpy as np
import pytest
from small_race import RECIPE, recipe

from experiments.compare import compare
from experiments.estimate import Estimate
from experiments.headline import _text, document, table
from experiments.metrics import METRICS
from experiments.recipe import load
from experiments.run import Outcome, run
from experiments.store import Store


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
    assert set(first["metrics"]) == set(METRICS)
    assert all(set(estimate) == {"mean", "lo", "hi", "n"} for estimate in first["metrics"].values())


def test_the_document_is_strict_json(outcome):
    """What has no number is null, never NaN."""
    assert json.loads(json.dumps(document(Store(outcome.folder), outcome), allow_nan=False))


def test_differences_are_paired_and_to_the_baseline(outcome):
    """The mean over worlds of lane minus baseline in the same world; the baseline's own is 0 with no width."""
    rows = Store(outcome.folder).table("metrics").to_pylist()
    lanes = ("sn9-2025-03", "shield")
    areas = {lane: np.array([r["descent_area"] for r in rows if r["lane"] == lane]) for lane in lanes}
    first, second = compare(Store(outcome.folder))
    assert first.differences["descent_area"].mean == pytest.approx((areas["sn9-2025-03"] - areas["shield"]).mean())
    assert second.differences["descent_area"] == Estimate(0.0, 0.0, 0.0, 3)
    assert first.metrics["descent_area"].mean == pytest.approx(areas["sn9-2025-03"].mean())


def test_the_table_has_the_best_descent_first(outcome, capsys):
    """Every lane in a row, ordered by descent; then what A is, and where report and tables lie."""
    table(Store(outcome.folder), outcome, outcome.folder / "report.html")
    out, err = capsys.readouterr()
    lanes = compare(Store(outcome.folder))
    order = [r.lane for r in sorted(lanes, key=lambda r: -r.metrics["descent_area"].mean)]
    shown = [line.split()[0] for line in out.splitlines() if line.strip().startswith(("sn9-2025-03 ", "shield "))]
    assert shown[-2:] == order
    assert "A less that of" in out
    assert f"{outcome.folder / 'report.html'}" in out
    assert f"{outcome.folder}/*.parquet" in out
    assert err == ""


def test_failures_are_said_on_standard_error(outcome, capsys):
    """How many worlds failed, and where their tracebacks are."""
    table(Store(outcome.folder), Outcome(outcome.folder, 3, 1, 3, 0.1), outcome.folder / "report.html")
    assert "1 of 3 worlds failed; see the error column of metrics.parquet" in capsys.readouterr().err


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
        (Estimate(np.nan, np.nan, np.nan, 0), False, "-"),
    ],
)
def test_intervals_stand_in_the_last_digits(estimate, sign, text):
    """Two digits of the half-width in brackets; none where nothing varied or one world says nothing of the spread."""
    assert _text(estimate, sign) == text
