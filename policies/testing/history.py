# ruff: noqa: S101 - laws are asserts
"""Laws about public history, which `PolicyContract` inherits; a policy of class D keeps them by ignoring it."""

from itertools import pairwise
from math import exp, inf, isnan, nan, ulp
from typing import Any, ClassVar
from unittest import SkipTest

from policies.base import Policy
from policies.export import export
from policies.seen import Memory, News, Seen
from policies.testing.cases import COMMON_AGES, agree, some, vectors

FIRST = News(4_000_000.0, crowned=True, loss=2.5, best=-0.01, error=1e-3)


def _descent(crowns: int, every: float, gain: float, misses: bool = True) -> list[News]:
    """The first king and others at even distances, with or without a near miss before each."""
    told = [FIRST]
    for number in range(1, crowns):
        block, loss = FIRST.block + number * every, 1.5 + exp(-gain * number)
        told += [News(block - every / 2, loss=loss, best=gain / 2, error=1e-3)] if misses else []
        told.append(News(block, True, gain, every / 7200, loss, -gain, 1e-3))
    return told


HISTORIES: dict[str, list[News]] = {
    "nothing": [],
    "one crown": [FIRST],
    "eight crowns": _descent(8, 7_000.0, 0.004),
    "no crown": [News(4_000_000.0 + 150 * i, best=1e-4 * i, error=1e-3) for i in range(20)],
    "no challenger": [FIRST, *(News(4_000_150.0 + 150 * i, loss=2.5, error=1e-3) for i in range(5))],
    "crowns in one block": [FIRST, FIRST, News(FIRST.block, True, 0.004, 0.0, 2.49, 0.002, 1e-3), FIRST],
    "no standard errors": [news._replace(error=nan) for news in _descent(4, 7_000.0, 0.004)],
    "nothing is known": [
        News(4_000_000.0, True, nan, nan, nan, nan, nan),
        News(4_000_150.0, False, nan, nan, nan, nan, nan),
    ],
    "strange numbers": [
        News(4_000_000.0, True, inf, inf, 0.0, inf, 0.0),
        News(4_007_200.0, True, -0.5, 1.0, inf, -0.5, inf),
        News(3_900_000.0, True, 1.0, -1.0, 1e-9, 0.0, 0.0),
        News(4_007_200.0, False, 0.0, inf, 50.0, 0.0, 1e-12),
    ],
}
"""Histories, by a name for messages."""

LONG = _descent(10_000, 300.0, 1e-4, misses=False)
"""Ten thousand crowns."""

MODELS: tuple[Seen, ...] = (
    Seen(nan),  # never king, never measured
    Seen(3_600.0, 0.004, 2.0, 2.5, 1e-3, similarity=0.5),
    Seen(0.0, 0.02, 14.0, 1.7, 5e-4, similarity=1.0),
    Seen(50_000.0, 1e-9, 0.01, 2.5, 0.01, similarity=0.0),
    Seen(inf, inf, inf, inf, inf, similarity=inf),
    Seen(100.0, nan, nan, nan, nan, similarity=nan),
    Seen(-5.0, -0.01, -1.0, -1.0, 0.0, similarity=-1.0),
    Seen(100.0, 0.0, 0.0, 0.0, 0.0, similarity=2.0),
)
"""What may be known about a model; where `since` is NaN the age replaces it."""

AGES = sorted(COMMON_AGES)


class HistoryLaws:
    """The laws of a policy that reads history, beside those of a policy of the age alone.

    Attributes:
        policy: the class under test.
    """

    policy: ClassVar[type[Policy]]

    @classmethod
    def examples(cls) -> list[Policy]:
        """Policies on which every law is checked, the default first."""
        return [cls.policy(**values) for values in vectors(cls.policy)]

    def test_any_history_gives_a_fraction_that_never_increases(self) -> None:
        """Whatever is known, epsilon is in [0, 1), never rises with age, and is least at age inf."""
        for policy in some(self.examples(), 30):
            for name, memory, now in remembered(policy):
                told = policy.remembering(memory)
                for model in MODELS:
                    said = f"{policy} after {name}, of {model}"
                    found = [told.advantage(age, facts_at(age, model, now)) for age in AGES]
                    assert 0.0 <= min(found) <= max(found) < 1.0, f"{said}: {min(found)} to {max(found)}"
                    rises = max(later - earlier for earlier, later in pairwise(found))
                    assert rises <= 4 * ulp(found[0]), f"{said}: rises by {rises}"
                    assert found[-1] <= min(found), f"{said}: age inf does not give the least"
                    agree([told.advantage(-7.0, facts_at(0.0, model, now))], found[:1], f"{said}, negative age")

    def test_memory_keeps_its_shape(self) -> None:
        """The same names are remembered after any news, as numbers, after ten thousand crowns too."""
        for policy in some(self.examples(), 5):
            for name, memory, now in remembered(policy, {**HISTORIES, "ten thousand crowns": LONG}):
                said = f"{policy} after {name}"
                assert _names(memory) == _names(policy.begin()), f"{said}: remembers {memory}"
                assert all(isinstance(number, float) for number in flat(memory)), f"{said}: remembers {memory}"
                found = [policy.remembering(memory).advantage(age, facts_at(age, MODELS[1], now)) for age in AGES]
                assert 0.0 <= min(found) <= max(found) < 1.0, f"{said}: epsilon is {min(found)} to {max(found)}"

    def test_replayed_news_give_the_same(self) -> None:
        """Memory is a function of the news alone, bit for bit."""
        for policy, twin in zip(some(self.examples(), 30), some(self.examples(), 30), strict=True):
            for (name, first, _), (_, second, _) in zip(remembered(policy), remembered(twin), strict=True):
                agree(flat(second), flat(first), f"{policy} after {name}, told again: {second}")

    def test_asking_changes_no_memory(self) -> None:
        """What is remembered changes by evaluations alone, not by being asked."""
        for policy in some(self.examples(), 5):
            for name, memory, now in remembered(policy):
                before = flat(memory)
                for age in AGES:
                    policy.remembering(memory).advantage(age, facts_at(age, MODELS[1], now))
                agree(flat(memory), before, f"{policy} after {name}, when asked")

    def test_exported_class_remembers_the_same(self) -> None:
        """An exported class that is told the same gives the same, to the last bit."""
        if not self.examples()[0].reads:
            raise SkipTest(f"{self.policy.__name__} is of class D, and reads no history")
        for policy in some(self.examples(), 5):
            for name, memory, now in remembered(policy):
                told, there = policy.remembering(memory), exported(policy)
                for news in HISTORIES[name] if policy.learns else []:
                    there.remember(**news._asdict())
                for model in MODELS:
                    facts = {key: value for key, value in model._asdict().items() if key not in ("since", "now")}
                    facts |= {} if isnan(model.since) else {"crowned": now - model.since}
                    asked = [float(int(age)) for age in AGES if age < now]
                    found = [there.compute_epsilon(now, now - age, {now - age: facts}) for age in asked]
                    expected = [told.advantage(age, facts_at(age, model, now)) for age in asked]
                    agree(found, expected, f"{policy} exported, after {name}, of {model}")

    def test_says_what_it_reads(self) -> None:
        """Class D ignores history, D+ remembers nothing, and a policy that reads history says what is to be stored."""
        policy = self.examples()[0]
        assert policy.state == "V" or not policy.learns, f"{policy} is of class {policy.state} and remembers something"
        if not policy.reads:
            alone = [policy.advantage(age) for age in AGES]
            for model in MODELS:
                found = [policy.advantage(age, facts_at(age, model, 4_001_234.0)) for age in AGES]
                agree(found, alone, f"{policy} of class D, of {model}")
        said = policy.stores != Policy.stores
        assert said == policy.reads, f"{self.policy.__name__} must say in `stores` what its class {policy.state} needs"


def exported(policy: Policy) -> Any:
    """An instance of the exported class, from the text alone."""
    space: dict[str, Any] = {}
    exec(export(policy), space)  # noqa: S102 - the text under test
    return space[[name for name in space if name.endswith("Epsilon")][-1]]()


def remembered(policy: Policy, histories: dict[str, list[News]] = HISTORIES) -> list[tuple[str, Memory, float]]:
    """The name of each history, the policy's memory after it, and a block soon after.

    A policy without memory has the empty history only.
    """
    made = []
    for name, told in histories.items() if policy.learns else [("nothing", [])]:
        memory = policy.begin()
        for news in told:
            policy.remember(memory, news)
        made.append((name, memory, max([4_000_000.0, *(news.block for news in told)]) + 1_234.0))
    return made


def facts_at(age: float, model: Seen, now: float) -> Seen:
    """The facts about `model` when it has that age at block `now`."""
    return model._replace(since=age if isnan(model.since) else model.since, now=now)


def flat(memory: Memory) -> list[float]:
    """All numbers of a memory, those of the policy inside last."""
    then = vars(memory).get("then")
    return [*memory.numbers().values(), *(flat(then) if isinstance(then, Memory) else [])]


def _names(memory: Memory) -> list[str]:
    then = vars(memory).get("then")
    return [*memory.numbers(), *(f"then.{name}" for name in _names(then))] if then is not None else [*memory.numbers()]
