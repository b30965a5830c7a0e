"""The salami slicer."""

from math import log1p

import pytest
from looks import decides, submits

from policies import build
from sim.miners.strategies.salami_slicer import SalamiSlicer
from sim.miners.testing import StrategyContract


class TestSalamiSlicer(StrategyContract):
    """The contract, and its own rule."""

    strategy = SalamiSlicer

    def test_waits_for_the_floor(self) -> None:
        """Linear decay ends after 14,400 blocks; from then on a slice costs the floor, 50 times less than the start."""
        linear = build("linear")
        given = {"gain": 0.01, "age": [0.0, 7200.0, 14_399.0, 14_400.0]}
        assert submits("withholder", linear, **given) == [True] * 4
        assert submits("salami-slicer", linear, **given) == [False, False, False, True]
        assert decides("salami-slicer", "offer", linear, **given)[3] == pytest.approx(-log1p(-0.0001))
