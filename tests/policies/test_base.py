"""What every policy can be asked, and what it remembers."""

from math import inf

import numpy as np
import pytest
from generators import ages, policies
from hypothesis import given
from hypothesis import strategies as st

from policies import News, Policy, PolicyError, Seen, build, names
from policies.epsilon.linear import Linear
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


def test_what_is_missing_is_said() -> None:
    """A class without a formula, or with a memory and nothing that changes it, is told what to define."""

    class Bare(Policy):
        """Nothing at all."""

    class Mute(Bare):
        """Learns nothing."""

        remembers = (("crowns", 0.0),)

    with pytest.raises(PolicyError, match=r"Bare must define curve\(age\)"):
        Bare().advantage(0.0)
    with pytest.raises(PolicyError, match=r"must define learn\(memory, news\)"):
        Mute().remember(Mute().begin(), CROWN)
