"""The contract of a policy: behind a grace period, and with its published formula."""

from typing import ClassVar

import numpy as np
import pytest

from policies import Policy, build
from policies.epsilon.grace import Grace
from policies.testing import PolicyContract, vectors

EXCESS = 0.005 - 0.0001
"""The excess of the defaults, start 0.005 over end 0.0001."""


class GraceContract(PolicyContract):
    """The contract for a grace period before another policy."""

    policy = Grace
    inner: ClassVar[type[Policy]]

    @classmethod
    def examples(cls) -> list[Policy]:
        """Every example of the inner policy, each after another grace period."""
        periods = [values["grace_blocks"] for values in vectors(Grace)]
        return [
            Grace(then=cls.inner(**values), grace_blocks=periods[i % len(periods)])
            for i, values in enumerate(vectors(cls.inner))
        ]


class FormulaContract(PolicyContract):
    """The contract for a policy of the age alone, and its published formula."""

    @staticmethod
    def formula(age: float) -> float:
        """The published formula in plain Python, with the policy's default numbers."""
        raise NotImplementedError

    @pytest.mark.parametrize("age", [0, 1, 359, 3_599, 3_600, 7_200, 14_400, 28_799, 28_800, 57_600, 500_000])
    def test_published_formula(self, age: int) -> None:
        """The defaults give what the published formula gives."""
        assert float(self.policy().epsilon(age)) == pytest.approx(self.formula(age), rel=1e-12)


class DecayContract(FormulaContract):
    """The same for a policy that decays to its `end`."""

    def test_without_a_floor_everything_decays(self) -> None:
        """Where the end is 0, age inf gives 0, but for what float64 cannot tell from it."""
        assert 0 <= float(build({self.policy.name(): {"end": 0.0}}).epsilon(np.inf)) < 1e-300
