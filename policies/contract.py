# ruff: noqa: S101 - a contract is a list of asserts
"""The contract as tests, for the policies here and for yours; nothing is random, and pytest is not imported.

Hold your own policy to it in a test file that pytest collects:

    from policies.contract import PolicyContract

    class TestMine(PolicyContract):
        policy = Mine
"""

import operator
import pickle
from collections.abc import Callable, Iterator
from itertools import product
from math import exp, inf, log, nan
from typing import Any, ClassVar
from unittest import SkipTest

import numpy as np

from policies.base import Policy
from policies.declared import RULES
from policies.errors import PolicyError
from policies.export import export
from policies.parameter import Parameter
from policies.shelf import build, find, names

COMMON_AGES = (
    0.0,
    0.5,
    1.0,
    360.0,
    1800.0,
    3600.0,
    7200.0,
    14_400.0,
    28_800.0,
    57_600.0,
    216_000.0,
    *np.geomspace(1.0, 1e9, 31).tolist(),
    1e15,
    1e300,
    inf,
)
"""Blocks: a tempo, days, the ages of the knots, everything from one block to centuries, and for ever."""

MANY = 5
"""With more parameters than this, corners differ from all-low and all-high in one place only."""

ROUND = (0.5, 1.0, 2.0)
"""Values for which numpy takes short cuts, such as a root for a power of 0.5, which round differently."""

Values = dict[str, float]


class PolicyContract:
    """What every policy promises; subclass it, name the policy, and pytest does the rest.

    Attributes:
        policy: the class under test.
    """

    policy: ClassVar[type[Policy]]

    @classmethod
    def examples(cls) -> list[Policy]:
        """Policies of one family that every law is checked on, the default first."""
        return [cls.policy(**values) for values in vectors(cls.policy)]

    @classmethod
    def stacked(cls) -> Policy:
        """All examples as one policy over lanes."""
        some = cls.examples()
        return some[0].stack(some)

    def test_epsilon_is_a_fraction(self) -> None:
        """At every age epsilon is a finite number, at least 0 and less than 1."""
        for policy in self.examples():
            asked = ages(policy)
            epsilon = policy.epsilon(asked)
            for at in np.flatnonzero(~((epsilon >= 0) & (epsilon < 1))):
                raise AssertionError(f"{policy}: {epsilon[at]} at age {asked[at]} is not in [0, 1)")

    def test_epsilon_never_increases(self) -> None:
        """An older model never has a larger advantage, but for a few ulp of rounding."""
        for policy in self.examples():
            asked, allowed = ages(policy), 4 * np.spacing(policy.epsilon(0.0))
            rises = np.diff(policy.epsilon(asked))
            at = int(np.argmax(rises))
            assert rises[at] <= allowed, f"{policy}: rises by {rises[at]} between ages {asked[at : at + 2]}"

    def test_negative_age_counts_as_zero(self) -> None:
        """A model from the future has the advantage of a model of this very block."""
        for policy in self.examples():
            found = policy.epsilon(-ages(policy))
            _agree(found, np.full(found.shape, policy.epsilon(0.0)), f"{policy}, negative ages")

    def test_infinite_age_gives_the_infimum(self) -> None:
        """The competitive filter asks for age inf; no age may give less."""
        for policy in self.examples():
            floor, least = policy.epsilon(inf), np.min(policy.epsilon(ages(policy)))
            assert floor <= least, f"{policy}: {floor} at age inf, but {least} at another"

    def test_same_input_gives_the_same_output(self) -> None:
        """Epsilon depends on age alone: neither on earlier calls nor on the order of the ages."""
        for policy in self.examples():
            asked = ages(policy)
            first = policy.epsilon(asked)
            _agree(policy.epsilon(asked[::-1])[::-1], first, f"{policy}, ages in falling order")
            _agree(policy.epsilon(asked), first, f"{policy}, asked again")

    def test_inputs_are_left_alone(self) -> None:
        """Neither ages nor parameter arrays are changed, locked or kept."""
        some = self.examples()[:5]
        given = {key: np.array([p.values[key] for p in some]) for key in some[0].values}
        before = {key: array.copy() for key, array in given.items()}
        made = (self.policy(**given), self.policy.unchecked(**given))
        specs, asked = [policy.spec() for policy in made], ages(some[0])[:, None]
        for policy in made:
            policy.epsilon(asked)
            assert same(asked, ages(some[0])[:, None]), f"{policy}: changed the ages it was given"
        for key, array in given.items():
            assert same(array, before[key]), f"{self.policy.__name__}: changed the array given for {key}"
            array[:] = 0.5
        for policy, spec in zip(made, specs, strict=True):
            assert policy.spec() == spec, f"{policy}: shares memory with the arrays it was made from"

    def test_pickles(self) -> None:
        """A policy travels to a worker process and is the same there."""
        asked = ages(self.examples()[0])[:, None]
        for policy in (*self.examples(), self.stacked()):
            twin = _travelled(policy)
            assert twin == policy, f"{policy} came back as {twin}"
            assert hash(twin) == hash(policy), f"{policy}: another hash after a pickle"
            _agree(twin.epsilon(asked), policy.epsilon(asked), f"{policy} after a pickle")

    def test_lanes_agree_with_each_alone(self) -> None:
        """An array of parameters gives, bit for bit, what each policy alone gives, whatever the shape."""
        some, lanes, name = self.examples(), self.stacked(), self.policy.__name__
        asked = np.stack([ages(p) for p in some], axis=1)
        alone = np.stack([p.epsilon(a) for p, a in zip(some, asked.T, strict=True)], axis=1)
        for shape, reshape in SHAPES.items():
            _agree(lanes.epsilon(reshape(asked)), reshape(alone), f"{name}, ages {shape}")
        each = np.stack([p.epsilon(asked[:, 0]) for p in some], axis=1)
        _agree(lanes.epsilon(asked[:, :1]), each, f"{name}, ages [n, 1]")
        thrice = some[0].stack(some, repeat=3)
        _agree(thrice.epsilon(asked[:, :1]), np.repeat(each, 3, axis=1), f"{name}, repeated lanes")

    def test_single_ages_and_whole_blocks_agree(self) -> None:
        """An age gives alone what it gives in an array, and whole blocks may be ints."""
        for policy in self.examples()[::3]:
            whole = np.floor(ages(policy)[ages(policy) < 1e15])
            epsilon, single = policy.epsilon(whole), [policy.epsilon(age) for age in whole.tolist()]
            _agree(np.array(single), epsilon, f"{policy}, one age at a time")
            _agree(policy.epsilon(whole.astype(np.int64)), epsilon, f"{policy}, ages as ints")

    def test_frozen(self) -> None:
        """No attribute and no parameter array can be changed, not even after a pickle."""
        for policy in (self.examples()[0], self.stacked(), _travelled(self.stacked())):
            for key in (*policy.parameters(), "values", "anything"):
                assert _raises(AttributeError, setattr, policy, key, 0.5), f"{policy}: {key} can be set"
            for key, value in policy.values.items():
                locked = not np.ndim(value) or _raises(ValueError, operator.setitem, value, 0, 0.5)
                assert locked, f"{policy}: {key} can be written into"

    def test_spec_builds_the_same_policy(self) -> None:
        """What `spec` says is what YAML has to say."""
        if self.policy.name() not in names() or find(self.policy.name()) is not self.policy:
            raise SkipTest(f"{self.policy.__name__} does not stand on the shelf, so YAML cannot name it")
        for policy in self.examples():
            assert build(policy.spec()) == policy, f"{policy.spec()} built {build(policy.spec())}"

    def test_wrong_values_are_refused(self) -> None:
        """A value out of bounds, no number, or not whole as it must be is refused by name, value and rule."""
        for key, p in self.policy.parameters().items():
            for value in (p.low - 1.0, 2.0 * p.high + 1.0, inf, -inf, nan):
                self._refused(key, (str(value), f"{p.low:g}", f"{p.high:g}"), **{key: value})
            no_numbers: tuple[object, ...] = ("many", None, True, {})
            for wrong in no_numbers:
                self._refused(key, (repr(wrong), "number"), **{key: wrong})
            self._refused(key, (), **{key: 10**400})
            if p.scale == "integer":
                self._refused(key, (str(p.low + 0.5), "whole"), **{key: p.low + 0.5})

    def test_broken_rules_are_refused(self) -> None:
        """Parameters that break a rule between them are refused by both names."""
        for left, relation, right in self.policy.rules:
            high, low = self.policy.parameters()[left].high, self.policy.parameters()[right].low
            assert not RULES[relation](high, low), f"{left} {relation} {right} cannot be broken"
            self._refused(left, (right, str(high), str(low)), **{left: high, right: low})

    def test_unknown_parameters_are_refused(self) -> None:
        """A misspelt parameter is refused, and the nearest one is offered."""
        for key in self.policy.parameters():
            self._refused(f"{key}x", (key,), **{f"{key}x": 0.5})

    def test_torch_gives_the_same(self) -> None:
        """In torch epsilon is the same to a relative 1e-12, lanes included."""
        try:
            import torch  # noqa: PLC0415 - heavy, and only this test needs it
        except ImportError:
            raise SkipTest("torch is not installed") from None
        some = self.examples()
        lanes = (self.stacked(), np.stack([ages(p) for p in some], axis=1))
        for policy, asked in ((some[0], ages(some[0])), lanes):
            found = policy.epsilon(torch.asarray(asked))
            assert found.dtype == torch.float64, f"{policy}: gives {found.dtype} in torch"
            _near(found.numpy(), policy.epsilon(asked), f"{policy} in torch")

    def test_exported_class_gives_the_same(self) -> None:
        """A drop-in class gives the same to a relative 1e-12, on 10,000 of the default."""
        some = self.examples()
        if some[0].state != "D":
            raise SkipTest(f"{self.policy.__name__} is of class {some[0].state}, and only D can be exported")
        _near_exported(some[0], 10_000)
        for policy in some[:: max(1, len(some) // 20)]:
            _near_exported(policy, 50)

    def _refused(self, key: str, said: tuple[str, ...], **given: object) -> None:
        error = _refusal(self.policy, given)
        assert error is not None, f"{self.policy.__name__} accepts {given}"
        assert error.path == (key,), f"{error!r} leads to {error.path}, but the fault is in {key}"
        for part in (key, *said):
            assert part in str(error), f"{error!r} does not say {part}"


def vectors(policy: type[Policy], count: int = 30) -> list[Values]:
    """The default, corners, round numbers, and `count` vectors inside the search range.

    Corners of the hard bounds and of the search range are left out where they break a rule of the policy;
    inside the range the two values that break one are swapped.
    """
    declared = policy.parameters()
    corners = [
        *_corners({key: (p.low, p.high) for key, p in declared.items()}),
        *_corners({key: p.search for key, p in declared.items()}),
    ]
    inside = [
        {key: _between(p, share) for (key, p), share in zip(declared.items(), point, strict=True)}
        for point in _spread(count, len(declared)).tolist()
    ]
    default = {key: p.default for key, p in declared.items()}
    simple = [{**default, key: value} for key in declared for value in ROUND]
    others = (*corners, *simple, *(_repaired(policy, values) for values in inside))
    return [default, *(values for values in others if _allowed(policy, values))]


def ages(policy: Policy) -> np.ndarray:
    """Rising ages from 0 to inf, float64 `[n]`, with more of them around each length in the policy."""
    around = [
        age
        for length in _lengths(policy)
        for age in (length / 4, length / 2, length - 1, length, length + 1, 2 * length)
    ]
    return np.sort(np.maximum([*COMMON_AGES, *around], 0.0))


def same(left: Any, right: Any) -> bool:
    """Equal shape, type and bits."""
    left, right = np.asarray(left), np.asarray(right)
    return bool(left.shape == right.shape and left.dtype == right.dtype and left.tobytes() == right.tobytes())


SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "[n, lanes]": lambda a: a,
    "[k, n, lanes]": lambda a: np.stack([a, a[::-1], a]),
    "[lanes]": lambda a: a[len(a) // 2],
    "[1, lanes]": lambda a: a[:1],
    "[n, lanes] in Fortran order": np.asfortranarray,
    "[n, lanes], every second row": lambda a: a[::2],
}
"""Ages of one column per lane, laid out in different ways."""


def _lengths(policy: Policy) -> list[float]:
    """Parameters in blocks; a policy inside another begins where the outer one's lengths end."""
    own = [float(policy.values[key]) for key, p in policy.parameters().items() if p.unit == "blocks"]
    inner = getattr(policy, "then", None)
    return own + [a + b for a in own for b in _lengths(inner)] if isinstance(inner, Policy) else own


def _corners(box: dict[str, tuple[float, float]]) -> Iterator[Values]:
    """Every corner of a box; of one with many sides, those within one step of the lowest or the highest."""
    if len(box) <= MANY:
        yield from (dict(zip(box, corner, strict=True)) for corner in product(*box.values()))
        return
    for side in (0, 1):
        corner = {key: ends[side] for key, ends in box.items()}
        yield corner
        yield from ({**corner, key: ends[1 - side]} for key, ends in box.items())


def _spread(count: int, dimensions: int) -> np.ndarray:
    """Points of the unit cube `[count, dimensions]` with few gaps: steps by powers of a golden ratio.

    M. Roberts, The unreasonable effectiveness of quasirandom sequences (2018): x^(dimensions + 1) = x + 1.
    """
    ratio = 1.5
    for _ in range(60):
        ratio = (1.0 + ratio) ** (1.0 / (dimensions + 1))
    steps = ratio ** -np.arange(1.0, dimensions + 1)
    return np.asarray((0.5 + np.arange(1, count + 1)[:, None] * steps) % 1.0)


def _between(parameter: Parameter, share: float) -> float:
    """The value that lies `share` of the way through the search range, on the scale of the search."""
    low, high = parameter.search
    if parameter.scale == "log":
        return exp(log(low) + share * (log(high) - log(low)))
    value = low + share * (high - low)
    return float(round(value)) if parameter.scale == "integer" else value


def _repaired(policy: type[Policy], values: Values) -> Values:
    for left, relation, right in policy.rules:
        if not RULES[relation](values[left], values[right]):
            values = {**values, left: values[right], right: values[left]}
    return values


def _allowed(policy: type[Policy], values: Values) -> bool:
    ruled = all(RULES[relation](values[left], values[right]) for left, relation, right in policy.rules)
    return ruled and all(p.low <= values[key] <= p.high for key, p in policy.parameters().items())


def _travelled(policy: Policy) -> Policy:
    twin: Policy = pickle.loads(pickle.dumps(policy))  # noqa: S301 - pickled right here
    return twin


def _refusal(policy: type[Policy], given: dict[str, object]) -> PolicyError | None:
    try:
        policy(**given)
    except PolicyError as error:
        return error
    return None


def _raises(kind: type[Exception], call: Callable[..., object], *arguments: object) -> bool:
    try:
        call(*arguments)
    except kind:
        return True
    return False


def _agree(found: np.ndarray, expected: np.ndarray, what: str) -> None:
    """To the last bit."""
    assert found.shape == expected.shape, f"{what}: gave {found.shape}, not {expected.shape}"
    assert same(found, expected), f"{what}: {_differences(found, expected, found != expected)}"


def _near(found: np.ndarray, expected: np.ndarray, what: str) -> None:
    """To a relative 1e-12; numbers below 1e-300 have fewer digits."""
    apart = ~np.isclose(found, expected, rtol=1e-12, atol=1e-300)
    assert not apart.any(), f"{what}: {_differences(found, expected, apart)}"


def _near_exported(policy: Policy, count: int) -> None:
    space: dict[str, Any] = {}
    exec(export(policy), space)  # noqa: S102 - the text under test
    compute = space[f"{type(policy).__name__}Epsilon"]().compute_epsilon
    asked = [-1.0, 0.0, inf, *np.round(np.geomspace(1.0, 1e8, count)).tolist()]
    found = [compute(3_000_000 + age, 3_000_000) for age in asked]
    _near(np.array(found), policy.epsilon(np.array(asked)), f"{policy} exported")


def _differences(found: np.ndarray, expected: np.ndarray, where: np.ndarray) -> str:
    places = np.argwhere(where)
    if not len(places):
        return "the sign of a zero differs"
    at = tuple(places[0].tolist())
    return f"{len(places)} of {found.size} differ, the first at {at}: {found[at]!r}, not {expected[at]!r}"
