"""The honest improver."""

from looks import BAR, INF, NAN, submits
from scipy.special import ndtri

from sim.miners.strategies.honest import Honest
from sim.miners.testing import StrategyContract


class TestHonest(StrategyContract):
    """The contract, and its own rule."""

    strategy = Honest

    def test_submits_when_sure_enough(self) -> None:
        """From the gain on at which Phi((gain - bar) / sqrt(doubt^2 + noise^2)) is the certainty."""
        gain = BAR + ndtri(0.9) * 0.005
        assert submits({"honest": {"certainty": 0.9}}, gain=[gain - 1e-9, gain + 1e-9], doubt=0.003, noise=0.004) == [
            False,
            True,
        ]

    def test_replaces_what_lost_by_something_clearly_better_only(self) -> None:
        """A commitment that awaits its evaluation stays; one that was measured gives way to two standard errors."""
        given = {"gain": 0.02, "noise": 0.001, "live": True, "live_age": 9000.0}
        assert submits("honest", **given, live_gain=[NAN, 0.0181, 0.0179, -0.5]) == [False, False, True, True]

    def test_a_king_does_not_replace_itself(self) -> None:
        """Whatever it has in stock."""
        assert submits("honest", gain=0.5, king=True, live=True, live_gain=0.0) == [False]

    def test_takes_an_empty_throne(self) -> None:
        """Any model wins while there is no king."""
        assert submits("honest", gain=INF) == [True]
