"""The table of logged and simulated statistics."""

import pytest
from calibration_logs import LOGS, logged
from places import ROOT

from experiments.verification.calibration.compare import Row, compare, table

PAGE = ROOT / "docs" / "calibration.md"

PAIRS = ("uid 213 and 215, unrelated", "uid 213 and 223, near", "uid 223 and 215, unrelated")

SLOPE = "slope of the difference over the step mean"

OUTSIDE = {
    **{
        (SLOPE, pair): "which of two models is the more sensitive is chance, so the mean of worlds is 0"
        for pair in PAIRS
    },
    **{("sd of the difference, nats", pair): "strangers are equally far apart" for pair in PAIRS[::2]},
    **{("1 - correlation of the step means", pair): "strangers are equally far apart" for pair in PAIRS[::2]},
    ("sd of the difference, nats", "uid 223 and 255, near"): "relatives are equally near",
    ("share of samples won", "uid 223 among 223, 255"): "relatives are equally near",
}
"""What the model of the noise is known to get wrong, and by which of its assumptions; the page says what it means."""


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The whole comparison, once."""
    return compare(LOGS)


@logged
def test_the_simulation_lies_within_the_logs(rows):
    """Every compared statistic is within its interval of the data, but for those that are known not to be."""
    assert {(row.name, row.of) for row in rows if not row.inside} == OUTSIDE.keys()


@logged
def test_worlds_differ_as_pairs_do(rows):
    """How far hard data set two models apart is chance: the worlds range over what the logs have, of sds too."""
    chance = [row for row in rows if row.of in PAIRS and row.name in (SLOPE, "sd of the difference, nats")]
    assert len(chance) == 6
    assert all(row.low < row.logs < row.high for row in chance)
    assert all(row.low < 0 < row.high for row in chance if row.name == SLOPE)


@logged
def test_the_level_is_the_one_that_fits(rows):
    """Sds and shares that the noise was fitted to are met within 2 %, so all of it is used; shapes are met roughly."""
    fitted = [row for row in rows if row.fitted]
    sizes = [row for row in fitted if row.name.startswith(("sd", "share"))]
    assert (len(fitted), len(sizes)) == (12, 8)
    assert [row.simulated for row in sizes] == pytest.approx([row.logs for row in sizes], rel=0.02)


@logged
def test_published_numbers_are_found(rows):
    """The logs say what was computed from them before: sds, and shares of samples against a normal."""
    value = {(row.name, row.of): row.logs for row in rows}
    spread = "sd of the difference, nats"
    assert value["sd of the step mean, nats", "uid 213"] == pytest.approx(0.107, abs=5e-4)
    assert value[spread, "uid 213 and 223, near"] == pytest.approx(0.0020, abs=5e-5)
    assert value[spread, "uid 213 and 215, unrelated"] == pytest.approx(0.0047, abs=5e-5)
    assert value[spread, "uid 223 and 215, unrelated"] == pytest.approx(0.0060, abs=5e-5)
    assert value[spread, "uid 223 and 255, near"] == pytest.approx(0.0012, abs=5e-5)
    assert value[spread, "exact copies"] == 0.0
    for row, (won, phi) in zip(rows[-2:], ((0.873, 0.872), (0.810, 0.774)), strict=True):
        assert (row.logs, row.simulated) == (pytest.approx(won, abs=1e-3), pytest.approx(phi, abs=6e-3))


@logged
def test_the_page_shows_the_table(rows):
    """The table of the page is what the program computes today."""
    assert table(rows) in PAGE.read_text(encoding="utf-8")
