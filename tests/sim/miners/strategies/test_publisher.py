"""The publisher."""

from looks import NAN, submits

from sim.miners.strategies.publisher import Publisher
from sim.miners.testing import StrategyContract


class TestPublisher(StrategyContract):
    """The contract, and its own rule."""

    strategy = Publisher

    def test_commits_what_is_clearly_better_than_its_committed_model(self) -> None:
        """By two standard errors, far below the bar too and as king too; what awaits its evaluation stays."""
        given = {"gain": -0.01, "noise": 0.001, "live": True, "live_gain": [-0.0121, -0.0119, NAN, -0.0121]}
        assert submits("publisher", **given, king=[False, False, False, True]) == [True, False, False, True]

    def test_commits_its_first_model(self) -> None:
        """Nothing committed is beaten by anything."""
        assert submits("publisher", gain=-0.5) == [True]
