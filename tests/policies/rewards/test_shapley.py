"""Ancestral Shapley, by hand."""

import numpy as np
import pytest
from reward_life import crown, live

from policies.rewards import build


def test_an_increment_is_split_over_the_lineage():
    """Shapley by hand: 0.01 by m1 on m0's model, then 0.03 by m2 on both."""
    rule = build({"shapley": {"tau_days": 1_000_000}})
    life = live(rule, [crown(0), crown(1, 0.01, 1.0, (0, 1)), crown(2, 0.03, 1.0, (0, 1, 2))])
    assert life.paid[1] == pytest.approx([0.5, 0.5, 0, 0])
    assert life.paid[2] == pytest.approx(np.array([1.5, 1.5, 1, 0]) / 4, abs=1e-6)


def test_the_airport():
    """Runways of 8, 11, 13 and 18, each stretch shared by who needs it, cost 2, 3, 4 and 9."""
    steps = [crown(3, 8.0, 1.0, (0, 1, 2, 3)), crown(2, 3.0, 1.0, (1, 2, 3)), crown(3, 2.0, 1.0, (2, 3))]
    life = live(build({"shapley": {"tau_days": 1_000_000}}), [*steps, crown(3, 5.0, 1.0, (3,))])
    assert 18 * life.paid[-1] == pytest.approx([2, 3, 4, 9], abs=1e-4)
