"""Failures of synthesised runs: what they change, and what they leave as it was."""

from dataclasses import replace

import numpy as np
import pytest

from policies.errors import InputError
from sim.traces.laws import failures
from sim.traces.synth import Spec, synthesise

SPEC = Spec(124e6, 10e9)


@pytest.mark.parametrize("seed", range(5))
def test_nan_and_cut_end_a_curve_early(seed):
    """The points before the failure are those of the whole curve; NaN counts as diverged, without a final loss."""
    whole = synthesise(replace(SPEC, seed=seed))
    for kind, flag in (("nan", "diverged"), ("cut", "truncated")):
        curve = synthesise(replace(SPEC, seed=seed, failure=kind))
        assert curve.flags == (flag,)
        assert 20 <= len(curve) < len(whole)
        np.testing.assert_array_equal(curve.loss, whole.loss[: len(curve)])
        assert np.isnan(curve.final_loss) == (kind == "nan")


@pytest.mark.parametrize("seed", range(5))
def test_a_restart_costs_time_only(seed):
    """Losses and steps stay; from the repeated stretch on the clock is late by what it took, 1 to 10 % of the run."""
    whole, curve = synthesise(replace(SPEC, seed=seed)), synthesise(replace(SPEC, seed=seed, failure="restart"))
    late = curve.seconds - whole.seconds
    np.testing.assert_array_equal(curve.loss, whole.loss)
    assert len(np.unique(np.round(late, 6))) == 2
    assert 0.005 < late[-1] / whole.seconds[-1] < 0.11
    assert curve.flags == ("restarted",)


@pytest.mark.parametrize("seed", range(5))
def test_a_plateau_stays_near_eight(seed):
    """A run that blows up in its first half stays near 8 nats."""
    whole, curve = synthesise(replace(SPEC, seed=seed)), synthesise(replace(SPEC, seed=seed, failure="plateau"))
    assert len(curve) == len(whole)
    assert np.all(curve.loss >= whole.loss)
    assert curve.loss[101:].mean() == pytest.approx(8.0, abs=2.0)
    assert curve.loss[101:].std() < 0.15


def test_a_curve_of_three_points_cannot_fail():
    """Failures need a before and an after."""
    for kind in failures.KINDS:
        with pytest.raises(InputError, match="too few"):
            synthesise(replace(SPEC, points=3, failure=kind))
