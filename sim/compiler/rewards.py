"""Reward rules behind addresses: numbers, memory and ledger of each column, and the functions that work on them."""

from collections import namedtuple
from collections.abc import Callable
from ctypes import c_bool, c_double
from dataclasses import dataclass
from functools import cache
from math import nan
from typing import Any

import numpy as np
from numba import types
from numpy.ctypeslib import as_array
from numpy.typing import NDArray

from policies.rewards import Crowning, Reward
from policies.seen import Memory
from sim.compiler import functions, pointers
from sim.compiler.limits import NotCompilable, check, fields_of
from sim.compiler.methods import fill, layout, remembered

FLOATS, FLAGS = types.float64, types.boolean

SLOWER = 100
"""How many times longer a lane takes with one that runs interpreted, about."""


@dataclass(frozen=True)
class CompiledReward:
    """A rule in some columns.

    Attributes:
        pay, held, numbers, ledgers: addresses of its functions, its numbers, and its miners' numbers, `[columns]`.
        kept: what must live as long as the addresses.
    """

    pay: NDArray[np.int64]
    held: NDArray[np.int64]
    numbers: NDArray[np.int64]
    ledgers: NDArray[np.int64]
    kept: tuple[Any, ...]


def compile_reward(rule: Reward, columns: int, miners: int, failures: list[Exception]) -> CompiledReward:
    """The rule for so many columns; `failures` gets what an interpreted one raises."""
    ledger = np.zeros((columns, max(len(rule.ledger), 1), miners))
    for row, (_, number) in enumerate(rule.ledger):
        ledger[:, row] = number
    ledgers = ledger.ctypes.data + ledger.strides[0] * np.arange(columns)
    try:
        records = np.zeros(columns, layout(rule))
        pay, held = _functions(rule, records.dtype)
    except NotCompilable as error:
        functions.warn(rule.name(), type(rule), str(error), SLOWER)
        return _interpreted(rule, ledger, ledgers, failures)
    for record in records:
        fill(record, rule, rule.begin(0)[0])
    wide = np.ones(columns, np.int64)
    numbers = records.ctypes.data + records.dtype.itemsize * np.arange(columns)
    return CompiledReward(pay * wide, held * wide, numbers, ledgers, (records, ledger))


@cache
def _ledger(names: tuple[str, ...]) -> Any:
    """A tuple of arrays by name."""
    return namedtuple("Ledger", names or ("nothing",))


def _functions(rule: Reward, record: np.dtype[Any]) -> tuple[int, int]:
    """The addresses of the rule's `pay` and `held`."""
    check(type(rule), ["pay", "held"], fields_of(rule))
    names = tuple(name for name, _ in rule.ledger)
    rows = ", ".join(f"rows[{i}]" for i in range(max(len(names), 1)))
    memory = "me.memory" if rule.remembers else "me"
    scope = {"Ledger": _ledger(names), "Crowning": Crowning}
    pay, held = (
        text.format(width=max(len(names), 1), rows=rows, memory=memory) for text in (functions.PAY, functions.HELD)
    )
    return (
        functions.build(pay, record, scope, pointers.PAY, {1: FLOATS, 2: FLOATS, 3: FLAGS, 4: FLOATS}),
        functions.build(held, record, scope, pointers.HELD, {1: FLOATS}),
    )


class _Row(np.ndarray[Any, Any]):
    """Numbers of miners of which one is a plain float, as it is where rules are compiled."""

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return found.item() if isinstance(found, np.generic) else found


def _interpreted(
    rule: Reward, ledger: NDArray[np.float64], ledgers: NDArray[np.int64], failures: list[Exception]
) -> CompiledReward:
    kept: list[Any] = [ledger]
    addresses: list[list[int]] = [[], []]
    made, miners = _ledger(tuple(name for name, _ in rule.ledger)), ledger.shape[2]

    def array(address: int, kind: Any) -> Any:
        return as_array((kind * miners).from_address(address)).view(_Row)

    for column in range(len(ledger)):
        memory, own = rule.begin(miners)[0], made(*ledger[column].view(_Row))

        def pay(_: int, __: int, weights: int, line: int, paid: int, ___: int, king: int, crowned: float, gain: float,
                fresh: float, days: float, memory: Any = memory, own: Any = own) -> float:  # fmt: skip
            news = Crowning(king, crowned != 0.0, gain, fresh != 0.0, array(line, c_bool))
            return rule.pay(memory, own, array(weights, c_double), news, days, array(paid, c_double))

        def held(_: int, __: int, ___: int, memory: Any = memory, own: Any = own) -> float:
            return rule.held(memory, own)

        both: tuple[tuple[Any, Any], ...] = ((pay, pointers.PAY), (held, pointers.HELD))
        for place, (function, kind) in enumerate(both):
            kept.append(pointers.callback(function, kind, nan, failures))
            addresses[place].append(pointers.address_of(kept[-1]))
    return CompiledReward(
        np.array(addresses[0]), np.array(addresses[1]), np.zeros(len(ledger), np.int64), ledgers, tuple(kept)
    )


Paid = tuple[float, float, Memory, NDArray[np.float64]]


def compiled_reward(rule: Reward, miners: int) -> Callable[[NDArray[np.float64], Crowning, float], Paid]:
    """The rule, compiled, from its beginning on, for so many miners.

    Returns:
        A function of `(weights, crowning, days)` that pays for one step after the other: what is burned, what is held
        back, what the rule remembers then, and what is paid, `[miners]`.

    Raises:
        NotCompilable: it can run interpreted only.
    """
    records = np.zeros(1, layout(rule))
    pay, held = (
        pointers.callable_at(address, kind)
        for address, kind in zip(_functions(rule, records.dtype), (pointers.PAY, pointers.HELD), strict=True)
    )
    fill(records[0], rule, rule.begin(0)[0])
    ledger = np.array([np.full(miners, number) for _, number in rule.ledger] or [np.zeros(miners)])

    def step(weights: NDArray[np.float64], crowning: Crowning, days: float) -> Paid:
        shares, line, paid = weights.astype(np.float64), np.asarray(crowning.line, np.bool_), np.zeros(miners)
        own, facts = (records.ctypes.data, ledger.ctypes.data), (crowning.crowned, crowning.gain, crowning.fresh, days)
        king, *told = crowning.king, *(float(fact) for fact in facts)
        burned = pay(*own, shares.ctypes.data, line.ctypes.data, paid.ctypes.data, miners, king, *told)
        return burned, held(*own, miners), remembered(records[0], rule), paid

    return step
