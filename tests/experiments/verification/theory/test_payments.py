"""Payments: pools that can be computed by hand, and SN29's half-life."""

import numpy as np
import pytest

from experiments.verification.theory.payments import CASES, half_life
from policies import build
from sim.mechanism.judge import judge
from sim.mechanism.pool import EACH_HAS_ONE, pool_of
from sim.mechanism.rules import Rules


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_the_mechanism_pays_what_the_case_says(case):
    """Filter, win rates and softmax of one step, to six digits."""
    policy = build(case.policy)
    loss, block = np.array(case.models, dtype=np.float64).T
    pool = pool_of(loss, block, policy.epsilon(case.now - block), float(policy.epsilon(np.inf)))
    lost = judge(pool, EACH_HAS_ONE, EACH_HAS_ONE, False, Rules().record())
    assert lost == (not case.shares)
    if case.shares:
        assert pool["weight"] == pytest.approx(case.shares, abs=1e-6)


def test_sn29_half_life_as_published():
    """Published values: .995 per 361 blocks halves in 49,920 blocks, 6.93 days."""
    blocks = half_life(0.995, 361)
    assert round(blocks) == 49_920
    assert round(blocks / 7_200, 2) == 6.93
