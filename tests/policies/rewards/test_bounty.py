"""A bounty, by hand."""

import numpy as np
import pytest
from reward_life import TOLERANCE, by_steps, crown, live

from policies.rewards import build


def test_a_pot_goes_to_the_next_king():
    """The bounty by hand: half-lives of 1 day, nothing for good; a gain of half of g_ref takes half of the pot."""
    given = {"least": 0, "half_life_days": 1, "gain": 0.01, "unlock_days": 0.01, "burn": 0}
    life = live(build({"bounty": given}), [crown(0, days=2.0), crown(1, 0.005, 1.0), crown(2, 0.02, 1.0)])
    first, second = 0.75 / np.log(2), 0.5 / np.log(2)  # integrals of 2^-a over 2 days and over 1
    pot = 2 - first
    rest = pot / 2 + 1 - second
    assert life.earned == pytest.approx([first, second + pot / 2, second + rest, 0])
    assert life.held == pytest.approx([pot, rest, 1 - second])


def test_what_a_king_loses_may_be_burned():
    """With `burn` 1 there is no pot, and a third of the loss is burned with 1/3."""
    life = live(build({"bounty": {"least": 0, "half_life_days": 1, "burn": 1}}), [crown(0, days=2.0), crown(1, 1.0)])
    assert life.burned[0] == pytest.approx(2 - 0.75 / np.log(2))
    assert life.held[-1] == 0
    part = live(build({"bounty": {"least": 0, "half_life_days": 1, "burn": 1 / 3}}), [crown(0, days=2.0)])
    assert part.burned[0] == pytest.approx(life.burned[0] / 3)


def test_steps_do_not_change_the_decay():
    """A reign in one step and in half-hours leaves the same pot."""
    events = [crown(0, days=5.0), crown(1, 0.004, 6.0)]
    whole, fine = (live(build("bounty"), h) for h in (events, by_steps(events)))
    assert whole.earned == pytest.approx(fine.earned, abs=TOLERANCE)
    assert whole.held[-1] == pytest.approx(fine.held[-1], abs=TOLERANCE)
