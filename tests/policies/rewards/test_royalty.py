"""A royalty, by hand."""

import numpy as np
import pytest
from reward_life import crown, live

from policies.rewards import build


def test_royalty_of_three_crowns():
    """The royalty by hand: 0.01 four days old, 0.02 two days old and 0.01 new, with tau 2 days."""
    rule = build({"royalty": {"tau_days": 2}})
    life = live(rule, [crown(0, days=3.0), crown(1, 0.01, 2.0), crown(2, 0.02, 2.0), crown(3, 0.01, 1.0)])
    e = np.exp(-1.0)
    assert life.burned == pytest.approx([3, 0, 0, 0])
    assert life.paid[1] / 2 == pytest.approx([0, 1, 0, 0])
    assert life.paid[2] / 2 == pytest.approx([0, e / (e + 2), 2 / (e + 2), 0])
    assert life.paid[3] == pytest.approx(np.array([0, e * e, 2 * e, 1]) / (e * e + 2 * e + 1))
