"""Policies behind addresses."""

from collections.abc import Callable, Iterator
from typing import Any

from policies import Memory, News, Policy, Seen
from sim.compiler.functions import Compiled, Entry, compile_entries, compiled_call
from sim.compiler.limits import NotCompilable, fields_of
from sim.compiler.methods import fill, memory_of, records_of
from sim.compiler.pointers import EPSILON, LEARN

__all__ = ["NotCompilable", "compile_policy", "compiled_epsilon", "compiled_learn"]

CURVE = """
def function(self, age, since, gain, gap, loss, error, now, similarity, option):
    return record(self).curve(age)
"""

SHIELD = """
def function(self, age, since, gain, gap, loss, error, now, similarity, option):
    return record(self).shield(age, Seen(since, gain, gap, loss, error, now, similarity, option))
"""

LEARNING = """
def function(self, block, crowned, gain, gap, loss, best, error):
    me = record(self)
    news = News(block, crowned != 0.0, gain, gap, loss, best, error)
{calls}
    return 0
"""


def compile_policy(policy: Policy, columns: int, failures: list[Exception]) -> Compiled:
    """The policy for so many columns, each with a memory of its own: `epsilon`, and `learn` where it remembers.

    `failures` gets what it raises where it runs interpreted.
    """

    def interpret(_: int) -> dict[str, Callable[..., Any]]:
        own = policy.remembering(policy.begin())

        def learn(block: float, crowned: float, *facts: float) -> int:
            own.remember(own.memory, News(block, crowned != 0.0, *facts))
            return 0

        return {"epsilon": lambda age, *facts: own.advantage(age, Seen(*facts)), "learn": learn}

    records = records_of(policy, [policy.begin()] * columns)
    return compile_entries(policy.name(), type(policy), records, _entries(policy), interpret, failures, slower=20)


def _entries(policy: Policy) -> dict[str, Entry]:
    text = CURVE if type(policy).shield is Policy.shield else SHIELD
    checks = tuple((type(each), "shield", fields_of(each)) for each in _chain(policy))
    entries = {"epsilon": Entry(EPSILON, text, checks, {"Seen": Seen})}
    learners = {"me" + ".then" * depth: each for depth, each in enumerate(_chain(policy)) if each.remembers}
    if learners:
        text = LEARNING.format(calls="\n".join(f"    {path}.learn({path}.memory, news)" for path in learners))
        checks = tuple((type(each), "learn", fields_of(each)) for each in learners.values())
        entries["learn"] = Entry(LEARN, text, checks, {"News": News})
    return entries


def _chain(policy: Policy) -> Iterator[Policy]:
    """A policy and those inside."""
    yield policy
    if (then := getattr(policy, "then", None)) is not None:
        yield from _chain(then)


def compiled_epsilon(policy: Policy) -> Callable[[float, Seen], float]:
    """The policy's formula, compiled, with what it remembers: `(age, seen)` to the advantage, NaN where it fails.

    Raises:
        NotCompilable: it can run interpreted only.
    """
    call = compiled_call(_entries(policy)["epsilon"], records_of(policy, [policy.memory]))
    return lambda age, seen: float(call(age, *seen))


def compiled_learn(policy: Policy) -> Callable[[Memory, News], Memory]:
    """The policy's `remember`, compiled: `(memory, news)` to the memory after that, which is a new one.

    Raises:
        NotCompilable: it can run interpreted only.
        ArithmeticError: when called, if it fails.
    """
    records, entry = records_of(policy, [policy.begin()]), _entries(policy).get("learn")
    call = compiled_call(entry, records) if entry else None

    def learn(memory: Memory, news: News) -> Memory:
        fill(records[0], policy, memory)
        if call is not None and call(*(float(fact) for fact in news)):
            raise ArithmeticError(f"{policy} fails to learn from {news}")
        return memory_of(records[0], policy)

    return learn
