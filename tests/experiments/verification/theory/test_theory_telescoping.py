"""Payments by descent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.verification.theory import telescoping

LOSSES = st.lists(st.floats(0.5, 10.0), min_size=1, max_size=20)


@given(LOSSES, st.floats(0.1, 100))
def test_bounties_telescope(losses, per_nat):
    """Whatever the submissions, they are paid b ln(L0 / best)."""
    paid = telescoping.bounties(losses, per_nat)
    assert paid.sum() == pytest.approx(per_nat * np.log(losses[0] / min(losses)), abs=1e-9)
    assert (paid >= 0).all()


@given(LOSSES, st.floats(0.5, 10.0), st.floats(0.01, 0.99))
def test_slices_and_copies_change_nothing(losses, last, part):
    """An improvement in two slices is paid as in one, and a copy of anything gets nothing."""
    whole = telescoping.bounties([*losses, last], 1.0)
    half = min(losses) * (last / min(losses)) ** part
    sliced = telescoping.bounties([*losses, half, last, *losses], 1.0)
    assert sliced[: len(losses)] == pytest.approx(whole[:-1])
    assert sliced[len(losses) :].sum() == pytest.approx(whole[-1], abs=1e-12)
    assert not sliced[len(losses) + 2 :].any()


def test_airport_as_published():
    """Published values: runways of 8, 11, 13 and 18 cost 2, 3, 4 and 9."""
    assert telescoping.airport([8, 11, 13, 18]).tolist() == [2, 3, 4, 9]


@given(st.permutations([8.0, 11.0, 13.0, 18.0, 18.0]))
def test_airport_in_any_order(costs):
    """Shares go with the cost, equal costs have equal shares, and the longest runway is paid for."""
    shares = telescoping.airport(costs)
    assert shares.sum() == pytest.approx(18)
    assert dict(zip(costs, shares, strict=True)) == pytest.approx(
        {8: 1.6, 11: 2.35, 13: 3.0166666667, 18: 5.5166666667}
    )


def test_hutter_as_published():
    """Published values: 17,073,018 bytes after 18,324,887 were worth 3,415.8 euro (3,416 were paid)."""
    assert round(telescoping.hutter(17_073_018, 18_324_887), 1) == 3_415.8


def test_sn29_half_life_as_published():
    """Published values: .995 per 361 blocks halves in 49,920 blocks, 6.93 days."""
    blocks = telescoping.half_life(0.995, 361)
    assert round(blocks) == 49_920
    assert round(blocks / 7_200, 2) == 6.93


def test_royalties():
    """For ever, by the descent; with a time constant, an older one counts e^(-age / scale) as much."""
    assert telescoping.royalties([3, 1], [100, 0]) == pytest.approx([0.75, 0.25])
    assert telescoping.royalties([1, 1], [np.log(3.0), 0], 1.0) == pytest.approx([0.25, 0.75])
