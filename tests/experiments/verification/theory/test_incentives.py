"""Closed forms of what miners do for their pay, against the publications' formulas by other ways."""

import pytest
from scipy.optimize import minimize_scalar

from experiments.verification.theory import incentives

GAIN = 1e-3


@pytest.mark.parametrize(
    ("lost", "bar", "percent"), [(0.1, 0.09128, 0.4), (1, 0.56714, 13.4), (5, 1.32672, 59.2), (25, 2.36015, 145.5)]
)
def test_the_best_bar_under_disruption(lost, bar, percent):
    """Lambert's W is where the descent is steepest, and that much above the descent without a bar."""
    best = incentives.best_bar(1.0, GAIN, lost)
    assert best / GAIN == pytest.approx(bar, abs=5e-6)
    found = minimize_scalar(lambda b: -incentives.descent(1.0, b * GAIN, GAIN, lost), bounds=(0.0, 10.0))
    assert found.x == pytest.approx(bar, abs=1e-3)
    gain = incentives.descent(1.0, best, GAIN, lost) / incentives.descent(1.0, 0.0, GAIN, lost) - 1.0
    assert round(100 * gain, 1) == percent
