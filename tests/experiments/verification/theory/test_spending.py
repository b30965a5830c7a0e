"""What a clock makes of free entry."""

from math import exp

import numpy as np
import pytest

from experiments.verification.theory.spender_checks import ENTRIES, LEAKS
from experiments.verification.theory.spending import fading_pay, late_crowns, mean_effort, own_pay


def test_effort_goes_to_what_is_paid():
    """It ends where both are equal; where nothing is paid it falls by e in a memory, so it is 1 - 1 / e in the mean."""
    assert mean_effort(lambda effort: 2.0 + effort / 2.0, 10.0, 40.0, 1.0) == pytest.approx(4.0)
    assert mean_effort(lambda effort: 0.0, 1.0, 0.0, 1.0) == pytest.approx(1.0 - exp(-1.0), rel=2e-3)


def test_pay_that_fades():
    """In short steps h / (rho + h); in a reign of exactly two steps of a day (e^0 to e^-2 rho) / 2 rho."""
    assert fading_pay(3e-5, 0.2, 1e-4) == pytest.approx(0.3 / 0.5, rel=1e-4)
    assert fading_pay(1.0, 0.2, 1.0) == pytest.approx((1.0 - exp(-0.4)) / 0.4)


@pytest.mark.parametrize(("crowned", "copied", "again"), [(0.05, 0.03, 0.05), (0.2, 0.5, 0.3), (0.9, 0.1, 0.95)])
def test_pay_beside_copies_is_that_of_the_chain(crowned, copied, again):
    """Steps after a crown by an idea, later ones, and those with a copy as king, as a Markov chain."""
    idle = (1.0 - crowned) * (1.0 - copied)
    chain = np.array(
        [[0.0, 1.0 - copied, copied], [crowned, idle, (1.0 - crowned) * copied], [again, 0.0, 1.0 - again]]
    )
    fresh, older, copies = np.linalg.matrix_power(chain, 5000)[0]
    assert own_pay(crowned, copied, again) == pytest.approx((fresh + older, fresh))
    assert fresh + older + copies == pytest.approx(1.0)


def test_late_crowns_by_hand():
    """Without a bar, of two racers: 1.5 steps of the other's ideas, half of which pass, and a quarter of one's own."""
    assert late_crowns(0.01, 2, 1.0) == pytest.approx(0.01 * (0.75 + 0.25))


def test_formulas_hold_without_a_clock():
    """X = w / c - (rho / a) e^(b / z) is 10 - e at a bar of one mean gain; the clock changes efforts by 2 % at most."""
    assert ENTRIES[1].effort == pytest.approx(10.0 - exp(1.0))
    assert LEAKS["copies=1.5 noise=0.0005"][0].effort == pytest.approx(6.25, rel=2e-3)  # half of the copies win
    for setting in ENTRIES:
        assert setting.clocked[0] == pytest.approx(setting.effort, rel=0.02)
