"""The share of the last kings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reward_life import MINERS, crown, live

from policies.rewards import build


def test_the_last_kings_share():
    """1 : 1/2 : 1/4 over the last three; a king that returns moves to the front and has one place."""
    kings = [0, 1, 2, 3, 1]
    life = live(build({"last-kings": {"kings": 3, "ratio": 0.5}}), [crown(king) for king in kings])
    shares = np.array([[7, 0, 0, 0], [7 / 3, 14 / 3, 0, 0], [1, 2, 4, 0], [0, 1, 2, 4], [0, 4, 1, 2]]) / 7
    assert life.paid == pytest.approx(shares)


@given(order=st.lists(st.integers(0, MINERS - 1), min_size=1, max_size=20), places=st.integers(1, 5))
def test_the_order_of_the_last_kings(order, places):
    """Whoever was crowned last is first, and each king is counted once, however the crown goes to and fro."""
    life = live(build({"last-kings": {"kings": places, "ratio": 0.5}}), [crown(king) for king in order])
    newest_first = list(dict.fromkeys(reversed(order)))[:places]
    assert [int(king) for king in np.argsort(-life.paid[-1]) if life.paid[-1, king] > 0] == newest_first


def test_equal_shares_and_the_winner_alone():
    """A ratio of 1 pays the last kings alike, a ratio of 0 the present one only."""
    events = [crown(0), crown(1), crown(2)]
    alike = live(build({"last-kings": {"kings": 2, "ratio": 1}}), events)
    alone = live(build({"last-kings": {"kings": 2, "ratio": 0}}), events)
    assert alike.paid[-1] == pytest.approx([0, 0.5, 0.5, 0])
    assert alone.paid[-1] == pytest.approx([0, 0, 1, 0])
