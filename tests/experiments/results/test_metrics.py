"""The table of metrics."""

from small_race import finished, lane, small_race
from steady_world import ended, steady
from steady_world import lane as lane_of_world

from experiments.results.measure import measure
from experiments.results.metrics import METRICS, RACE_METRICS


def test_every_metric_is_described_in_the_order_of_tables():
    """What is measured has a row, and the other way round; races have the first part of the table."""
    race = finished(small_race((0, "ann", 4.0), (7200, "bob", 3.6)), lane("fixed"))
    assert list(measure(race)) == list(RACE_METRICS) == list(METRICS)[: len(RACE_METRICS)]
    assert list(measure(ended(steady(0.0, 0.001, days=2.0), lane_of_world("fixed")))) == list(METRICS)


def test_a_metric_has_a_meaning_a_unit_and_a_direction():
    """Lengths of time in the meanings are those that are measured by."""
    assert all(metric.about and metric.unit and metric.better in {"higher", "lower", ""} for metric in METRICS.values())
    assert METRICS["stagnation_share"].about == "share of time in waits of more than 7 days for a truly better king"
    assert "of the last 14 days" in METRICS["entrant_share"].about
