# ruff: noqa: S101 - a contract is a list of asserts
"""The contract as tests, for the policies here and for yours; nothing is random, and pytest is not imported.

Hold your own policy to it in a test file that pytest collects:

    from policies.contract import PolicyContract

    class TestMine(PolicyContract):
        policy = Mine
"""

import operator
from functools import partial
from math import inf, nan
from unittest import SkipTest

import numpy as np

from policies.base import Policy
from policies.contract_cases import SHAPES, ages, agree, near, raises, refusal, same, travelled, vectors
from policies.contract_history import HistoryLaws, exported
from policies.declared import RULES
from policies.shelf import build, find, names

__all__ = ["PolicyContract", "ages", "same", "vectors"]


class PolicyContract(HistoryLaws):
    """What every policy promises; subclass it, name the policy, and pytest does the rest."""

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
            agree(found, np.full(found.shape, policy.epsilon(0.0)), f"{policy}, negative ages")

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
            agree(policy.epsilon(asked[::-1])[::-1], first, f"{policy}, ages in falling order")
            agree(policy.epsilon(asked), first, f"{policy}, asked again")

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
            twin = travelled(policy)
            assert twin == policy, f"{policy} came back as {twin}"
            assert hash(twin) == hash(policy), f"{policy}: another hash after a pickle"
            agree(twin.epsilon(asked), policy.epsilon(asked), f"{policy} after a pickle")

    def test_lanes_agree_with_each_alone(self) -> None:
        """An array of parameters gives, bit for bit, what each policy alone gives, whatever the shape."""
        some, lanes, name = self.examples(), self.stacked(), self.policy.__name__
        asked = np.stack([ages(p) for p in some], axis=1)
        alone = np.stack([p.epsilon(a) for p, a in zip(some, asked.T, strict=True)], axis=1)
        for shape, reshape in SHAPES.items():
            agree(lanes.epsilon(reshape(asked)), reshape(alone), f"{name}, ages {shape}")
        each = np.stack([p.epsilon(asked[:, 0]) for p in some], axis=1)
        agree(lanes.epsilon(asked[:, :1]), each, f"{name}, ages [n, 1]")
        thrice = some[0].stack(some, repeat=3)
        agree(thrice.epsilon(asked[:, :1]), np.repeat(each, 3, axis=1), f"{name}, repeated lanes")

    def test_single_ages_and_whole_blocks_agree(self) -> None:
        """An age gives alone what it gives in an array, and whole blocks may be ints."""
        for policy in self.examples()[::3]:
            whole = np.floor(ages(policy)[ages(policy) < 1e15])
            epsilon, single = policy.epsilon(whole), [policy.epsilon(age) for age in whole.tolist()]
            agree(np.array(single), epsilon, f"{policy}, one age at a time")
            agree(policy.epsilon(whole.astype(np.int64)), epsilon, f"{policy}, ages as ints")

    def test_frozen(self) -> None:
        """No attribute and no parameter array can be changed, not even after a pickle."""
        for policy in (self.examples()[0], self.stacked(), travelled(self.stacked())):
            for key in (*policy.parameters(), "values", "anything"):
                assert raises(AttributeError, setattr, policy, key, 0.5), f"{policy}: {key} can be set"
            for key, value in policy.values.items():
                locked = not np.ndim(value) or raises(ValueError, operator.setitem, value, 0, 0.5)
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
            near(found.numpy(), policy.epsilon(asked), f"{policy} in torch")

    def test_exported_class_gives_the_same(self) -> None:
        """A drop-in class gives the same to a relative 1e-12, on 10,000 of the default."""
        some = self.examples()
        _near_exported(some[0], 10_000)
        for policy in some[:: max(1, len(some) // 20)]:
            _near_exported(policy, 50)

    def _refused(self, key: str, said: tuple[str, ...], **given: object) -> None:
        error = refusal(self.policy, given)
        assert error is not None, f"{self.policy.__name__} accepts {given}"
        assert error.path == (key,), f"{error!r} leads to {error.path}, but the fault is in {key}"
        for part in (key, *said):
            assert part in str(error), f"{error!r} does not say {part}"


def _near_exported(policy: Policy, count: int) -> None:
    compute = partial(exported(policy).compute_epsilon, **({"registry": {}} if policy.reads else {}))
    asked = [-1.0, 0.0, inf, *np.round(np.geomspace(1.0, 1e8, count)).tolist()]
    found = [compute(3_000_000 + age, 3_000_000) for age in asked]
    near(np.array(found), policy.epsilon(np.array(asked)), f"{policy} exported")
