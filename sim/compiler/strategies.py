"""Strategies behind addresses: a record for what a miner sees, one for what it decides, and the function between."""

from collections import namedtuple
from collections.abc import Callable
from ctypes import c_char
from dataclasses import fields
from math import inf, isfinite, nan
from typing import Any

import numpy as np
from numba import from_dtype, njit

from policies.errors import InputError
from sim.compiler.functions import Compiled, Entry, compile_entries, compiled_call
from sim.compiler.limits import CONSTRUCTORS, NotCompilable, fields_of
from sim.compiler.methods import OPTIONS, instance_of, mark, records_of
from sim.compiler.pointers import DECIDE, EPSILON, address_of, call_epsilon, callable_at, callback
from sim.miners.strategy import VIEW, Decision, Strategy, View

__all__ = ["DECISION", "SEEN", "NotCompilable", "compile_strategy", "compiled_decide"]

DECISION = np.dtype([(field.name, "b1" if field.type is bool else "f8") for field in fields(Decision)], align=True)
"""What a compiled strategy decides."""

DECIDING = f"""
def function(self, view, decision):
    made = record(self).decide(record(view))
    out = record(decision)
{chr(10).join(f"    out.{name} = made.{name}" for name in DECISION.names or ())}
    return 0
"""


def _constructor() -> Any:
    """`Decision`, for compiled code: with the same arguments and defaults, each as the kind that its field has."""
    names = DECISION.names or ()
    scope: dict[str, Any] = {"Made": namedtuple("Decision", names)}
    values = (f"{'bool' if DECISION[name] == np.bool_ else 'float'}({name})" for name in names)
    exec(f"def made({', '.join(names)}): return Made({', '.join(values)})", scope)  # noqa: S102 - our own text
    scope["made"].__defaults__ = Decision.__init__.__defaults__
    return njit(scope["made"], **OPTIONS)


CONSTRUCTORS[Decision] = _constructor()


class Outlook:
    """What lets a view tell the king's advantage of later blocks."""

    there: bool
    epsilon_at: int
    policy_at: int
    reads: bool
    king_age: float
    crowned: float
    crown_gain: float
    crown_gap: float
    king_loss: float
    king_error: float
    now: float
    alike: float
    option: float

    def ask(
        self, age: float, since: float, gain: float, gap: float, loss: float, error: float, now: float, alike: float,
        option: float, /,
    ) -> float:  # fmt: skip
        """What the king's policy says."""
        found = call_epsilon(self.epsilon_at, self.policy_at, age, since, gain, gap, loss, error, now, alike, option)
        return float(found)

    def later(self, blocks: float) -> float:
        """The king's advantage so many blocks from now; 0 while there is no king."""
        if not self.there:
            return 0.0
        age, now = self.king_age + blocks, self.now + blocks
        young = age if age > 0.0 else 0.0
        if not self.reads:
            return self.ask(young, young, 0.0, inf, nan, nan, nan, nan, 0.0)
        since = now - self.crowned if isfinite(self.crowned) and isfinite(age) else age
        return self.ask(
            young, since, self.crown_gain, self.crown_gap, self.king_loss, self.king_error, now, self.alike, self.option
        )


class _Interpreted(Outlook):
    """The same for strategies that run interpreted."""

    def ask(self, *facts: float) -> float:
        return float(callable_at(self.epsilon_at, EPSILON)(self.policy_at, *facts))


_KINDS = {bool: "b1", int: "i8", float: "f8"}

OUTLOOK = [(name, _KINDS[kind]) for name, kind in Outlook.__annotations__.items()]

SEEN = np.dtype([*VIEW.descr, *OUTLOOK, (mark(Outlook), "f8")], align=True)
"""A view with all that `later` needs."""


def compile_strategy(strategy: Strategy, failures: list[Exception]) -> Compiled:
    """The strategy in one column for all miners: `decide`; `failures` gets what it raises where it is interpreted."""

    def decide(view: int, decision: int) -> int:
        seen, out = _record(view, SEEN), _record(decision, DECISION)
        facts = {name: seen[name].item() for name in VIEW.names or ()}
        made = strategy.decide(View(**facts, later=instance_of(_Interpreted, seen).later))
        if not isinstance(made, Decision):
            raise InputError(f"strategy {strategy.name()} decided {made!r}, but it must return a Decision")
        for name in DECISION.names or ():
            out[name] = getattr(made, name)
        return 0

    records, entries = records_of(strategy, [None]), {"decide": _entry(strategy)}
    return compile_entries(strategy.name(), type(strategy), records, entries, lambda _: {"decide": decide}, failures)


def _entry(strategy: Strategy) -> Entry:
    views = {1: from_dtype(SEEN), 2: from_dtype(DECISION)}
    return Entry(DECIDE, DECIDING, ((type(strategy), "decide", fields_of(strategy)),), views=views)


def _record(address: int, dtype: np.dtype[Any]) -> Any:
    memory: Any = (c_char * dtype.itemsize).from_address(address)
    return np.frombuffer(memory, dtype)[0]


def compiled_decide(strategy: Strategy) -> Callable[[View], Decision]:
    """The strategy, compiled: what it decides about a view.

    Raises:
        NotCompilable: it can run interpreted only.
        ArithmeticError: when called, if it fails.
    """
    call = compiled_call(_entry(strategy), records_of(strategy, [None]))
    seen, out = np.zeros(1, SEEN), np.zeros(1, DECISION)

    def decide(view: View) -> Decision:
        later = callback(lambda blocks, *facts: view.later(blocks), EPSILON, [])
        for name in VIEW.names or ():
            seen[0][name] = getattr(view, name)
        seen[0]["there"], seen[0]["epsilon_at"] = True, address_of(later)  # of a king of age 0
        if call(seen.ctypes.data, out.ctypes.data):
            raise ArithmeticError(f"{strategy} fails to decide about {view}")
        return Decision(**{name: out[0][name].item() for name in DECISION.names or ()})

    return decide
