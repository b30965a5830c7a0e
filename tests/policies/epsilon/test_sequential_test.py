"""A margin that falls as evidence adds up."""

from math import inf, log, nan

import pytest
from histories import epsilon, told
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.sequential_test import SequentialTest
from policies.testing import PolicyContract

TEST = {"step": 0.001, "alpha": 0.05, "beta": 0.1, "most": 0.02}


class TestSequentialTest(PolicyContract):
    """The contract."""

    policy = SequentialTest


class TestSequentialTestAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = SequentialTest


def test_sequential_test_crowns_at_the_boundary() -> None:
    """With s = step, a gain of one step adds 1/2; ln 18 = 2.89 is reached in the sixth evaluation."""
    policy = build({"sequential-test": TEST})
    steady = {"block": 0.0, "best": 0.001, "error": 0.001}
    for seen_before in range(8):
        memory = told(policy, {"block": 0.0, "crowned": True}, *[steady] * seen_before)
        margin = epsilon(policy, 0, memory, error=0.001)
        evidence = min(0.5 * seen_before, log(18))
        assert margin == pytest.approx(0.0005 + 0.001 * (log(18) - evidence), rel=1e-9)
        assert (margin < 0.001) == (seen_before >= 5)


def test_sequential_test_starts_afresh() -> None:
    """A crown and an evaluation without a challenger wipe the evidence out; nobody's errors, nobody's evidence."""
    policy = build({"sequential-test": TEST})
    near = {"block": 0.0, "best": 0.002, "error": 0.001}
    assert told(policy, near).evidence == pytest.approx(1.5)
    assert told(policy, near, {**near, "crowned": True}).evidence == 0
    assert told(policy, near, {**near, "best": -inf}).evidence == 0
    assert told(policy, near, {**near, "error": nan}).evidence == pytest.approx(1.5)
    assert epsilon(policy, 0) == 0.02
