"""Crowds that wait for the bar to fall."""

import pytest

from experiments.verification.theory.bunching import BUNCHES
from experiments.verification.theory.worlds import bunches


def test_reigns_are_as_long_as_the_crowd_believes(monkeypatch):
    """Within 1 %, where a reign would be 25 % shorter or longer if work began half a day off."""
    monkeypatch.setattr(bunches, "REIGNS", 2.5)
    found = bunches.reigned("linear-2d", range(8))
    reign, speed = (found[f"bunching world-{what} linear-2d"] for what in ("reign", "descent"))
    assert reign.per.tolist() == [2.0] * 8  # the reign of the public model does not count
    assert reign.values.sum() / reign.per.sum() == pytest.approx(BUNCHES["linear-2d"].reign, rel=0.01)
    assert speed.values.sum() / speed.per.sum() > 0.0


def test_only_the_whole_set_has_them():
    """Small models are in the quick one."""
    assert bunches.passes(quick=True) == []
    assert [part.args[0] for part in bunches.passes(quick=False)] == list(BUNCHES)
