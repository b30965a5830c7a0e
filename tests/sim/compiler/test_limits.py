# ruff: noqa: D103, PLC3002, PLW0603, S102, S311 - what a user may write, and examples of numbers
"""What is compiled gives what Python gives, to the last bit; all else is refused by its line, and runs interpreted."""

import math
import operator
import random
import re
import statistics
import struct
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import policies.numbers
from policies import Memory, News, Policy, Seen
from policies.epsilon.linear import Linear
from sim.compiler import limits, maths
from sim.compiler.functions import InterpretedWarning, interpreted_only
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


def test_one_warning_for_a_class() -> None:
    """However often it is made, and whatever its parameters."""

    class Mine(Own):
        def curve(self, age: float) -> float:
            return LIST[0]

    with pytest.warns(InterpretedWarning) as found:
        made = [compile_policy(Mine(), columns, []) for columns in (1, 2, 3)]
    assert (len(found), len(made)) == (1, 3)


def test_no_warning_for_what_is_asked_for() -> None:
    """What is to run interpreted does so without a word; warnings are errors here."""

    class Mine(Own):
        def curve(self, age: float) -> float:
            return LIST[0]

    with interpreted_only():
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


OF_TWO = {"atan2", "copysign", "nextafter", "frexp"}
"""Functions that are asked in another form."""

EXPRESSIONS = (
    *("a // b", "a % b", "a / b", "min(a, b)", "max(a, b)", "min(a, b, 1.0)", "abs(a)", "-a", "a and b", "a or b"),
    *("a < b < 1.0", "1.0 if a else b", "divmod(a, b)[1]", "max(a, 1)", "(a > b) + 1.0 * (b > 0.0)", "bool(a)"),
    *("a ** b", "a ** 2", "a ** 3", "a ** 0.5", "2.0 ** a", "a ** -1", "a // 7200", "a % 7200", "math.pow(a, b)"),
    *("math.atan2(a, b)", "math.copysign(a, b)", "math.nextafter(a, b)", "math.frexp(a)[0]", "math.frexp(a)[1] + 0.5"),
    *("policies.numbers.power(a, b)", "policies.numbers.floor(a)", "policies.numbers.normal_quantile(a)"),
    *(f"math.{name}(a)" for name in (*maths.CHECKED_NAMES, *maths.EXACT_NAMES) if name not in OF_TWO),
)
"""What must agree, of two numbers."""

WHOLE = (
    *("int(a) // 3", "int(a) % 7", "int(b) / 7", "int(a) * 7200", "int(a) * int(b)", "int(a) + int(b)"),
    *("math.ceil(a) / 2", "math.floor(a) / 2", "math.trunc(a) / 2"),
)
"""What must agree, or fail where 64 bits are not enough."""

SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, math.inf, -math.inf, math.nan, 5e-324, 1e308, -1e308, 710.0, -746.0)


def some(count: int) -> list[tuple[float, float]]:
    """Pairs of numbers of every size, special ones among them; the same every time."""
    lot = random.Random(29)
    ways: tuple[Callable[[], float], ...] = (
        lambda: lot.uniform(-1.0, 1.0),
        lambda: lot.uniform(-50.0, 50.0),
        lambda: math.copysign(10.0 ** lot.uniform(-300.0, 300.0), lot.random() - 0.5),
        lambda: struct.unpack("d", struct.pack("Q", lot.getrandbits(64)))[0],
        lambda: lot.choice(SPECIAL),
        lambda: float(lot.randrange(-100_000, 100_000)),
    )
    return [(lot.choice(ways)(), lot.choice(ways)()) for _ in range(count)]


def bits(value: float) -> bytes:
    """To compare numbers to the last bit; NaN is NaN."""
    return b"NaN" if math.isnan(value) else struct.pack("d", value)


def outcome(call: Callable[[], Any]) -> bytes:
    """What it gives; NaN where it fails, or gives what is no real number."""
    try:
        found = call()
        return b"NaN" if isinstance(found, complex) else bits(float(found))
    except (ArithmeticError, ValueError):
        return b"NaN"


def both(expression: str) -> Iterator[tuple[float, float, bytes, bytes]]:
    """Two numbers, what compiled code makes of them, and what Python does."""
    scope: dict[str, Any] = {"math": math, "policies": policies}
    exec(f"def plain(a, b): return {expression}", scope)
    exec(f"def shield(self, a, seen):\n    b = seen.gain\n    return {expression}", scope)
    compiled = compiled_epsilon(type("Mine", (Own,), {"shield": scope["shield"], "__module__": __name__})())
    for a, b in some(1500):
        yield a, b, bits(compiled(a, Seen(a, gain=b))), outcome(partial(scope["plain"], a, b))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_compiled_is_python(expression: str) -> None:
    """Operators and functions give the same bits, and fail where Python raises an error."""
    for a, b, found, expected in both(expression):
        assert found == expected, (a, b)


@pytest.mark.parametrize("expression", WHOLE)
def test_whole_numbers_have_64_bits(expression: str) -> None:
    """They are exact up to there, and nothing is wrong without a word beyond."""
    large = 0
    for a, b, found, expected in both(expression):
        if found != expected:
            assert found == b"NaN", (a, b)
            assert max(abs(a), abs(b)) > 2.0**31, (a, b)
            large += 1
    assert large


def test_the_rest_of_math_is_refused() -> None:
    """Every function of `math` is either known to agree or refused; so are those of Python itself."""
    known = {*maths.CHECKED_NAMES, *maths.EXACT_NAMES, "pow", "ceil", "floor", "trunc"}
    for name in dir(math):
        function = getattr(math, name)
        if callable(function) and not name.startswith("_"):
            assert (limits._fault_of(name, function) is None) == (name in known), name
    assert limits._fault_of("power", operator.pow) is not None
