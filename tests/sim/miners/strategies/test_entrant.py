"""The entrant."""

from looks import decides, submits

from sim.miners.strategies import build as strategy
from sim.miners.strategies.entrant import Entrant
from sim.miners.testing import StrategyContract


class TestEntrant(StrategyContract):
    """The contract, and its own rule."""

    strategy = Entrant

    def test_enters_when_it_is_expected_to_pay(self) -> None:
        """Value times p / (p + r) against cost, the fee's share and the reserve."""
        spec = {"entrant": {"reserve": 100, "payback_days": 30}}
        profit = 20_000 * 0.001 / 0.004 - 300 / 30
        given = {"active": False, "pace": 0.001, "rivals": 0.003, "cost": [profit - 100.1, profit - 99.9]}
        assert strategy(spec).waits
        assert decides(spec, "active", **given) == [True, False]
        assert submits(spec, **given, gain=0.02) == [False, False]

    def test_leaves_when_the_stake_is_lost(self) -> None:
        """And does not come back while its books say so; a poor outlook alone drives nobody out."""
        spec = {"entrant": {"drawdown_days": 10}}
        given = {"active": [True, True, False, True], "balance": [-1299.0, -1301.0, -1301.0, 0.0]}
        assert decides(spec, "active", **given, cost=[100.0, 100.0, 100.0, 1e6]) == [True, False, False, True]
        assert submits(spec, **given, gain=0.02) == [True, False, False, True]
