"""Schedules of the learning rate, against the multi-power files and by closed forms."""

import numpy as np
import pytest
from multipower_files import FILES, name, observed, real, schedule

from policies.errors import InputError
from sim.traces.laws.schedules import KINDS, PEAK, interpolated_rates, rates, warmup_steps


@real
@pytest.mark.parametrize("path", FILES, ids=name)
def test_schedules_are_those_of_the_files(path):
    """The rates of every row of every file, to 1e-18."""
    _, step, rate, _ = observed(path)
    np.testing.assert_allclose(schedule(path)[step], rate, rtol=0, atol=1e-18)


@real
@pytest.mark.parametrize("path", FILES, ids=name)
def test_rows_are_enough_for_the_rates_of_all_steps(path):
    """Rates in a straight line between rows are within 3 % of the peak of the true ones, and equal where it cuts."""
    _, step, rate, _ = observed(path)
    whole = interpolated_rates(step, rate, 2160)
    np.testing.assert_allclose(whole, schedule(path)[: len(whole)], rtol=0, atol=0.03 * PEAK)
    if "wsdcon" in path.stem:
        np.testing.assert_allclose(whole, schedule(path)[: len(whole)], rtol=0, atol=1e-18)


@pytest.mark.parametrize("kind", KINDS)
def test_every_schedule_rises_and_ends_as_told(kind):
    """The warm-up is a straight line to the peak, nothing is above it, and the end is near the share that was asked."""
    learning = rates(kind, 10_000, warmup=500, end=0.2)
    np.testing.assert_allclose(learning[:500], PEAK * np.arange(1, 501) / 500)
    assert learning.max() == pytest.approx(PEAK)
    assert learning[-1] == pytest.approx(PEAK * (1.0 if kind == "constant" else 0.2), rel=0.003)
    assert warmup_steps(learning) == 499


@pytest.mark.parametrize("given", [{"kind": "sine"}, {"warmup": 100}, {"start": 5}, {"end": 0.0}, {"peak": 0.0}])
def test_schedules_that_do_not_fit_are_refused(given):
    """An unknown kind, a warm-up as long as the run, a fall within the warm-up, or no rate at all."""
    with pytest.raises(InputError):
        rates(**{"kind": "wsd", "steps": 100, "warmup": 10, **given})
