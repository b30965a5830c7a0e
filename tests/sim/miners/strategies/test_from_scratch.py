"""The trainer from scratch."""

import numpy as np
from looks import decides, submits

from sim.miners.strategies import build as strategy
from sim.miners.strategies.from_scratch import FromScratch
from sim.miners.testing import StrategyContract


class TestFromScratch(StrategyContract):
    """The contract, and its own rule."""

    strategy = FromScratch

    def test_depends_on_nobody(self) -> None:
        """Begins from nothing, adopts nothing, and submits what the honest one submits."""
        given = {"gain": np.linspace(-0.02, 0.02, 41), "noise": 0.001}
        assert strategy("from-scratch").from_scratch
        assert set(decides("from-scratch", "adopt", **given)) == {False}
        assert submits("from-scratch", **given) == submits("honest", **given)
