"""The share of a newcomer."""

import numpy as np
import pytest
from reward_life import crown, live

from policies.rewards import build


def test_the_best_newcomer_has_a_share():
    """A fifth for two days to the miner whose first crown had the largest gain; else all by weight."""
    rule = build({"entrant": {"share": 0.2, "window_days": 2}})
    life = live(rule, [crown(0), crown(1, 0.02), crown(2, 0.01), crown(0, 0.05), crown(0)])
    expected = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0.2, 0.8, 0], [0.8, 0, 0.2, 0], [1, 0, 0, 0]]
    assert life.paid == pytest.approx(np.array(expected))
