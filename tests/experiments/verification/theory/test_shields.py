"""Reigns that are bought with a gain, and the bar against a promise."""

import numpy as np
import pytest
from scipy.special import lambertw

from experiments.verification.theory import checks
from experiments.verification.theory.worlds import shields


def test_slices_of_a_lasting_shield_earn_the_same():
    """kappa g / r = .5 * .02 / .001 = 10 days, in one slice and in eight."""
    assert [checks.sliced_reign("for-ever", slices) for slices in (1, 2, 8)] == pytest.approx([10.0] * 3)


@pytest.mark.parametrize("slices", [1, 4])
def test_slices_of_a_halving_shield_earn_more(slices):
    """tau W(kappa g / (r tau)) each, tau = 3 d / ln 2; W is concave, so slices gain."""
    tau = 3.0 / np.log(2.0)
    expected = slices * tau * lambertw(10.0 / slices / tau).real
    assert checks.sliced_reign("halving", slices) == pytest.approx(expected)
    assert checks.sliced_reign("halving", 2 * slices) > checks.sliced_reign("halving", slices)


def test_a_simulated_shield():
    """Two slices against a frontier that falls: ten days in all, to 1 %."""
    found = shields.sliced(2)
    assert found["shield for-ever slices=2"].values[0] == pytest.approx(10.0, rel=0.01)
    assert set(found) == {"shield for-ever slices=2", "shield halving slices=2"}


def test_promises():
    """On schedule the start, two days behind a quarter of it, two days ahead four times as much."""
    found = {name: float(sample.values[0]) for name, sample in shields.promised().items()}
    assert found == pytest.approx({"promise on": 0.004, "promise behind": 0.001, "promise ahead": 0.016}, rel=1e-12)
