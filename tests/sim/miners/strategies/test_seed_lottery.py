"""The seed lottery."""

from math import log1p, sqrt

import numpy as np
import pytest
from looks import decides, submits

from policies import build
from sim.miners.strategies.seed_lottery import SeedLottery, mean_of_best
from sim.miners.testing import StrategyContract


class TestSeedLottery(StrategyContract):
    """The contract, and its own rule."""

    strategy = SeedLottery

    @pytest.mark.parametrize(("runs", "gain"), [(1, 0.0), (3, 3.5e-4), (10, 6.3e-4), (30, 8.4e-4), (100, 1.0e-3)])
    def test_expected_best_of_runs(self, runs: int, gain: float) -> None:
        """With a seed sd of 4.1e-4 the best of 3, 10, 30 and 100 runs gains what the theory of seeds says."""
        assert mean_of_best(runs) * 4.1e-4 == pytest.approx(gain, abs=3e-5)

    def test_expected_best_in_closed_form(self) -> None:
        """1 / sqrt(pi) for two runs, 3 / (2 sqrt(pi)) for three."""
        assert [mean_of_best(2), mean_of_best(3)] == pytest.approx([1 / sqrt(np.pi), 1.5 / sqrt(np.pi)], rel=1e-5)

    def test_buys_when_the_best_is_expected_to_win(self) -> None:
        """0.0005 is beaten by ten runs with a seed sd of 4.1e-4 (1.54 sd); what loses is not submitted."""
        bar = -log1p(-0.0005)
        policy = build({"fixed": {"epsilon": 0.0005}})
        missing = bar - 1.5388 * 4.1e-4
        given = {"gain": [0.0, missing - 1e-6, missing + 1e-6], "seed_sd": 4.1e-4}
        assert submits("seed-lottery", policy, **given) == [True, False, True]
        assert decides("seed-lottery", "runs", policy, **given) == [10] * 3
        assert decides("seed-lottery", "least", policy, **given) == pytest.approx([bar] * 3)
