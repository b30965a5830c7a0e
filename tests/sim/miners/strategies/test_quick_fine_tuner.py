"""The quick fine-tuner."""

from math import log1p

from looks import submits

from policies import build
from sim.miners.strategies.quick_fine_tuner import QuickFineTuner
from sim.miners.testing import StrategyContract


class TestQuickFineTuner(StrategyContract):
    """The contract, and its own rule."""

    strategy = QuickFineTuner

    def test_commits_what_passes_the_lowest_bar(self) -> None:
        """The floor of 0.0001 counts, not today's 0.005; half a standard error keeps noise out."""
        least = -log1p(-0.0001) + 0.5 * 0.001
        given = {"gain": [least - 1e-9, least + 1e-9], "noise": 0.001}
        assert submits("quick-fine-tuner", build("linear"), **given) == [False, True]
        assert submits("honest", build("linear"), **given) == [False, False]
