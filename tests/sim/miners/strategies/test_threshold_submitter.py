"""The stopping rule of search theory."""

from math import exp, log

import pytest
from looks import BAR, CONTEST, decides, submits
from scipy.integrate import quad

from sim.miners.strategies.threshold_submitter import ThresholdSubmitter
from sim.miners.testing import StrategyContract


class TestThresholdSubmitter(StrategyContract):
    """The contract, and its own rule."""

    strategy = ThresholdSubmitter

    def test_stops_where_one_more_draw_is_not_worth_its_price(self) -> None:
        """z = q ln(q / c), where E[(X - z)+] of an exponential X is c."""
        q, c = 0.002 * 3, 300.0 * 3 * 0.001 / 6000.0
        z = q * log(q / c)
        assert quad(lambda x: (x - z) * exp(-x / q) / q, z, 1.0)[0] == pytest.approx(c)
        spec = {"threshold-submitter": {"draw_days": 3}}
        assert submits(spec, gain=[BAR + z - 1e-9, BAR + z + 1e-9], **CONTEST) == [False, True]

    def test_rests_while_a_draw_costs_more_than_it_brings(self) -> None:
        """q < c: no training, and whatever passes the bar is submitted."""
        given = CONTEST | {"cost": [11_999.0, 12_001.0], "gain": BAR + 1e-9}
        assert decides("threshold-submitter", "train", **given) == [True, False]
        assert submits("threshold-submitter", **given)[1]
