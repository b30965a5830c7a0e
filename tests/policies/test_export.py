"""The exported class: text that runs with nothing but Python's math module."""

import ast
import inspect
import re
from functools import partial
from math import exp, inf
from types import FunctionType
from typing import Any

import pytest
from generators import ages, policies
from hypothesis import given

from policies import Memory, News, Policy, PolicyError, Seen, build, names
from policies.epsilon.grace import Grace
from policies.epsilon.half_life import HalfLife
from policies.epsilon.linear import Linear
from policies.export import export
from policies.numbers import power


def exported(policy: Policy) -> Any:
    """An instance of the exported class, run in a fresh namespace."""
    space: dict[str, Any] = {}
    exec(export(policy), space)  # noqa: S102 - the text under test
    return space[f"{type(policy).__name__}Epsilon"]()


def compute_epsilon(policy: Policy) -> Any:
    """Its `compute_epsilon`, with an empty register where it takes one."""
    return partial(exported(policy).compute_epsilon, **({"registry": {}} if policy.reads else {}))


@pytest.mark.parametrize("name", names())
def test_imports_nothing_but_math(name: str) -> None:
    """The text imports the math module and nothing else."""
    nodes = ast.walk(ast.parse(export(build(name))))
    imports = [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports == ["import math"]


@pytest.mark.parametrize("name", names())
def test_says_where_it_comes_from(name: str) -> None:
    """The text's docstring gives formula, every parameter and source."""
    policy = build(name)
    said = ast.get_docstring(ast.parse(export(policy))) or ""
    assert policy.formula in said
    assert policy.source in said
    for key, value in policy.values.items():
        assert f"{key} = {value}" in said


@pytest.mark.parametrize("name", names())
def test_accepts_infinite_blocks(name: str) -> None:
    """A current block of inf is full decay; a model without a block is new, even then; no NaN."""
    policy = build(name)
    compute = compute_epsilon(policy)
    assert compute(inf, 0) == pytest.approx(float(policy.epsilon(inf)), rel=1e-12)
    assert compute(5_000_000, inf) == compute(5_000_000, 5_000_000)
    assert compute(inf, inf) == compute(0, 0)


@given(policy=policies(), age=ages())
def test_agrees_with_the_policy(policy: Policy, age: float) -> None:
    """For any parameters and any age the exported class gives what the policy gives, to the last bit."""
    found = compute_epsilon(policy)(3_000_000 + age, 3_000_000)
    assert found == float(policy.epsilon(3_000_000 + age - 3_000_000))


def test_gives_plain_floats() -> None:
    """The subnet's code gets a Python float."""
    assert all(type(compute_epsilon(build(name))(5_000_000, 4_990_000)) is float for name in names())


def test_nested_policies_are_written_out_inside_out() -> None:
    """A grace period before a grace period before a half-life is three classes in one text."""
    policy = Grace(then=Grace(then=HalfLife(), grace_blocks=1_000), grace_blocks=500)
    compute = compute_epsilon(policy)
    assert compute(1_500, 0) == pytest.approx(0.005, rel=1e-12)
    assert compute(1_500 + 14_400, 0) == pytest.approx(0.0001 + 0.0049 / 2, rel=1e-12)


class Sharper(Linear):
    """A linear decay to the square: its parameters are inherited, and it reads a whole number beside it."""

    def curve(self, age: float) -> float:
        """The square of what is left."""
        return self.start * power(1.0 - min(age / self.decay_blocks, 1.0), SQUARE)


SQUARE = 2


def test_inherited_parameters_and_constants_come_along() -> None:
    """A subclass is exported with the parameters of its parents and the constants of its module."""
    assert compute_epsilon(Sharper())(7_200, 0) == pytest.approx(0.005 / 4, rel=1e-12)


def test_class_d_takes_the_two_blocks_and_no_more() -> None:
    """A class D policy is what the validators call today; others also take a register."""
    for name in names():
        arguments = inspect.signature(exported(build(name)).compute_epsilon).parameters
        assert list(arguments) == ["current_block", "model_block", *(["registry"] if build(name).reads else [])]


def test_a_register_says_what_is_known() -> None:
    """D+: by its register a king with a gain of 0.004 has this as its advantage, and a stranger the end."""
    compute = exported(build({"descent-shield": {"half_life_blocks": 0}})).compute_epsilon
    registry = {900: {"gain": 0.004, "crowned": 950}, 800: {"gain": 0.004, "error": 0.002}}
    assert compute(1_000, 900, registry) == pytest.approx(0.004, rel=1e-12)
    assert compute(1_000, 800, registry) == pytest.approx(0.003, rel=1e-12)
    assert compute(1_000, 700, registry) == pytest.approx(0.0001, rel=1e-12)


def test_the_crown_of_a_register_is_a_block() -> None:
    """D+: the register has the block of the crown; the clock counts from there, and for ever where now is inf."""
    compute = exported(build({"crown-age": {"then": "half-life"}})).compute_epsilon
    half = 0.0001 + 0.0049 / 2
    assert compute(20_000, 0, {0: {"crowned": 5_600}}) == pytest.approx(half, rel=1e-12)
    assert compute(14_400, 0, {}) == pytest.approx(half, rel=1e-12)
    assert compute(inf, 0, {0: {"crowned": 5_600}}) == pytest.approx(0.0001, rel=1e-12)


def test_a_reference_implementation_remembers() -> None:
    """V: told of a crown and of a reign of half a day, a controller that aims at 2 days doubles the bar inside."""
    told = exported(build({"reign-controller": {"strength": 0.5, "then": "fixed"}}))
    told.remember(1_000, crowned=True)
    assert told.compute_epsilon(1_100, 900, {}) == pytest.approx(0.005, rel=1e-12)
    told.remember(4_600, crowned=True, gap=0.5)
    assert told.compute_epsilon(5_000, 900, {}) == pytest.approx(0.01, rel=1e-12)


def test_two_instances_remember_apart() -> None:
    """V: memory belongs to an instance, also that of the policy inside."""
    policy = Grace(then=build("reign-controller"))
    space: dict[str, Any] = {}
    exec(export(policy), space)  # noqa: S102 - the text under test
    first, second = space["GraceEpsilon"](), space["GraceEpsilon"]()
    first.remember(1_000, crowned=True, gap=0.5)
    assert first.compute_epsilon(1_100, 900, {}) == pytest.approx(2 * second.compute_epsilon(1_100, 900, {}))


def test_only_whoever_remembers_is_told() -> None:
    """A class that learns nothing from evaluations has no `remember`."""
    for name in names():
        policy = build(name)
        assert hasattr(exported(policy), "remember") == policy.learns


@pytest.mark.parametrize("name", [name for name in names() if build(name).reads])
def test_says_what_is_to_be_stored(name: str) -> None:
    """The text of a class that reads history says what validators store and agree on."""
    said = ast.get_docstring(ast.parse(export(build(name)))) or ""
    assert f"To store and to agree on: {build(name).stores}." in said


class Imported(Linear):
    """Uses a function of `math` by its own name, an inf, a tuple, numbers of its own, and a method of its own."""

    quarter: float

    def prepare(self) -> dict[str, float]:
        """A quarter of the time."""
        return {"quarter": self.decay_blocks / 4}

    def curve(self, age: float) -> float:
        """An exponential, which ends."""
        return self.start * exp(-self.late(age)) if age < BOUNDS[1] else FAR[0]

    def late(self, age: float) -> float:
        """How many quarters the age is, after the first."""
        return max(age / self.quarter - 1.0, 0.0)


BOUNDS = (0.0, inf)

FAR = (0.0,)


def test_imported_functions_and_prepared_numbers_come_along() -> None:
    """Functions imported from `math`, infinite constants, tuples, and what `prepare` computed are in the text."""
    policy = Imported()
    for age in (0.0, 3_600.0, 7_200.0, inf):
        assert compute_epsilon(policy)(5_000.0 + age, 5_000.0) == policy.advantage(age)


class Rebuilt(Grace):
    """Tells the policy inside other facts than it was told, and remembers which."""

    state = "V"
    remembers = (("least", inf),)

    def shield(self, age: float, seen: Seen) -> float:
        """As if it had been crowned at once, by the least gain so far."""
        return self.inner(age, Seen(age, min(self.memory.least, seen.gain), now=seen.now))

    def learn(self, memory: Memory, news: News) -> None:
        """The least gain of a crown."""
        if news.crowned:
            memory.least = min(memory.least, news.gain)


def test_a_formula_may_make_facts_of_its_own() -> None:
    """`Seen` and `News` are in the text, and are made as they are here."""
    policy = Rebuilt(then=build({"descent-shield": {"half_life_blocks": 0}}))
    told, memory = exported(policy), policy.begin()
    for block, gain in ((1_000, 0.006), (2_000, 0.003)):
        told.remember(block, crowned=True, gain=gain)
        policy.remember(memory, News(float(block), True, gain))
    assert memory == Memory(policy.then.begin(), least=0.003)
    assert told.compute_epsilon(3_000, 900, {900: {"gain": 0.01}}) == pytest.approx(0.003, rel=1e-12)
    assert policy.remembering(memory).advantage(2_100.0, Seen(2_100.0, 0.01)) == pytest.approx(0.003, rel=1e-12)


class Inherited(Linear):
    """Calls the formula of its parent."""

    def curve(self, age: float) -> float:
        """Half of it."""
        return super().curve(age) / 2


class Indexed(Linear):
    """Looks into a dict."""

    def curve(self, age: float) -> float:
        """A number by its name."""
        return TABLE["half"] * self.start


TABLE = {"half": 0.5}


def apart(value: int) -> type[Policy]:
    """A policy of a file of its own, in which `LIMIT` is this."""
    space: dict[str, Any] = {"__name__": f"apart_{value}", "Grace": Grace, "LIMIT": value}

    class Apart(Grace):
        """Bounded."""

    def shield(self: Grace, age: float, seen: Seen) -> float:
        return min(self.inner(age, seen), LIMIT)  # noqa: F821

    Apart.shield = FunctionType(shield.__code__, space)
    return Apart


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Inherited(), "super()"),
        (Indexed(), "TABLE"),
        (apart(1)(then=apart(0)()), "two files call different things LIMIT"),
    ],
)
def test_what_does_not_travel_as_text_is_refused(policy: Policy, said: str) -> None:
    """A formula that needs its parent, a dict, or two constants of one name is refused with what to do instead."""
    with pytest.raises(PolicyError, match=re.escape(said)):
        export(policy)
