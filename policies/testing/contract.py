# ruff: noqa: S101 - a contract is a list of asserts
"""The laws of every policy, as tests."""

from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from math import inf, isnan, nan, ulp
from typing import Any, ClassVar
from unittest import SkipTest

import numpy as np

from policies.base import RULES, Policy
from policies.errors import PolicyError
from policies.laws import check_laws
from policies.registry import build, find, names
from policies.testing.cases import (
    COMMON_AGES,
    HISTORIES,
    LONG,
    MODELS,
    ages,
    assert_same,
    assert_same_memory,
    copy_by_pickle,
    facts_at,
    flat,
    memories,
    run_export,
    thin_out,
    vectors,
)

AGES = sorted(COMMON_AGES)


class PolicyContract:
    """The laws of every policy: subclass it with an attribute `policy`, and pytest runs the tests.

    A policy of class D keeps the laws about public history by ignoring it.
    """

    policy: ClassVar[type[Policy]]  #: the class under test

    @classmethod
    def examples(cls) -> list[Policy]:
        """Policies on which every law is checked, the default first."""
        return [cls.policy(**values) for values in vectors(cls.policy)]

    def test_epsilon_is_a_fraction(self) -> None:
        """At every age epsilon is a finite number, at least 0 and less than 1."""
        for policy in self.examples():
            for age in ages(policy):
                found = policy.advantage(age)
                assert 0.0 <= found < 1.0, f"{policy}: {found} at age {age} is not in [0, 1)"

    def test_epsilon_never_increases(self) -> None:
        """An older model never has a larger advantage, but for a few ulp of rounding."""
        for policy in self.examples():
            asked, allowed = ages(policy), 4 * ulp(policy.advantage(0.0))
            found = [policy.advantage(age) for age in asked]
            for at, (earlier, later) in enumerate(pairwise(found)):
                assert later - earlier <= allowed, f"{policy}: rises by {later - earlier} in ages {asked[at : at + 2]}"

    def test_negative_age_counts_as_zero(self) -> None:
        """A model from the future has the advantage of a model of this very block."""
        for policy in self.examples():
            asked = ages(policy)
            found = [policy.advantage(-age) for age in asked]
            assert_same(found, [policy.advantage(0.0)] * len(asked), f"{policy}, negative ages")

    def test_infinite_age_gives_the_infimum(self) -> None:
        """The competitive filter asks for age inf; no age may give less."""
        for policy in self.examples():
            floor, least = policy.advantage(inf), min(policy.advantage(age) for age in ages(policy))
            assert floor <= least, f"{policy}: {floor} at age inf, but {least} at another"

    def test_same_input_gives_the_same_output(self) -> None:
        """Epsilon depends on age alone: neither on earlier calls nor on the order of the ages."""
        for policy in self.examples():
            asked = ages(policy)
            first = [policy.advantage(age) for age in asked]
            assert_same([policy.advantage(age) for age in asked[::-1]][::-1], first, f"{policy}, ages in falling order")
            assert_same(policy.epsilon(np.array(asked)).tolist(), first, f"{policy}, asked again, all at once")

    def test_compiled_gives_the_same_bits(self) -> None:
        """Compiled, the formula gives the very same numbers, after every history."""
        compiled_epsilon = _compiler("compiled_epsilon")
        for policy in thin_out(self.examples(), 10):
            for name, memory, now in memories(policy):
                told = policy.remembering(memory)
                compiled = compiled_epsilon(told)
                for model in MODELS if policy.reads else MODELS[:1]:
                    asked = [(age, facts_at(age, model, now)) for age in ages(policy)]
                    found = [compiled(age, seen) for age, seen in asked]
                    expected = [told.advantage(age, seen) for age, seen in asked]
                    assert_same(found, expected, f"{policy} compiled, after {name}, of {model}")

    def test_compiled_learns_the_same_bits(self) -> None:
        """Compiled, it remembers the very same numbers, after every evaluation of every history."""
        compiled_learn = _compiler("compiled_learn")
        for policy in thin_out(self.examples(), 5):
            if not policy.learns:
                raise SkipTest(f"{policy} remembers nothing")
            learn = compiled_learn(policy)
            for name, told in {**HISTORIES, "hundreds of crowns": LONG[:300]}.items():
                memory = policy.begin()
                for news in told:
                    compiled = learn(memory, news)
                    policy.remember(memory, news)
                    assert_same_memory(compiled, memory, f"{policy} compiled, {news} of {name}")

    def test_is_accepted_when_it_is_loaded(self) -> None:
        """The quick check of every policy that is built accepts it, whatever its parameters."""
        for policy in thin_out(self.examples(), 30):
            check_laws(policy)

    def test_pickles(self) -> None:
        """A policy travels to a worker process and is the same there, with what it remembers."""
        for policy in self.examples():
            twin = copy_by_pickle(policy)
            assert twin == policy, f"{policy} came back as {twin}"
            assert hash(twin) == hash(policy), f"{policy}: another hash after a pickle"
            found = [twin.advantage(age) for age in AGES]
            assert_same(found, [policy.advantage(age) for age in AGES], f"{policy} after a pickle")
        for name, memory, _ in memories(policy):
            told = policy.remembering(memory)
            assert copy_by_pickle(told) == told, f"{policy} after {name} forgets in a pickle"

    def test_frozen(self) -> None:
        """No attribute can be changed, not even after a pickle."""
        for policy in (self.examples()[0], copy_by_pickle(self.examples()[0])):
            for key in (*policy.attributes(), "values", "memory", "anything"):
                try:
                    setattr(policy, key, 0.5)
                except AttributeError:
                    continue
                raise AssertionError(f"{policy}: {key} can be set")

    def test_spec_builds_the_same_policy(self) -> None:
        """The YAML form of a policy builds the same policy."""
        if self.policy.name() not in names() or find(self.policy.name()) is not self.policy:
            raise SkipTest(f"{self.policy.__name__} does not stand on the shelf, so YAML cannot name it")
        for policy in self.examples():
            assert build(policy.spec()) == policy, f"{policy.spec()} built {build(policy.spec())}"

    def test_wrong_values_are_refused(self) -> None:
        """A value out of bounds, no number, or not whole as it must be is refused by name, value and rule."""
        for key, p in self.policy.parameters().items():
            for value in (p.low - 1.0, 2.0 * p.high + 1.0, inf, -inf, nan):
                self._refused(key, (str(value), f"{p.low:g}", f"{p.high:g}"), **{key: value})
            no_numbers: tuple[object, ...] = ("many", None, True, {}, [p.default], np.array([p.default, p.default]))
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

    def test_exported_class_gives_the_same(self) -> None:
        """A drop-in class gives the same to the last bit, on 10,000 ages of the default."""
        for number, policy in enumerate(thin_out(self.examples(), 20)):
            register: dict[str, Any] = {"registry": {}} if policy.reads else {}
            compute = run_export(policy).compute_epsilon
            asked = [-1.0, 0.0, inf, *np.round(np.geomspace(1.0, 1e8, 50 if number else 10_000)).tolist()]
            found = [compute(3_000_000.0 + age, 3_000_000.0, **register) for age in asked]
            assert_same(found, policy.epsilon(asked).tolist(), f"{policy} exported")

    def test_any_history_gives_a_fraction_that_never_increases(self) -> None:
        """Whatever is known, epsilon is in [0, 1), never rises with age, and is least at age inf."""
        for policy in thin_out(self.examples(), 30):
            for name, memory, now in memories(policy):
                told = policy.remembering(memory)
                for model in MODELS:
                    said = f"{policy} after {name}, of {model}"
                    found = [told.advantage(age, facts_at(age, model, now)) for age in AGES]
                    assert 0.0 <= min(found) <= max(found) < 1.0, f"{said}: {min(found)} to {max(found)}"
                    rises = max(later - earlier for earlier, later in pairwise(found))
                    assert rises <= 4 * ulp(found[0]), f"{said}: rises by {rises}"
                    assert found[-1] <= min(found), f"{said}: age inf does not give the least"
                    assert_same([told.advantage(-7.0, facts_at(0.0, model, now))], found[:1], f"{said}, negative age")

    def test_memory_keeps_its_shape(self) -> None:
        """The same names are remembered after any news, as numbers, after ten thousand crowns too."""
        for policy in thin_out(self.examples(), 5):
            for name, memory, now in memories(policy, {**HISTORIES, "ten thousand crowns": LONG}):
                said = f"{policy} after {name}"
                numbers = flat(memory)
                assert list(numbers) == list(flat(policy.begin())), f"{said}: remembers {memory}"
                assert all(isinstance(number, float) for number in numbers.values()), f"{said}: remembers {memory}"
                found = [policy.remembering(memory).advantage(age, facts_at(age, MODELS[1], now)) for age in AGES]
                assert 0.0 <= min(found) <= max(found) < 1.0, f"{said}: epsilon is {min(found)} to {max(found)}"

    def test_replayed_news_give_the_same(self) -> None:
        """Memory is a function of the news alone, bit for bit."""
        for policy, twin in zip(thin_out(self.examples(), 30), thin_out(self.examples(), 30), strict=True):
            for (name, first, _), (_, second, _) in zip(memories(policy), memories(twin), strict=True):
                assert_same_memory(second, first, f"{policy} after {name}, told again: {second}")

    def test_asking_changes_no_memory(self) -> None:
        """What is remembered changes by evaluations alone, not by being asked."""
        for policy in thin_out(self.examples(), 5):
            for name, memory, now in memories(policy):
                before = memory.copy()
                for age in AGES:
                    policy.remembering(memory).advantage(age, facts_at(age, MODELS[1], now))
                assert_same_memory(memory, before, f"{policy} after {name}, when asked")

    def test_exported_class_remembers_the_same(self) -> None:
        """An exported class that is told the same gives the same, to the last bit."""
        if not self.examples()[0].reads:
            raise SkipTest(f"{self.policy.__name__} is of class D, and reads no history")
        for policy in thin_out(self.examples(), 5):
            for name, memory, now in memories(policy):
                told, there = policy.remembering(memory), run_export(policy)
                for news in HISTORIES[name] if policy.learns else []:
                    there.remember(**news._asdict())
                for model in MODELS:
                    facts = {key: value for key, value in model._asdict().items() if key not in ("since", "now")}
                    facts |= {} if isnan(model.since) else {"crowned": now - model.since}
                    asked = [float(int(age)) for age in AGES if age < now]
                    found = [there.compute_epsilon(now, now - age, {now - age: facts}) for age in asked]
                    expected = [told.advantage(age, facts_at(age, model, now)) for age in asked]
                    assert_same(found, expected, f"{policy} exported, after {name}, of {model}")

    def test_says_what_it_reads(self) -> None:
        """Class D ignores history, D+ remembers nothing, and a policy that reads history says what is to be stored."""
        policy = self.examples()[0]
        assert policy.state == "V" or not policy.learns, f"{policy} is of class {policy.state} and remembers something"
        if not policy.reads:
            alone = [policy.advantage(age) for age in AGES]
            for model in MODELS:
                found = [policy.advantage(age, facts_at(age, model, 4_001_234.0)) for age in AGES]
                assert_same(found, alone, f"{policy} of class D, of {model}")
        said = policy.stores != Policy.stores
        assert said == policy.reads, f"{self.policy.__name__} must say in `stores` what its class {policy.state} needs"

    def _refused(self, key: str, said: tuple[str, ...], **given: object) -> None:
        try:
            self.policy(**given)
        except PolicyError as refusal:
            error = refusal
        else:
            raise AssertionError(f"{self.policy.__name__} accepts {given}")
        assert error.path == (key,), f"{error!r} leads to {error.path}, but the fault is in {key}"
        for part in (key, *said):
            assert part in str(error), f"{error!r} does not say {part}"


def _compiler(hook: str) -> Callable[[Policy], Any]:
    """The function that compiles a policy; it skips the test where nothing, or not this policy, can be compiled."""
    try:
        engine = import_module("sim.compiler.policies")
    except ImportError as error:
        raise SkipTest(f"nothing is compiled here: {error}") from None

    def compiled(policy: Policy) -> Any:
        try:
            return getattr(engine, hook)(policy)
        except engine.NotCompilable as error:
            raise SkipTest(f"it runs interpreted: {error}") from None

    return compiled
