"""Pools whose pay can be told by hand."""

import numpy as np
import pytest

from experiments.verification.theory.cases import CASES
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
