"""What is said when a name is misspelt or a formula fails."""

import inspect
import math
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from policies import InputError, Memory, News, Policy, PolicyError, Seen, nearest
from policies.base import Parameter
from policies.nested import Nested


def test_nearest_lists_what_is_known() -> None:
    """Where nothing is near, all valid names are listed; where nothing is known, that is said."""
    assert nearest("zzz", ["start", "end"]) == "known: start, end"
    assert nearest("zzz", []) == "none is known"


def test_a_fault_can_be_seen_from_further_up() -> None:
    """A file reader puts its own keys before the path; message and kind stay."""
    fault = PolicyError("wrong", ("linear", "start")).under("policies", 3)
    assert fault.path == ("policies", 3, "linear", "start")
    assert str(fault) == "wrong"
    assert isinstance(fault, PolicyError)
    assert isinstance(fault, InputError)


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


class Wrapped(Nested):
    """Asks the policy inside."""

    formula = source = "a test"

    def shield(self, age: float, seen: Seen) -> float:
        """What it says."""
        return self.inner(age, seen)


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
