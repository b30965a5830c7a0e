# ruff: noqa: D103, PLC3002, PLW0603, S311 - what a user may write, and examples of numbers
"""What is compiled gives what Python gives, to the last bit; all else is refused by its line, and runs interpreted."""

import math
import random
import re
import statistics
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from policies import Memory, News, Policy, Seen
from policies.epsilon.linear import Linear
from sim.compiler import limits
from sim.compiler.functions import InterpretedWarning
from sim.compiler.limits import NotCompilable
from sim.compiler.pointers import EPSILON, callable_at
from sim.compiler.policies import compile_policy, compiled_epsilon, compiled_learn

COUNT, LIST, DICT, ARRAY = 0.0, [0.1], {1: 0.1}, np.array([0.1])
HERE = Path(__file__).name


def mean(x: float) -> float:
    """A function that calls one that numba does not know."""
    return statistics.fmean((x, x))


class Own(Policy):
    """A policy of a user's, but for its formula."""

    formula = "none"
    source = "this test"
    limit = 0.3


def refused(method: Callable[..., Any], kind: type[Policy] = Own, **attributes: Any) -> str:
    """What is said of a policy with that formula; it still gives what its formula says."""
    name = "shield" if method.__code__.co_argcount == 3 else "curve"
    policy = type("Mine", (kind,), {name: method, "__module__": __name__, **attributes})()
    with pytest.warns(InterpretedWarning) as found:
        made = compile_policy(policy, 1, [])
    call = callable_at(int(made.functions["epsilon"][0]), EPSILON)
    assert call(0, 2.0, *Seen(2.0)) == policy.advantage(2.0)
    text = str(found[0].message)
    slow = "with the same result; its lanes take 20 times as long"
    begin, _, fault = text.partition(": class Mine, ")
    assert begin == f"test-limits cannot be compiled and runs interpreted, {slow}"
    assert "\n" not in text
    return fault


def with_try(self: Any, age: float) -> float:
    try:
        return 1.0 / age
    except ZeroDivisionError:
        return 0.5


def with_with(self: Any, age: float) -> float:
    with warnings.catch_warnings():
        return 0.1


def with_import(self: Any, age: float) -> float:
    import math as maths

    return maths.exp(-age)


def with_global(self: Any, age: float) -> float:
    global COUNT
    COUNT = age
    return 0.1


def itself(self: Any, age: float) -> float:
    return 0.1 if age < 0.5 else self.curve(0.0)


def with_two_types(self: Any, age: float) -> float:
    x = 0.1
    if age < 0.0:
        x = "young"
    return x


def with_seen(self: Any, age: float, seen: Seen) -> float:
    return 0.1 * seen._replace(since=1.0).since


@pytest.mark.parametrize(
    ("method", "fault"),
    {
        with_try: "a try cannot be compiled",
        with_with: "warnings.catch_warnings cannot be compiled",
        with_import: "an import cannot be compiled",
        with_global: "a global cannot be compiled",
        itself: "a function that calls itself cannot be compiled",
        with_two_types: "Cannot unify float64 and",
        with_seen: "Unknown attribute '_replace'",
        lambda self, age: {1: 0.1}[1]: "a dict cannot be compiled",
        lambda self, age: [0.1, age][0]: "a list cannot be compiled",
        lambda self, age: float(f"{0.1}"): "an f-string cannot be compiled",
        lambda self, age: max(x for x in (0.1, 0.2)): "a function within cannot be compiled",
        lambda self, age: (lambda: 0.1)(): "a function within cannot be compiled",
        lambda self, age: DICT[1]: "DICT cannot be compiled",
        lambda self, age: LIST[0]: "LIST cannot be compiled",
        lambda self, age: ARRAY[0]: "ARRAY cannot be compiled",
        lambda self, age: float(np.exp(-age)): "numpy.exp, whose last bit may differ, cannot be compiled",
        lambda self, age: math.hypot(0.1, 0.2): "math.hypot, whose last bit may differ, cannot be compiled",
        lambda self, age: math.gamma(1.5) / 9.0: "math.gamma, whose last bit may differ, cannot be compiled",
        lambda self, age: random.Random(1).random(): "random.Random cannot be compiled",
        lambda self, age: mean(0.1): "statistics.fmean cannot be compiled",
        lambda self, age: sum((0.1, 0.2)): "sum cannot be compiled",
        lambda self, age: round(0.123, 2): "round cannot be compiled",
        lambda self, age: 0.1 if isinstance(age, float) else 0.2: "isinstance cannot be compiled",
        lambda self, age: 0.1 * self.limit: "self.limit, neither a parameter nor made by `prepare` nor a method,",
        lambda self, age: 0.1 * int(min(age, 5.0)) ** 2: "** of whole numbers or arrays cannot be compiled",
        lambda self, age: Linear.curve(Linear(), age): "Linear cannot be compiled",
    }.items(),
)
def test_what_cannot_be_compiled_runs_interpreted(method: Callable[..., Any], fault: str) -> None:
    """With one warning that names the class, the file, the line, the reason and what it costs."""
    said = refused(method)
    first = (mean if fault.startswith("statistics") else method).__code__.co_firstlineno
    place = re.match(rf".*{re.escape(HERE)}, line (\d+): ", said)
    assert place is not None, said
    assert said[place.end() :].startswith(fault)
    assert first <= int(place[1]) <= first + 4


def test_super_runs_interpreted() -> None:
    """A method that calls the one that it overrides cannot be compiled; the message names the line."""

    class Mine(Linear):
        def curve(self, age: float) -> float:
            return super().curve(age)

    with pytest.warns(InterpretedWarning, match=rf"{HERE}, line \d+: super(\(\))? cannot be compiled"):
        compile_policy(Mine(), 1, [])


def test_memory_adds_up_in_order() -> None:
    """Methods of arrays that add in another order are refused, unless they are names of what is remembered."""

    class Mine(Own):
        state = "V"
        remembers = (("mean", 1.0),)

        def shield(self, age: float, seen: Seen) -> float:
            return 0.1 * self.memory.mean

        def learn(self, memory: Memory, news: News) -> None:
            memory.mean = memory.mean * 0.5

    policy = Mine()
    assert compiled_epsilon(policy)(1.0, Seen(1.0)) == 0.1
    assert compiled_learn(policy)(policy.begin(), News(1.0)) == Memory(mean=0.5)
    limits.check(Mine, ["shield"], limits.fields_of(policy))
    with pytest.raises(NotCompilable, match=r"\.mean\(\), which adds in another order, cannot"):
        limits.check(Mine, ["shield"], {"memory"})
