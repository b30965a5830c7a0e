"""Methods of plain classes, compiled: records for instances, and calls between methods, classes and functions."""

import math
from typing import Any, ClassVar

import numpy as np
import pytest
from compiled_reward import compiled_reward
from steady_world import ended, kings, lane, steady

from policies import Memory, News, Policy, Seen, build, start_epsilon
from policies.epsilon.grace import Grace
from policies.epsilon.half_life import HalfLife
from policies.epsilon.reign_controller import ReignController
from policies.rewards import Crowning, Reward
from sim.compiler.functions import Entry, InterpretedWarning, interpreted_only
from sim.compiler.functions import build as build_function
from sim.compiler.limits import NotCompilable
from sim.compiler.methods import fill, instance_of, layout, mark, memory_of
from sim.compiler.pointers import LEARN, PAY, callable_at
from sim.compiler.policies import compile_policy, compiled_epsilon, compiled_learn
from sim.compiler.rewards import compile_reward
from sim.compiler.strategies import compiled_decide
from sim.lanes import Lane
from sim.miners.strategies import build as build_strategy
from sim.miners.testing import look

SLOPE = 1e-7


def bounded(value: float, least: float = 1e-4) -> float:
    """A function of the module, with a default."""
    return max(value, least)


class Own(Policy):
    """A policy of a user's."""

    formula = "falls with age"
    source = "this test"

    start = start_epsilon()

    def prepare(self) -> dict[str, float]:
        """A number that is computed once."""
        return {"half": self.start / 2.0}

    def fall(self, age: float, times: float = 1.0) -> float:
        """A method that others call."""
        return SLOPE * min(age, 1e5) * times

    def curve(self, age: float) -> float:
        """Falls from the start to a half."""
        return bounded(max(self.start - self.fall(age), self.half))


class Other(Own):
    """Another one, whose method of the same name takes more."""

    def fall(self, age: float, times: float = 2.0, more: float = 0.0) -> float:  # noqa: D102
        return SLOPE * min(age, 1e5) * times + more


class Stubborn(Own):
    """The same as `Own`, in a form that cannot be compiled."""

    def curve(self, age: float) -> float:  # noqa: D102
        try:
            return bounded(max(self.start - self.fall(age), self.half))
        except ZeroDivisionError:
            return 0.0


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


def test_a_strategy_asks_about_later() -> None:
    """`view.later(blocks)` is compiled along: a strategy that waits decides as it does interpreted."""
    strategy = build_strategy("threshold-submitter")
    view = look(build("half-life"), gain=0.004, age=100.0)
    assert compiled_decide(strategy)(view) == strategy.decide(view)


class Equal(Reward):
    """Pays all miners alike, and remembers how often."""

    formula = "1 / n"
    source = "this test"
    fails = "everybody sleeps"
    remembers = (("steps", 0.0),)
    ledger = (("got", 0.0),)

    def pay(self, memory: Any, ledger: Any, weights: Any, crowning: Crowning, days: float, paid: Any) -> float:  # noqa: D102
        memory.steps = memory.steps + 1.0
        for miner in range(len(weights)):
            paid[miner] = 1.0 / len(weights)
            ledger.got[miner] += paid[miner] * days
        return 0.0

    def held(self, memory: Any, ledger: Any) -> float:  # noqa: D102
        return memory.steps + ledger.got[0] - ledger.got[0]


class Divides(Equal):
    """Divides by a weight, which may be 0."""

    def pay(self, memory: Any, ledger: Any, weights: Any, crowning: Crowning, days: float, paid: Any) -> float:  # noqa: D102
        return 1.0 / weights[0]


def test_a_reward_rule() -> None:
    """Memory and ledger go on from step to step."""
    step, news = compiled_reward(Equal(), 4), Crowning(-1, False, 0.0, False, np.zeros(4, bool))
    for number in (1.0, 2.0, 3.0):
        burned, held, memory, paid = step(np.full(4, 0.25), news, 0.5)
        assert (burned, held, memory.steps) == (0.0, number, number)
        assert paid.tolist() == [0.25] * 4


def test_numbers_of_miners_are_plain() -> None:
    """Interpreted, a rule that divides by a number of a miner fails where it does compiled, and does not go on."""
    news, days = Crowning(-1, False, 0.0, False, np.zeros(2, bool)), 0.5
    assert math.isnan(compiled_reward(Divides(), 2)(np.zeros(2), news, days)[0])
    failures: list[Exception] = []
    with interpreted_only():
        made, ledger = compile_reward(Divides(), 1, 2, failures)
    weights, line, paid = np.zeros(2), np.zeros(2, bool), np.zeros(2)
    own = (0, *(array.ctypes.data for array in (ledger, weights, line, paid)))
    assert math.isnan(callable_at(int(made.functions["pay"][0]), PAY)(*own, 2, -1, 0.0, 0.0, 0.0, days))
    assert [type(error) for error in failures] == [ZeroDivisionError]


def test_a_world_with_a_policy_that_cannot_be_compiled() -> None:
    """It goes exactly as with the same policy in a form that can."""
    contest = steady(0.004, 0.003, 0.001)
    quick = ended(contest, Lane("own", Own()), lane("linear"))
    with pytest.warns(InterpretedWarning, match="Stubborn, .*: a try cannot be compiled"):
        slow = ended(contest, Lane("own", Stubborn()), lane("linear"))
    for number in range(2):
        assert kings(slow, number) == kings(quick, number)
    assert slow.record.account.sums.tobytes() == quick.record.account.sums.tobytes()


def test_nothing_is_built_where_all_runs_interpreted() -> None:
    """Then no function has an address of compiled code."""
    with interpreted_only(), pytest.raises(NotCompilable):
        build_function(Entry(LEARN, "", ()), np.dtype([("x", "f8")]))
