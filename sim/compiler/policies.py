"""Policies behind addresses: numbers and memory of each column as records, and the functions that work on them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np

from policies import Memory, News, Policy, Seen
from sim.compiler import functions, pointers
from sim.compiler.limits import NotCompilable, check, fields_of
from sim.compiler.methods import fill, layout, remembered

SLOWER = 20
"""How many times longer a lane takes with one that runs interpreted, about."""


@dataclass(frozen=True)
class CompiledPolicy:
    """A policy in some columns.

    Attributes:
        epsilon, numbers, learn: addresses of its function, of its numbers, and of what lets it learn, `[columns]`;
            `learn` is 0 where nothing is remembered, `numbers` where it runs interpreted.
        records: its numbers and its memory, `[columns]`; none where it runs interpreted.
        memories: its memory where it runs interpreted, `[columns]`.
        kept: what must live as long as the addresses.
    """

    epsilon: np.ndarray
    numbers: np.ndarray
    learn: np.ndarray
    records: np.ndarray
    memories: tuple[Memory, ...] = ()
    kept: tuple[Any, ...] = ()

    def memory(self, policy: Policy, column: int) -> Memory:
        """What the policy remembers now in a column."""
        return self.memories[column] if self.memories else remembered(self.records[column], policy)


def compile_policy(policy: Policy, columns: int, failures: list[Exception]) -> CompiledPolicy:
    """The policy for so many columns, each with a memory of its own; `failures` gets what an interpreted one raises."""
    try:
        records = np.zeros(columns, layout(policy))
        epsilon, learn = _epsilon(policy, records.dtype), _learn(policy, records.dtype)
    except NotCompilable as error:
        functions.warn(policy.name(), type(policy), str(error), SLOWER)
        return interpret_policy(policy, columns, failures)
    for row in records:
        fill(row, policy, policy.begin())
    wide = np.ones(columns, np.int64)
    numbers = records.ctypes.data + records.dtype.itemsize * np.arange(columns)
    return CompiledPolicy(epsilon * wide, numbers, learn * wide, records)


def _epsilon(policy: Policy, record: np.dtype[Any]) -> int:
    for each in _chain(policy):
        check(type(each), ["shield"], fields_of(each))
    plain = type(policy).shield is Policy.shield
    return functions.build(functions.CURVE if plain else functions.SHIELD, record, {"Seen": Seen}, pointers.EPSILON, {})


def _learn(policy: Policy, record: np.dtype[Any]) -> int:
    calls, path = [], "me"
    for each in _chain(policy):
        if each.remembers:
            check(type(each), ["learn"], fields_of(each))
            calls.append(f"    {path}.learn({path}.memory, news)")
        path = f"{path}.then"
    if not calls:
        return 0
    text = functions.LEARN.format(calls="\n".join(calls))
    return functions.build(text, record, {"News": News}, pointers.LEARN, {})


def _chain(policy: Policy) -> Iterator[Policy]:
    """A policy and those inside."""
    yield policy
    if (then := getattr(policy, "then", None)) is not None:
        yield from _chain(then)


def interpret_policy(policy: Policy, columns: int, failures: list[Exception]) -> CompiledPolicy:
    """The same, interpreted."""
    memories = tuple(policy.begin() for _ in range(columns))
    kept: list[Any] = []
    for memory in memories:
        own = policy.remembering(memory)

        def advantage(_: int, age: float, *facts: float, own: Policy = own) -> float:
            return own.advantage(age, Seen(*facts))

        def remember(_: int, block: float, crowned: float, *facts: float, own: Policy = own) -> int:
            own.remember(own.memory, News(block, crowned != 0.0, *facts))
            return 0

        kept += [
            pointers.callback(advantage, pointers.EPSILON, nan, failures),
            pointers.callback(remember, pointers.LEARN, 1, failures),
        ]
    address = np.array([pointers.address_of(each) for each in kept]).reshape(columns, 2)
    nothing = np.zeros(columns, np.int64)
    learn = address[:, 1] if any(each.remembers for each in _chain(policy)) else nothing
    return CompiledPolicy(address[:, 0], nothing, learn, np.zeros(columns), memories, tuple(kept))


def compiled_epsilon(policy: Policy) -> Callable[[float, Seen], float]:
    """The policy's formula, compiled, with what it remembers: `(age, seen)` to the advantage, NaN where it fails.

    Raises:
        NotCompilable: it can run interpreted only.
    """
    records = np.zeros(1, layout(policy))
    fill(records[0], policy, policy.memory)
    call = pointers.callable_at(_epsilon(policy, records.dtype), pointers.EPSILON)

    def epsilon(age: float, seen: Seen) -> float:
        return float(call(records.ctypes.data, age, *seen))

    return epsilon


def compiled_learn(policy: Policy) -> Callable[[Memory, News], Memory]:
    """The policy's `remember`, compiled: `(memory, news)` to the memory after that, which is a new one.

    Raises:
        NotCompilable: it can run interpreted only.
        ArithmeticError: when called, if it fails.
    """
    records = np.zeros(1, layout(policy))
    address = _learn(policy, records.dtype)
    call = pointers.callable_at(address, pointers.LEARN) if address else None

    def learn(memory: Memory, news: News) -> Memory:
        fill(records[0], policy, memory)
        if call is not None and call(records.ctypes.data, *(float(fact) for fact in news)):
            raise ArithmeticError(f"{policy} fails to learn from {news}")
        return remembered(records[0], policy)

    return learn
