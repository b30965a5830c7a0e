"""Policies behind addresses."""

import math
from typing import ClassVar

import pytest
from own_policies import Own, Stubborn
from steady_world import ended, kings, lane, steady

from policies import Memory, News, Seen
from policies.epsilon.reign_controller import ReignController
from sim.compiler.functions import InterpretedWarning
from sim.compiler.methods import memory_of
from sim.compiler.pointers import LEARN, callable_at
from sim.compiler.policies import compile_policy, compiled_epsilon, compiled_learn
from sim.lanes import Lane


def test_each_column_has_its_own_memory() -> None:
    """What one column learns the others do not know."""
    policy = ReignController()
    made = compile_policy(policy, 3, [])
    call = callable_at(int(made.functions["learn"][1]), LEARN)
    assert call(int(made.numbers[1]), 4e6, 1.0, 0.004, 0.5, 2.5, 0.0, 1e-3) == 0
    assert [memory_of(record, policy) == policy.begin() for record in made.records] == [True, False, True]


def test_what_fails_compiled_says_so() -> None:
    """An error in a formula is NaN for whoever calls it through its address, and 1 where something is learned."""

    class Fails(Own):
        state: ClassVar[str] = "V"
        remembers = (("sum", 0.0),)

        def shield(self, age: float, seen: Seen) -> float:
            return math.sqrt(1.0 - age)

        def learn(self, memory: Memory, news: News) -> None:
            memory.sum = memory.sum + 1.0 / news.gain

    assert compiled_epsilon(Fails())(0.75, Seen(0.0)) == 0.5
    assert math.isnan(compiled_epsilon(Fails())(2.0, Seen(0.0)))
    learn = compiled_learn(Fails())
    assert learn(Memory(sum=1.0), News(1.0, gain=0.5)) == Memory(sum=3.0)
    with pytest.raises(ArithmeticError, match="fails to learn"):
        learn(Memory(sum=1.0), News(1.0, gain=0.0))


def test_a_formula_without_a_number_fails() -> None:
    """A path that returns nothing is an error where it is taken, and only there."""

    class Forgets(Own):
        def curve(self, age: float) -> float:  # type: ignore[return]  # noqa: RET503
            if age < 10.0:
                return 0.1

    compiled = compiled_epsilon(Forgets())
    assert compiled(1.0, Seen(1.0)) == 0.1
    assert math.isnan(compiled(11.0, Seen(11.0)))


def test_a_world_with_a_policy_that_cannot_be_compiled() -> None:
    """It goes exactly as with the same policy in a form that can."""
    contest = steady(0.004, 0.003, 0.001)
    quick = ended(contest, Lane("own", Own()), lane("linear"))
    with pytest.warns(InterpretedWarning, match="Stubborn, .*: a try cannot be compiled"):
        slow = ended(contest, Lane("own", Stubborn()), lane("linear"))
    for number in range(2):
        assert kings(slow, number) == kings(quick, number)
    assert slow.record.account.sums.tobytes() == quick.record.account.sums.tobytes()
