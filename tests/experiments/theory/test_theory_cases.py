"""Pools whose pay can be told by hand (theory D15)."""

import numpy as np
import pytest

from experiments.theory.cases import CASES
from policies import build
from sim.mechanism.judge import judge


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_the_mechanism_pays_what_the_case_says(case):
    """Theory section 0, items 5 and 6: filter, win rates and softmax of one step, to six digits."""
    policy = build(case.policy)
    loss, block = np.array(case.models, dtype=np.float64).T
    found = judge(loss, block, policy.epsilon(case.now - block), policy.epsilon(np.inf))
    assert bool(found.lost) == (not case.shares)
    if case.shares:
        assert found.weights == pytest.approx(case.shares, abs=1e-6)
