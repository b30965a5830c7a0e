"""The self-dethroner."""

import numpy as np
import pytest
from looks import BAR, INF, decides, submits
from scipy.special import ndtri

from sim.miners.strategies.self_dethroner import SelfDethroner
from sim.miners.testing import StrategyContract


class TestSelfDethroner(StrategyContract):
    """The contract, and its own rule."""

    strategy = SelfDethroner

    def test_a_rested_king_beats_itself_by_just_over_the_bar(self) -> None:
        """By the margin of the certainty, after a day, at most once."""
        step = BAR + ndtri(0.8) * 0.0005
        given = {"gain": [step - 1e-9, step + 1e-9, 0.02, 0.02], "noise": 0.0005, "king": True, "live": True}
        given |= {"live_gain": 0.0, "live_age": [7200.0, 7200.0, 7200.0, 7199.0]}
        assert submits("self-dethroner", **given) == [False, True, True, False]
        assert decides("self-dethroner", "offer", **given) == pytest.approx([step] * 4)

    def test_otherwise_as_the_honest_one(self) -> None:
        """A challenger submits what the honest one submits, and all of it."""
        given = {"gain": np.linspace(0.0, 0.02, 41), "noise": 0.001}
        assert submits("self-dethroner", **given) == submits("honest", **given)
        assert set(decides("self-dethroner", "offer", **given)) == {INF}
