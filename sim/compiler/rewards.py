"""Reward rules behind addresses."""

from collections import namedtuple
from collections.abc import Callable
from ctypes import c_bool, c_double
from functools import cache
from typing import Any

import numpy as np
from numba import types
from numpy.ctypeslib import as_array
from numpy.typing import NDArray

from policies.rewards import Crowning, Reward
from sim.compiler.functions import Compiled, Entry, compile_entries
from sim.compiler.limits import fields_of
from sim.compiler.methods import records_of
from sim.compiler.pointers import HELD, PAY

PAYING = """
def function(self, ledger, weights, line, paid, miners, king, crowned, gain, fresh, days):
    me = record(self)
    rows = carray(ledger, ({width}, miners))
    news = Crowning(king, crowned != 0.0, gain, fresh != 0.0, carray(line, miners))
    return me.pay({memory}, Ledger({rows}), carray(weights, miners), news, days, carray(paid, miners))
"""

HOLDING = """
def function(self, ledger, miners):
    me = record(self)
    rows = carray(ledger, ({width}, miners))
    return me.escrow({memory}, Ledger({rows}))
"""


def compile_reward(
    rule: Reward, columns: int, miners: int, failures: list[Exception]
) -> tuple[Compiled, NDArray[np.float64]]:
    """The rule for so many columns, `pay` and `escrow`, and the ledger that it reads, `[columns, numbers, miners]`.

    `failures` gets what it raises where it runs interpreted.
    """
    ledger = np.zeros((columns, max(len(rule.ledger), 1), miners))
    for row, (_, number) in enumerate(rule.ledger):
        ledger[:, row] = number

    def interpret(column: int) -> dict[str, Callable[..., float]]:
        memory, own = rule.begin(miners)[0], _kind_of_ledger(rule)(*ledger[column].view(_Row))

        def pay(_: int, weights: int, line: int, paid: int, __: int, king: int, crowned: float, gain: float,
                fresh: float, days: float) -> float:  # fmt: skip
            news = Crowning(king, crowned != 0.0, gain, fresh != 0.0, _array(line, c_bool, miners))
            return rule.pay(memory, own, _array(weights, c_double, miners), news, days, _array(paid, c_double, miners))

        return {"pay": pay, "escrow": lambda _, __: rule.escrow(memory, own)}

    records = records_of(rule, [rule.begin(0)[0]] * columns)
    return compile_entries(rule.name(), type(rule), records, _entries(rule), interpret, failures), ledger


def _entries(rule: Reward) -> dict[str, Entry]:
    width = max(len(rule.ledger), 1)
    words = {
        "width": width,
        "rows": ", ".join(f"rows[{i}]" for i in range(width)),
        "memory": "me.memory" if rule.remembers else "me",
    }
    scope = {"Ledger": _kind_of_ledger(rule), "Crowning": Crowning}
    checks = tuple((type(rule), name, fields_of(rule)) for name in ("pay", "escrow"))
    number, flag = types.float64, types.boolean
    return {
        "pay": Entry(PAY, PAYING.format(**words), checks, scope, {1: number, 2: number, 3: flag, 4: number}),
        "escrow": Entry(HELD, HOLDING.format(**words), checks, scope, {1: number}),
    }


def _kind_of_ledger(rule: Reward) -> Any:
    """A tuple of arrays by name; numba knows none without any."""
    return _ledger(tuple(name for name, _ in rule.ledger) or ("nothing",))


@cache
def _ledger(names: tuple[str, ...]) -> Any:
    return namedtuple("Ledger", names)


class _Row(np.ndarray[Any, Any]):
    """Numbers of miners of which one is a plain float, as it is where rules are compiled."""

    def __getitem__(self, place: Any) -> Any:
        value = super().__getitem__(place)
        return value.item() if isinstance(value, np.generic) else value


def _array(address: int, kind: Any, miners: int) -> Any:
    return as_array((kind * miners).from_address(address)).view(_Row)
