"""Half a cosine."""

from math import cos, pi

import pytest
from policy_contracts import EXCESS, DecayContract, GraceContract

from policies import build
from policies.epsilon.cosine import Cosine


class TestCosine(DecayContract):
    """The contract and the published formula."""

    policy = Cosine

    @staticmethod
    def formula(age: float) -> float:
        """With the default numbers."""
        return 0.0001 + EXCESS * (1 + cos(pi * min(age / 28_800, 1))) / 2


class TestCosineAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = Cosine


@pytest.mark.parametrize(("share", "left"), [(0, 1), (1 / 3, 0.75), (0.5, 0.5), (2 / 3, 0.25), (1, 0)])
def test_cosine_at_the_known_angles(share: float, left: float) -> None:
    """Cos 60, 90 and 120 degrees leave 3/4, 1/2 and 1/4 of the excess."""
    policy = build({"cosine": {"start": 0.01, "end": 0.002, "decay_blocks": 30_000}})
    assert float(policy.epsilon(30_000 * share)) == pytest.approx(0.002 + 0.008 * left, rel=1e-12)
