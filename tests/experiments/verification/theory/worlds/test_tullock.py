"""Tullock's contest in worlds."""

import pytest

from experiments.verification.theory.worlds import tullock


def test_what_equal_miners_spend(monkeypatch):
    """(n - 1) / n of the pay, though each begins with all of its share, with a quarter of the memory of the checks."""
    monkeypatch.setattr(tullock, "MEMORY", 50.0)
    for miners in (2, 4):
        sample = tullock._spent(miners, range(2))
        assert sample.values == pytest.approx([1.0 - 1.0 / miners] * 2, abs=4 * tullock.TOLERANCE)


def test_one_more_would_not_earn_the_fee(monkeypatch):
    """A fee of 1 lets three in; of four each would keep 10 / 16 of it."""
    monkeypatch.setattr(tullock, "_spent", lambda miners, worlds: tullock.Sample(tullock.np.full(1, 1 - 1 / miners)))
    found = tullock.contest(1.0, range(1))
    assert found["tullock spent fee=1"].values.tolist() == pytest.approx([2 / 3])
    assert found["tullock entrant fee=1"].values.tolist() == pytest.approx([0.625])


def test_passes_cover_the_fees():
    """Each fee once; the quick set has the largest."""
    assert [part.args for part in tullock.passes(quick=True)] == [(1.0, range(1))]
    assert len(tullock.passes(quick=False)) == 3
