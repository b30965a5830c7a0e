"""The idle miner."""

from looks import decides

from sim.miners.strategies.idle import Idle
from sim.miners.testing import StrategyContract


class TestIdle(StrategyContract):
    """The contract, and its own rule."""

    strategy = Idle

    def test_stays_out(self) -> None:
        """Whatever it has or could have, it is not in the contest, trains nothing and commits nothing."""
        for field in ("active", "train", "submit", "adopt"):
            assert decides("idle", field, gain=[-0.1, 0.1], active=[False, True]) == [False, False]
        assert Idle.waits
