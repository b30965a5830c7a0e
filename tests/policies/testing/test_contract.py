"""The contract holds for a sound policy of a stranger, and fails for policies that break it."""

from functools import partial
from itertools import count
from math import inf, nextafter
from typing import Any
from unittest import SkipTest

import pytest

from policies import Memory, News, Parameter, Policy, Seen
from policies.base import blocks, end_epsilon, start_epsilon
from policies.testing import PolicyContract


def hyperbolic(start: float, end: float, share: float) -> float:
    """From `start` at a share of 0 down to `end`."""
    return end + (start - end) / (1.0 + share)


class Sound(Policy):
    """A policy that keeps the contract: what the broken ones are made from."""

    formula = "end + (start - end) / (1 + age / half_blocks)"
    source = "this test"
    rules = (("end", "<=", "start"),)

    start = start_epsilon()
    end = end_epsilon()
    half_blocks = blocks("age at half height", 7_200)

    def curve(self, age: float) -> float:
        """Hyperbolic."""
        return hyperbolic(self.start, self.end, age / self.half_blocks)


class Rising(Sound):
    """The older, the safer."""

    def curve(self, age: float) -> float:
        """Upside down."""
        return self.start - (self.start - self.end) / (1.0 + age / self.half_blocks)


class LostAtInfinity(Sound):
    """inf / inf is NaN."""

    def curve(self, age: float) -> float:
        """Hill's formula, unguarded."""
        return self.start * (1.0 - age / (age + self.half_blocks))


class Total(Policy):
    """An advantage of 1 multiplies a loss by 0: nobody can win against it."""

    formula = source = ""
    level = Parameter("the advantage", "fraction of loss", 0.0, 1.0, 0.005, (0.0, 0.02))

    def curve(self, age: float) -> float:
        """As `fixed`."""
        return self.level


class Reborn(Sound):
    """For ever young: what the filter asks for is not the least."""

    def curve(self, age: float) -> float:
        """Full protection at age inf."""
        return hyperbolic(self.start, self.end, age / self.half_blocks) if age < 1e300 else self.start


class Signed(Sound):
    """Models from the future are safer still."""

    def advantage(self, age: float, seen: Seen | None = None) -> float:
        """Without the clamp at age 0."""
        return self.curve(max(age, -10.0))


class Moody(Sound):
    """Remembers how often it was asked."""

    asked = count()

    def curve(self, age: float) -> float:
        """Less every time."""
        return hyperbolic(self.start, self.end, age / self.half_blocks) / (1.0 + next(self.asked))


class Homebound(Sound):
    """Holds a function that cannot travel."""

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        object.__setattr__(self, "helper", lambda age: age)


class Soft(Sound):
    """Can be changed after the fact."""

    __setattr__ = object.__setattr__


class Local(Sound):
    """Knows where it runs."""

    def curve(self, age: float) -> float:
        """Something else where it is no policy."""
        level = hyperbolic(self.start, self.end, age / self.half_blocks)
        return level if isinstance(self, Sound) else self.end


class Gullible(Sound):
    """Takes whatever it is given."""

    def __init__(self, **given: Any) -> None:
        self._freeze({key: given.get(key, p.default) for key, p in self.parameters().items()})


class Mindful(Sound):
    """A policy that reads history and keeps the contract: the broken ones below are made from it."""

    state = "V"
    stores = "per crown: the measured gain"
    remembers = (("descent", 0.0),)

    def shield(self, age: float, seen: Seen) -> float:
        """The more has been achieved, the lower."""
        return self.curve(age) / (1.0 + self.memory.descent)

    def learn(self, memory: Memory, news: News) -> None:
        """Gains add up, where they are known."""
        if news.crowned and 0.0 < news.gain < inf:
            memory.descent = memory.descent + news.gain


class Blinded(Mindful):
    """NaN where nobody has measured."""

    def shield(self, age: float, seen: Seen) -> float:
        """A gain that is not known to be one."""
        return self.curve(age) / (1.0 + seen.gain)


class Awaiting(Mindful):
    """Knows better than age inf."""

    def shield(self, age: float, seen: Seen) -> float:
        """The time since the crown counts even where full decay is asked for."""
        return self.curve((max(seen.since, 0.0) if seen.since < age else age) / (1.0 + (age > 1e4)))


class Growing(Mindful):
    """Keeps everything."""

    def learn(self, memory: Memory, news: News) -> None:
        """One name more each time."""
        vars(memory)[f"at {news.block}"] = news.gain


class Whimsical(Mindful):
    """Knows how often it was told, whatever it was told."""

    told = count()

    def learn(self, memory: Memory, news: News) -> None:
        """Another number each time."""
        memory.descent = memory.descent + next(self.told)


class Scribbler(Mindful):
    """Writes into its memory when it is asked."""

    def shield(self, age: float, seen: Seen) -> float:
        """Being asked costs something."""
        self.memory.descent = self.memory.descent + 1.0
        return self.curve(age) / (1.0 + self.memory.descent)


class Silent(Mindful):
    """Does not say what it takes."""

    stores = Policy.stores


class Modest(Mindful):
    """Says that one number per king is enough, and remembers more."""

    state = "D+"


class Secret(Sound):
    """Reads what its class may not."""

    def shield(self, age: float, seen: Seen) -> float:
        """The measured gain."""
        return self.curve(age) * (0.5 if seen.gain > 0.001 else 1.0)


class Parochial(Mindful):
    """Learns something else where it is no policy."""

    def learn(self, memory: Memory, news: News) -> None:
        """Only here are gains counted."""
        if news.crowned and isinstance(self, Sound):
            memory.descent = memory.descent + 0.001


def broken_laws(policy: type[Policy]) -> set[str]:
    """The contract's tests that a policy fails."""
    contract = type("Contract", (PolicyContract,), {"policy": policy})()
    failed = set()
    for name in dir(contract):
        if name.startswith("test_"):
            try:
                getattr(contract, name)()
            except SkipTest:
                pass
            except Exception:
                failed.add(name)
    return failed


def test_a_sound_policy_of_a_stranger_breaks_no_law() -> None:
    """A policy that stands in no shelf keeps the contract when its formula does."""
    assert broken_laws(Sound) == set()
    assert broken_laws(Mindful) == set()


@pytest.mark.parametrize(
    ("policy", "law"),
    [
        (Rising, "test_epsilon_never_increases"),
        (Rising, "test_infinite_age_gives_the_infimum"),
        (Rising, "test_is_accepted_when_it_is_loaded"),
        (LostAtInfinity, "test_epsilon_is_a_fraction"),
        (Total, "test_epsilon_is_a_fraction"),
        (Reborn, "test_infinite_age_gives_the_infimum"),
        (Signed, "test_negative_age_counts_as_zero"),
        (Moody, "test_same_input_gives_the_same_output"),
        (Homebound, "test_pickles"),
        (Soft, "test_frozen"),
        (Local, "test_exported_class_gives_the_same"),
        (Gullible, "test_wrong_values_are_refused"),
        (Gullible, "test_unknown_parameters_are_refused"),
        (Gullible, "test_broken_rules_are_refused"),
        (Blinded, "test_any_history_gives_a_fraction_that_never_increases"),
        (Awaiting, "test_any_history_gives_a_fraction_that_never_increases"),
        (Growing, "test_memory_keeps_its_shape"),
        (Whimsical, "test_replayed_news_give_the_same"),
        (Scribbler, "test_asking_changes_no_memory"),
        (Silent, "test_says_what_it_reads"),
        (Modest, "test_says_what_it_reads"),
        (Secret, "test_says_what_it_reads"),
        (Parochial, "test_exported_class_remembers_the_same"),
    ],
)
def test_a_broken_policy_breaks_its_law(policy: type[Policy], law: str) -> None:
    """Every law can fail: a policy made to break it does."""
    assert law in broken_laws(policy)


def test_a_compiled_formula_must_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law about compiled formulas compares to the last bit: one ulp more breaks it."""
    found = {"the same": lambda told: told.advantage, "an ulp more": lambda told: partial(_an_ulp_more, told)}
    for what, compiled in found.items():
        monkeypatch.setattr("policies.testing.contract._compiler", lambda hook, compiled=compiled: compiled)
        broken = "test_compiled_gives_the_same_bits" in broken_laws(Mindful)
        assert broken == (what != "the same"), what


def _an_ulp_more(told: Policy, age: float, seen: Seen) -> float:
    return nextafter(told.advantage(age, seen), 1.0)
