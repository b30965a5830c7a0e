"""Methods of plain classes, compiled: records for instances, and calls between methods, classes and functions."""

import math

import numpy as np
import pytest
from own_policies import Other, Own, Stubborn

from policies import News, Policy, Seen
from policies.epsilon.grace import Grace
from policies.epsilon.half_life import HalfLife
from policies.epsilon.reign_controller import ReignController
from sim.compiler.methods import fill, instance_of, layout, mark, memory_of
from sim.compiler.policies import compiled_epsilon


def test_the_record_of_a_policy() -> None:
    """It has the parameters, what `prepare` made, what is remembered, and the policy inside."""
    policy = Grace(Own(start=0.01))
    record = np.zeros(1, layout(policy))[0]
    fill(record, policy, policy.begin())
    assert record.dtype.names == (mark(Grace), "grace_blocks", "then")
    assert record["grace_blocks"] == policy.values["grace_blocks"]
    assert record["then"].dtype.names == (mark(Own), "start", "half")
    assert record["then"]["half"] == 0.005
    assert instance_of(Own, record["then"]).curve(0.0) == 0.01


def test_memory_goes_there_and_back() -> None:
    """What is remembered, by the policy inside too, is the same after a record."""
    policy = ReignController(ReignController())
    memory = policy.begin()
    policy.remember(memory, News(4e6, crowned=True, gain=0.004, gap=0.5, loss=2.5))
    record = np.zeros(1, layout(policy))[0]
    fill(record, policy, memory)
    assert memory_of(record, policy) == memory != policy.begin()


def test_marks_tell_classes_apart() -> None:
    """No two classes have the same mark, and one that is changed has another."""

    def made(number: float) -> type[Policy]:
        class Mine(Own):
            def curve(self, age: float) -> float:
                return number

        return Mine

    assert len({mark(kind) for kind in (Own, Other, Stubborn, Grace, HalfLife, made(0.1), made(0.2))}) == 7
    assert mark(made(0.1)) == mark(made(0.1))


@pytest.mark.parametrize("policy", [Own(), Other(start=0.02), Grace(Own()), Grace(Grace(Other())), Own(start=0.0)])
def test_methods_call_each_other(policy: Policy) -> None:
    """`self.method(...)`, functions of the module with their constants and defaults, and the policy inside."""
    compiled = compiled_epsilon(policy)
    for age in (0.0, 1.0, 3600.0, 1e5, 1e9, math.inf):
        assert compiled(age, Seen(age)) == policy.advantage(age)
