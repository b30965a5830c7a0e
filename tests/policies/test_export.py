"""The exported class: text that runs with nothing but Python's math module."""

import ast
import inspect
from functools import partial
from math import inf
from typing import Any

import pytest
from generators import ages, policies
from hypothesis import given

from policies import Policy, PolicyError, build, names
from policies.export import export
from policies.grace import Grace
from policies.half_life import HalfLife
from policies.linear import Linear


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
    """Theory C2: a current block of inf is full decay; a model without a block is new, even then; no NaN."""
    policy = build(name)
    compute = compute_epsilon(policy)
    assert compute(inf, 0) == pytest.approx(float(policy.epsilon(inf)), rel=1e-12)
    assert compute(5_000_000, inf) == compute(5_000_000, 5_000_000)
    assert compute(inf, inf) == compute(0, 0)


@given(policy=policies(), age=ages())
def test_agrees_with_the_policy(policy: Policy, age: float) -> None:
    """For any parameters and any age the exported class gives what the policy gives, to a relative 1e-12."""
    found = compute_epsilon(policy)(3_000_000 + age, 3_000_000)
    assert found == pytest.approx(float(policy.epsilon(3_000_000 + age - 3_000_000)), rel=1e-12, abs=1e-300)


def test_gives_plain_floats() -> None:
    """The subnet's code gets a Python float, not an array."""
    assert all(type(compute_epsilon(build(name))(5_000_000, 4_990_000)) is float for name in names())


def test_nested_policies_are_written_out_inside_out() -> None:
    """A grace period before a grace period before a half-life is three classes in one text."""
    policy = Grace(then=Grace(then=HalfLife(), grace_blocks=1_000), grace_blocks=500)
    compute = compute_epsilon(policy)
    assert compute(1_500, 0) == pytest.approx(0.005, rel=1e-12)
    assert compute(1_500 + 14_400, 0) == pytest.approx(0.0001 + 0.0049 / 2, rel=1e-12)


class Sharper(Linear):
    """A linear decay to the square: its parameters are inherited, and it reads a whole number beside it."""

    def curve(self, age: Any, xp: Any) -> Any:
        """The square of what is left."""
        return self.start * xp.pow(1.0 - xp.minimum(age / self.decay_blocks, 1.0), xp.asarray(SQUARE))


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
    """D+: by its register a king of 100 blocks with a gain of 0.004 has P26's advantage, and a stranger the end."""
    compute = exported(build({"descent-shield": {"half_life_blocks": 0}})).compute_epsilon
    registry = {900: {"gain": 0.004, "crowned": 950}, 800: {"gain": 0.004, "error": 0.002}}
    assert compute(1_000, 900, registry) == pytest.approx(0.004, rel=1e-12)
    assert compute(1_000, 800, registry) == pytest.approx(0.003, rel=1e-12)
    assert compute(1_000, 700, registry) == pytest.approx(0.0001, rel=1e-12)


def test_the_crown_of_a_register_is_a_block() -> None:
    """D+: the register has the block of the crown; P13 counts from there, and for ever where now is inf."""
    compute = exported(build({"crown-age": {"then": "half-life"}})).compute_epsilon
    half = 0.0001 + 0.0049 / 2
    assert compute(20_000, 0, {0: {"crowned": 5_600}}) == pytest.approx(half, rel=1e-12)
    assert compute(14_400, 0, {}) == pytest.approx(half, rel=1e-12)
    assert compute(inf, 0, {0: {"crowned": 5_600}}) == pytest.approx(0.0001, rel=1e-12)


def test_a_reference_implementation_remembers() -> None:
    """V: told of a crown and of a reign of half a day, P21 with a target of 2 days doubles its inner policy's bar."""
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
        assert hasattr(exported(policy), "remember") == bool(policy.begin(0.0))


@pytest.mark.parametrize("name", [name for name in names() if build(name).reads])
def test_says_what_is_to_be_stored(name: str) -> None:
    """The text of a class that reads history says what validators store and agree on."""
    said = ast.get_docstring(ast.parse(export(build(name)))) or ""
    assert f"To store and to agree on: {build(name).stores}." in said


@pytest.mark.parametrize(
    "policy",
    [
        Linear(start=[0.005, 0.004]),
        Grace(then=Linear.stack([Linear(), Linear()])),
    ],
)
def test_lanes_are_not_exported(policy: Policy) -> None:
    """A drop-in class holds one policy; an array of parameters is refused by its name."""
    with pytest.raises(PolicyError, match="export each lane") as caught:
        export(policy)
    assert caught.value.path == ("start",)
