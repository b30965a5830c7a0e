"""What every policy can be asked, what it remembers, and what is said when its formula fails."""

import inspect
import math
from math import inf, nan
from typing import Any

import numpy as np
import pytest
from generators import ages, policies
from hypothesis import given
from hypothesis import strategies as st

from policies import Memory, News, Policy, PolicyError, Seen, build, names
from policies.base import Parameter
from policies.epsilon.linear import Linear
from policies.nested import Nested
from policies.testing import same

CROWN = News(4_000_000.0, crowned=True, gain=0.004, gap=0.5, loss=2.5, error=1e-3)


@given(policy=policies(), asked=st.lists(ages(), min_size=1, max_size=6))
def test_an_array_has_what_each_number_has(policy: Policy, asked: list[float]) -> None:
    """An array of ages gives what each alone gives, to the last bit."""
    assert policy.epsilon(np.array(asked)).tolist() == [policy.advantage(age) for age in asked]


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0,), (2, 0), (1, 2, 1)])
def test_any_shape(shape: tuple[int, ...]) -> None:
    """The result is float64 in the shape of the ages, a number for a number, whether blocks are whole or not."""
    asked = 1_000 * np.arange(np.prod(shape, dtype=int)).reshape(shape)
    for name in names():
        found = build(name).epsilon(asked)
        assert found.shape == shape
        assert found.dtype == np.float64
        assert same(found, build(name).epsilon(asked.astype(np.float64)))


def test_facts_broadcast_with_ages() -> None:
    """Facts are numbers for all models, or arrays with one for each."""
    policy, asked = build({"descent-shield": {"half_life_blocks": 0}}), np.array([[0.0], [100.0]])
    found = policy.epsilon(asked, Seen(asked, np.array([0.001, 0.002, 0.003]), now=5e6))
    assert found == pytest.approx(np.array([[0.001, 0.002, 0.003]] * 2))
    assert policy.epsilon(0, Seen(0.0, 0.002)) == pytest.approx(0.002)


def test_without_history_it_is_empty() -> None:
    """Where nothing is said, nobody was ever crowned or measured."""
    for name in names():
        policy = build(name)
        assert policy.advantage(7_200.0) == policy.advantage(7_200.0, Seen(7_200.0))


def test_ages_are_left_alone() -> None:
    """The ages that are given do not change."""
    asked = np.array([-5.0, 3.0, inf])
    build("linear").epsilon(asked)
    assert asked.tolist() == [-5.0, 3.0, inf]


def test_memory_is_the_users_own() -> None:
    """A policy begins anew for everybody, and has another memory only where it is given one."""
    policy = build({"reign-controller": {"strength": 0.5, "then": "fixed"}})
    memory = policy.begin()
    policy.remember(memory, CROWN)
    assert memory.factor == pytest.approx(2.0)
    assert policy.memory.factor == policy.begin().factor == 1.0
    policy.memory.factor = 7.0  # a fresh one, which nobody keeps
    assert policy.advantage(0.0) == 0.005
    told = policy.remembering(memory)
    assert told.advantage(0.0) == pytest.approx(0.01)
    assert told.memory is memory
    assert told != policy
    assert told == policy.remembering(memory.copy())


def test_a_memory_that_is_told_later_is_heard() -> None:
    """A policy shares the memory that it was given: what that learns later counts too, but a copy stays as it was."""
    policy = build({"grace": {"then": {"reign-controller": {"strength": 0.5, "then": "fixed"}}}})
    memory = policy.begin()
    told, before = policy.remembering(memory), policy.remembering(memory.copy())
    policy.remember(memory, CROWN)
    assert (told.advantage(0.0), before.advantage(0.0)) == pytest.approx((0.01, 0.005))


def test_memory_has_the_names_it_began_with() -> None:
    """A name that is not remembered cannot be set, and the nearest that is remembered is offered."""
    memory = Memory(Memory(factor=1), slope=nan)
    with pytest.raises(AttributeError, match=r"'slop'.*did you mean 'slope'"):
        memory.slop = 1.0
    memory.slope = 2
    assert memory == Memory(Memory(factor=1.0), slope=2.0)
    assert memory != Memory(Memory(factor=1.0), slope=2.5)
    assert memory.numbers() == {"slope": 2.0}
    assert repr(memory) == "Memory(slope=2.0, then=Memory(factor=1.0))"


def test_unknown_numbers_in_memories_are_equal() -> None:
    """Two memories that both do not know a number agree."""
    assert Memory(slope=nan) == Memory(slope=-nan + 1)


def test_who_learns() -> None:
    """A policy learns if it remembers anything, or if one inside does."""
    assert not build("linear").learns
    assert not build("grace").learns
    assert build("sequential-test").learns
    assert build({"grace": {"then": "sequential-test"}}).learns


class Prepared(Linear):
    """Computes its slope beforehand."""

    slope: float

    def prepare(self) -> dict[str, float]:
        """What goes in a block."""
        return {"slope": (self.start - self.end) / self.decay_blocks}

    def curve(self, age: float) -> float:
        """Down to the end."""
        return max(self.start - self.slope * age, self.end)


def test_prepared_numbers_are_attributes() -> None:
    """What `prepare` gives can be read like a parameter, is no parameter, and follows from the values."""
    policy = Prepared(start=0.003, end=0.001, decay_blocks=1_000)
    assert policy.slope == policy.attributes()["slope"] == pytest.approx(2e-6)
    assert policy.values == {"start": 0.003, "end": 0.001, "decay_blocks": 1_000.0}
    assert policy.advantage(500.0) == pytest.approx(0.002)
    assert Prepared.unchecked(start=0.0, end=1.0, decay_blocks=1.0).slope == -1.0


def test_attributes_have_the_names_of_the_class() -> None:
    """A parameter with another key is an attribute by its own name: `level` of `fixed`, whose key is epsilon."""
    assert build("fixed").attributes() == {"level": 0.005}
    assert build("fixed").values == {"epsilon": 0.005}


def test_unchecked_takes_what_breaks_rules() -> None:
    """What is not given has its default; nothing is checked."""
    policy = Linear.unchecked(start=0.001, end=0.5)
    assert policy.values == {"start": 0.001, "end": 0.5, "decay_blocks": 14_400.0}
    assert policy.advantage(inf) == 0.5


class Faulty(Policy):
    """Fails in as many ways as there are."""

    formula = source = "a test"

    how = Parameter("which way", "1", 0, 9, 0, (0, 9), "integer")

    def curve(self, age: float) -> Any:
        """A failure for every number."""
        if self.how == 0:
            return math.sqrt(0.5 - age)  # too old
        if self.how == 1:
            return 1.0 / (age - 1.0)  # at one age alone
        if self.how == 2:
            return deep(age)
        if self.how == 3:
            return "much"
        return age * 0.0 if age < inf else nan


def deep(age: float) -> float:
    """Fails further down."""
    return math.exp(age * 1_000.0)  # too large


@pytest.mark.parametrize(
    ("how", "age", "kind", "line"),
    [
        (0, 1.0, ValueError, "math.sqrt(0.5 - age)  # too old"),
        (1, 1.0, ZeroDivisionError, "1.0 / (age - 1.0)  # at one age alone"),
        (2, 1.0, OverflowError, "math.exp(age * 1_000.0)  # too large"),
    ],
)
def test_a_formula_that_fails_names_its_line(how: int, age: float, kind: type[Exception], line: str) -> None:
    """The error says which policy failed at what age, why, and in which line of whose file; the cause is kept."""
    wrapped = Wrapped(then=Faulty(how=how))
    number = next(
        i for i, text in enumerate(inspect.getsource(inspect.getmodule(Faulty)).splitlines(), 1) if line in text
    )
    for policy in (Faulty(how=how), wrapped):
        with pytest.raises(PolicyError) as caught:
            policy.epsilon(np.array([0.0, age]))
        assert type(caught.value.__cause__) is kind
        said = str(caught.value)
        for part in (policy.name(), f"age {age}", kind.__name__, f"{__file__}, line {number}", line):
            assert part in said


class Wrapped(Nested):
    """Asks the policy inside."""

    formula = source = "a test"

    def shield(self, age: float, seen: Seen) -> float:
        """What it says."""
        return self.inner(age, seen)


@pytest.mark.parametrize(("how", "said"), [(3, "'much'"), (4, "nan")])
def test_a_formula_that_gives_no_number_names_its_file(how: int, said: str) -> None:
    """NaN and what is no number are refused with the policy, the age, and the line where the formula begins."""
    with pytest.raises(PolicyError) as caught:
        Faulty(how=how).epsilon(inf)
    begins = inspect.getsourcelines(Faulty.curve)[1]
    for part in (Faulty.name(), "age inf", said, f"{__file__}, line {begins}"):
        assert part in str(caught.value)


class Forgetful(Policy):
    """Fails when it is told something."""

    formula = source = stores = "a test"
    state = "V"
    remembers = (("crowns", 0.0),)

    def shield(self, age: float, seen: Seen) -> float:
        """Nothing."""
        return 0.0

    def learn(self, memory: Memory, news: News) -> None:
        """Something that it does not remember."""
        memory.crown = memory.crowns / 0.0 if news.crowned else 1.0


@pytest.mark.parametrize(("crowned", "kind"), [(True, ZeroDivisionError), (False, AttributeError)])
def test_learning_that_fails_names_its_line(crowned: bool, kind: type[Exception]) -> None:
    """The error says what it was told, and in which line of whose file it failed."""
    policy = Forgetful()
    with pytest.raises(PolicyError, match=rf"{__file__}, line \d+: memory.crown = ") as caught:
        policy.remember(policy.begin(), News(4_000_000.0, crowned))
    assert type(caught.value.__cause__) is kind
    assert "News(block=4000000.0" in str(caught.value)


def test_what_is_missing_is_said() -> None:
    """A class without a formula, or with a memory and nothing that changes it, is told what to define."""

    class Bare(Policy):
        """Nothing at all."""

    class Mute(Forgetful):
        """Learns nothing."""

        learn = Policy.learn

    with pytest.raises(PolicyError, match=r"Bare must define curve\(age\)"):
        Bare().advantage(0.0)
    with pytest.raises(PolicyError, match=r"must define learn\(memory, news\)"):
        Mute().remember(Mute().begin(), CROWN)
