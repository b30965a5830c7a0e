"""The withholder."""

import pytest
from looks import BAR, decides, submits

from sim.clock import BLOCKS_PER_DAY as DAY
from sim.miners.strategies.withholder import Withholder
from sim.miners.testing import StrategyContract


class TestWithholder(StrategyContract):
    """The contract, and its own rule."""

    strategy = Withholder

    @pytest.mark.parametrize("stock", [0.004, 0.02, 0.0201, 0.0502])
    def test_a_stock_lasts_for_its_quotient_by_the_bar(self, stock: float) -> None:
        """Under a fixed epsilon a stock x is published in floor(x / bar) slices of the bar, all by itself."""
        slices, left = 0, stock
        while submits("withholder", gain=left)[0]:
            left -= decides("withholder", "offer", gain=left)[0] * (1 + 1e-12)
            slices += 1
        assert slices == int(stock / BAR)

    def test_a_king_slices_when_rivals_are_about_to_pass(self) -> None:
        """The reign solves r a = bar(a): 5.01 days at 0.001 a day and epsilon 0.005, at the last look before that."""
        given = {"gain": 0.015, "king": True, "live": True, "live_gain": 0.0, "rivals": 0.001, "idle": 1800.0}
        end = BAR / 0.001 * DAY
        assert submits("withholder", age=[0.0, end - 1801, end - 1799], **given) == [False, False, True]

    def test_next_slice_is_clearly_better_than_one_that_lost(self) -> None:
        """The margin above the bar, or two standard errors above the slice that was measured too low."""
        given = {"gain": 0.02, "noise": 0.001, "live": True}
        offers = decides("withholder", "offer", **given, live_gain=[-1.0, BAR - 0.0005])
        assert offers == pytest.approx([BAR + 0.001, BAR + 0.0015])
