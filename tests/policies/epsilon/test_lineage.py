"""A larger margin against models built on the king's."""

from math import inf, nan

import pytest
from histories import LINE, epsilon
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.lineage import Lineage
from policies.testing import PolicyContract


class TestLineage(PolicyContract):
    """The contract."""

    policy = Lineage


class TestLineageAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = Lineage


@pytest.mark.parametrize(("similarity", "factor"), [(nan, 1.0), (0.0, 1.0), (0.5, 2.0), (1.0, 3.0), (7.0, 3.0)])
def test_lineage_taxes_who_is_alike(similarity: float, factor: float) -> None:
    """The advantage inside times 1 + tax * similarity, which is between nothing and all."""
    policy, line = build({"lineage": {"tax": 2.0, "then": LINE}}), build(LINE)
    for age in (0, 14_400, inf):
        expected = factor * float(line.epsilon(age))
        assert epsilon(policy, age, similarity=similarity) == pytest.approx(expected, rel=1e-12)
