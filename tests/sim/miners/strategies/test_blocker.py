"""The blocker."""

from math import log1p

import pytest
from looks import BAR, INF, NAN, decides, submits

from policies import build
from sim.miners.strategies.blocker import Blocker
from sim.miners.testing import StrategyContract


class TestBlocker(StrategyContract):
    """The contract, and its own rule."""

    strategy = Blocker

    def test_near_miss_closes_a_cycle(self) -> None:
        """King beats near miss, near miss beats challenger, challenger beats king, all above the lowest bar."""
        policy = build({"linear": {"end": 0.0005, "decay_blocks": 50_400}})
        start, end = (-log1p(-policy.epsilon(age)) for age in (0.0, INF))
        near = decides("blocker", "offer", policy, gain=0.004)[0]
        challenger = start * 1.1
        assert end < near < start
        assert start < challenger < near + start
        assert challenger - near > end

    def test_near_miss_is_a_share_of_the_bar(self) -> None:
        """0.6 of 0.005 is the 0.997 of the example; with less it waits, with enough to win it offers its best."""
        gains = [0.6 * BAR - 1e-9, 0.6 * BAR, 0.02]
        assert submits("blocker", gain=gains) == [False, True, True]
        assert decides("blocker", "offer", gain=gains)[1:] == pytest.approx([0.6 * BAR, 0.02])

    def test_keeps_the_seniority_of_a_near_miss(self) -> None:
        """One that stands stays; one that a new king has left behind is replaced."""
        assert submits("blocker", gain=0.004, live=True, live_gain=[0.0031, NAN, -0.002]) == [False, False, True]
