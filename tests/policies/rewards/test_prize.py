"""A prize, by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reward_life import ONE, TOLERANCE, by_steps, crown, live

from policies.rewards import build


@given(cuts=st.lists(st.floats(0.05, 1.0), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_slices_telescope(cuts):
    """However a descent of 0.02 is sliced, its prize is b ln(L0 / L_H), and its royalty the same."""
    slices = 0.02 * np.array(cuts) / np.sum(cuts)
    events = [crown(0), *[crown(1, gain, ONE) for gain in slices], crown(2, 0.01)]
    prize = live(build({"prize": {"days_per_nat": 500}}), events)
    owed = prize.ledger.promised + prize.earned
    assert owed == pytest.approx([0, 500 * 0.02, 500 * 0.01, 0], abs=TOLERANCE)
    royalty = live(build({"royalty": {"tau_days": 1_000_000}}), events)
    assert royalty.paid[-1] == pytest.approx([0, 2 / 3, 1 / 3, 0], abs=1e-6)


def test_a_prize_is_unlocked_in_full():
    """Of a prize of 5 days, 1 - exp(-t / tau) is paid after t, whatever the steps, and all of it in the end."""
    rule = build({"prize": {"days_per_nat": 500, "unlock_days": 7}})
    events = [crown(0, days=30.0), crown(1, 0.01, 7.0), crown(1, 0.0, 300.0)]
    for history in (events, by_steps(events)):
        life = live(rule, history)
        after = np.cumsum([e.days for e in history])
        week = life.paid[after <= 37.0 + TOLERANCE].sum(axis=0)[1]
        assert week == pytest.approx(5 * (1 - np.exp(-1.0)))
        assert life.earned == pytest.approx([0, 5, 0, 0])
        assert life.held[-1] == pytest.approx(30)  # the reserve; the rest is burned


def test_a_prize_waits_for_money():
    """A promise that is larger than the fund waits, and is paid in full once enough was emitted."""
    rule = build({"prize": {"days_per_nat": 1000, "unlock_days": 0.1, "reserve_days": 0}})
    life = live(rule, by_steps([crown(0, 0.0, 1.0), crown(1, 0.01, 20.0)]))
    assert life.paid[96 : 96 + 48].sum() == pytest.approx(1)  # a day's emission on the second day of the promise
    assert life.earned == pytest.approx([0, 10, 0, 0])
