"""A function of age as a policy."""

import pickle

import pytest
from own_policies import SLOPE, Own

from policies import Policy, PolicyError, build
from policies.of_age import policy_of_age
from policies.seen import Seen
from sim.compiler.policies import compiled_epsilon

DAY = 7200.0


def weekly(age: float) -> float:
    """Half a percent for a week, then a tenth of that."""
    return 0.005 if age < 7 * DAY else max(0.0005, 0.0 * SLOPE)


def test_a_function_is_its_formula() -> None:
    """Compiled or not, and with the function's name."""
    policy = build(weekly)
    compiled = compiled_epsilon(policy)
    for age in (0.0, DAY, 7 * DAY, 1e9):
        assert policy.advantage(age) == compiled(age, Seen(age)) == weekly(age)
    assert policy.name() == "weekly"
    assert policy.spec() == {"weekly": {}}


def test_a_lambda_takes_numbers_of_its_surroundings() -> None:
    """A closure's numbers count, also in compiled code."""
    for life in (DAY, 2 * DAY):
        policy = build(lambda age, life=life: 0.004 * 0.5 ** min(age / life, 100.0))
        assert policy.name() == "lambda"
        assert compiled_epsilon(policy)(2 * DAY, Seen(0.0)) == 0.004 * 0.5 ** (2 * DAY / life)


def test_it_pickles_as_its_function_does() -> None:
    """So that other processes can have it, if they can import the function."""
    policy = policy_of_age(weekly)
    assert pickle.loads(pickle.dumps(policy)).advantage(0.0) == 0.005  # noqa: S301 - our own
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(policy_of_age(lambda age: 0.0))


def test_laws_are_checked_and_a_breach_names_the_line() -> None:
    """The file and the line are those of the function."""

    def rising(age: float) -> float:
        return min(age * 1e-9, 0.5)

    def failing(age: float) -> float:
        return 1.0 / (age - DAY / 4)

    line = rising.__code__.co_firstlineno
    with pytest.raises(PolicyError, match=rf"rising: epsilon rises .*{__file__}, line {line}"):
        build(rising)
    with pytest.raises(PolicyError, match=rf"division by zero .* in {__file__}, line {line + 4}"):
        build(failing)


def test_what_python_made_is_taken_as_it_is() -> None:
    """A policy, or its class with the defaults; also inside another one; what is no policy is refused."""
    assert build(Own) == Own()
    assert build(Own(start=0.01)) == Own(start=0.01)
    nested = build({"grace": {"then": weekly}})
    assert isinstance(nested, Policy)
    assert nested.spec()["grace"]["then"] == {"weekly": {}}
    with pytest.raises(PolicyError, match="int is a class, but no policy: derive it from Policy"):
        build(int)
    with pytest.raises(PolicyError, match=r"a policy is a name or a mapping like .*, not 5"):
        build(5)
