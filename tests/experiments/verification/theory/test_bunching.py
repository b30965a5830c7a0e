"""A crowd that works once that pays."""

from math import exp

import pytest

from experiments.verification.theory import bunching, incentives
from experiments.verification.theory.bunching import BUNCHES, Bunch
from experiments.verification.theory.incentive_checks import GAIN


@pytest.mark.parametrize(("name", "age", "speed"), [("linear-2d", 1.573, 0.001364), ("linear-5d", 3.2565, 0.000882)])
def test_fast_crowds_are_the_formulas(monkeypatch, name, age, speed):
    """Published ages at which everybody begins, and descents, up to what a crowd takes that needs 1.5 minutes."""
    monkeypatch.setattr(bunching, "WAIT", 0.001)
    monkeypatch.setattr(bunching, "LONGEST", 0.02)
    monkeypatch.setattr(bunching, "STEP", 1e-6)
    fast = Bunch(name)
    assert fast.reign == pytest.approx(age, rel=2e-3)
    assert fast.descent == pytest.approx(speed, rel=5e-3)


def test_work_begins_where_an_idea_pays_for_its_cost():
    """(w a / c) R e^(-b / z) = 1 at the bar up to which they work: 2 a day of 10 are worth the cost of 1."""
    bunch = BUNCHES["halving-1d"]
    assert 2.0 * bunch.reign * exp(-bunch.most(bunch.reign) / GAIN) == pytest.approx(1.0)
    begins = bunch._begins(bunch.reign)
    assert incentives.bar_at(bunch.policy, begins) == pytest.approx(bunch.most(bunch.reign))
    assert begins < bunch.reign < begins + 2.0 * bunching.WAIT
