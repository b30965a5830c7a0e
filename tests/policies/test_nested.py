"""One policy inside another."""

import pytest
from histories import LINE, epsilon, told

from policies import Policy, build, find
from policies.epsilon.noise_floor import NoiseFloor
from policies.epsilon.reign_controller import ReignController
from policies.epsilon.stagnation_clock import StagnationClock
from policies.testing import PolicyContract, vectors
from sim.clock import BLOCKS_PER_DAY as DAY


class TestNested(PolicyContract):
    """The contract for four policies around one another, three of which remember."""

    policy = NoiseFloor

    @classmethod
    def examples(cls) -> list[Policy]:
        """A floor under a controller of a quiet clock before a descent shield's bar."""
        shield = find("improvement-adaptive")
        return [
            NoiseFloor(then=ReignController(then=StagnationClock(then=shield(**values))))
            for values in vectors(shield)[::5]
        ]


def test_shields_compose() -> None:
    """A noise floor around a descent shield is of the higher class, and needs what both need."""
    policy = build({"noise-floor": {"errors": 2.0, "then": {"descent-shield": {"half_life_blocks": 0}}}})
    assert (policy.state, policy.needs) == ("V", ("errors",))
    assert "measured gain" in policy.stores
    assert "standard error" in policy.stores
    assert epsilon(policy, 0, gain=0.01, error=1e-3) == pytest.approx(0.01 * 0.99, rel=1e-12)
    assert epsilon(policy, 0, gain=0.001, error=1e-3) == pytest.approx(0.002, rel=1e-12)


def test_one_inside_another_remembers_its_own() -> None:
    """Two controllers with other targets, one inside the other, each keep their factor; both apply."""
    inner = {"reign-controller": {"target_blocks": 8 * DAY, "strength": 0.5, "then": LINE}}
    policy = build({"reign-controller": {"target_blocks": 2 * DAY, "strength": 0.5, "then": inner}})
    memory = told(policy, {"block": 0.0, "crowned": True, "gap": 2.0})
    assert (memory.factor, memory.then.factor) == pytest.approx((1.0, 2.0))
    assert epsilon(policy, 0, memory) == pytest.approx(0.01, rel=1e-12)
