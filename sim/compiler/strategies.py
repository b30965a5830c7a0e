"""Strategies behind addresses: a record for what a miner sees, one for what it decides, and the function between."""

from collections.abc import Callable
from ctypes import c_char
from dataclasses import fields
from math import inf, isfinite, nan
from typing import Any, NamedTuple

import numpy as np
from numba import from_dtype, njit

from policies.errors import InputError
from sim.compiler import functions, pointers
from sim.compiler.limits import CONSTRUCTORS, NotCompilable, check, fields_of
from sim.compiler.methods import OPTIONS, fill, layout, mark
from sim.compiler.pointers import call_epsilon
from sim.miners.strategy import VIEW, Decision, Strategy, View

DECISION = np.dtype([(field.name, "b1" if field.type is bool else "f8") for field in fields(Decision)], align=True)
"""What a compiled strategy decides."""

SLOWER = 100
"""How many times longer a lane takes with one that runs interpreted, about."""


class Made(NamedTuple):
    """A decision as compiled code hands it on; see `Decision`."""

    submit: bool
    offer: float
    copy: bool
    perturbation: float
    runs: float
    train: bool
    adopt: bool
    active: bool
    least: float


def _made(
    submit: bool, offer: float = inf, copy: bool = False, perturbation: float = 0.0, runs: float = 1.0,
    train: bool = True, adopt: bool = True, active: bool = True, least: float = -inf,
) -> Made:  # fmt: skip
    return Made(
        bool(submit), float(offer), bool(copy), float(perturbation), float(runs), bool(train), bool(adopt),
        bool(active), float(least),
    )  # fmt: skip


CONSTRUCTORS[Decision] = njit(_made, **OPTIONS)


class Outlook:
    """What lets a compiled view tell the king's advantage of later blocks."""

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

    def later(self, blocks: float) -> float:
        """The king's advantage so many blocks from now; 0 while there is no king."""
        if not self.there:
            return 0.0
        age, now = self.king_age + blocks, self.now + blocks
        young = age if age > 0.0 else 0.0
        if not self.reads:
            return call_epsilon(self.epsilon_at, self.policy_at, young, young, 0.0, inf, nan, nan, nan, nan)
        since = now - self.crowned if isfinite(self.crowned) and isfinite(age) else age
        return call_epsilon(
            self.epsilon_at, self.policy_at, young, since, self.crown_gain, self.crown_gap, self.king_loss,
            self.king_error, now, self.alike,
        )  # fmt: skip


_KINDS = {bool: "b1", int: "i8", float: "f8"}

OUTLOOK = [(name, _KINDS[kind]) for name, kind in Outlook.__annotations__.items()]

SEEN = np.dtype([*VIEW.descr, *OUTLOOK, (mark(Outlook), "f8")], align=True)
"""A view with all that `later` needs."""


def compile_strategy(strategy: Strategy, failures: list[Exception]) -> tuple[int, int, tuple[Any, ...]]:
    """The addresses of a strategy's function and of its numbers, and what must live as long as they are used.

    Args:
        strategy: which.
        failures: gets what it raises where it runs interpreted.
    """
    try:
        record = np.zeros(1, layout(strategy))
        address = _decide(strategy, record.dtype)
    except NotCompilable as error:
        functions.warn(strategy.name(), type(strategy), str(error), SLOWER)
        made = pointers.callback(_interpreted(strategy), pointers.DECIDE, 1, failures)
        return pointers.address_of(made), 0, (made,)
    fill(record[0], strategy)
    return address, record.ctypes.data, (record,)


def _decide(strategy: Strategy, record: np.dtype[Any]) -> int:
    check(type(strategy), ["decide"], fields_of(strategy))
    writes = "\n".join(f"    out.{name} = made.{name}" for name in DECISION.names or ())
    types = {1: from_dtype(SEEN), 2: from_dtype(DECISION)}
    return functions.build(functions.DECIDE.format(writes=writes), record, {}, pointers.DECIDE, types)


def _interpreted(strategy: Strategy) -> Callable[[int, int, int], int]:
    def decide(_: int, view: int, decision: int) -> int:
        seen, out = _record(view, SEEN), _record(decision, DECISION)
        facts = {name: seen[name].item() for name in VIEW.names or ()}
        made = strategy.decide(View(**facts, later=_later(seen)))
        if not isinstance(made, Decision):
            raise InputError(f"strategy {strategy.name()} decided {made!r}, but it must return a Decision")
        for name in DECISION.names or ():
            out[name] = getattr(made, name)
        return 0

    return decide


def _record(address: int, dtype: np.dtype[Any]) -> Any:
    memory: Any = (c_char * dtype.itemsize).from_address(address)
    return np.frombuffer(memory, dtype)[0]


def _later(seen: Any) -> Callable[[float], float]:
    """`later` of a record, for strategies that run interpreted."""
    epsilon = pointers.callable_at(int(seen["epsilon_at"]), pointers.EPSILON)

    def later(blocks: float) -> float:
        if not seen["there"]:
            return 0.0
        age, now = float(seen["king_age"] + blocks), float(seen["now"] + blocks)
        young = max(age, 0.0)
        facts = [young, 0.0, inf, nan, nan, nan, nan]
        if seen["reads"]:
            known = isfinite(seen["crowned"]) and isfinite(age)
            since = now - float(seen["crowned"]) if known else age
            names = ("crown_gain", "crown_gap", "king_loss", "king_error")
            facts = [since, *(float(seen[name]) for name in names), now, float(seen["alike"])]
        return float(epsilon(int(seen["policy_at"]), young, *facts))

    return later


def compiled_decide(strategy: Strategy) -> Callable[[View], Decision]:
    """The strategy, compiled: what it decides about a view.

    Raises:
        NotCompilable: it can run interpreted only.
        ArithmeticError: when called, if it fails.
    """
    record, seen, out = np.zeros(1, layout(strategy)), np.zeros(1, SEEN), np.zeros(1, DECISION)
    call = pointers.callable_at(_decide(strategy, record.dtype), pointers.DECIDE)
    fill(record[0], strategy)

    def decide(view: View) -> Decision:
        later = pointers.callback(lambda _, blocks, *facts: view.later(blocks), pointers.EPSILON, nan, [])
        for name in VIEW.names or ():
            seen[0][name] = getattr(view, name)
        seen[0]["there"], seen[0]["epsilon_at"] = True, pointers.address_of(later)  # of a king of age 0
        if call(record.ctypes.data, seen.ctypes.data, out.ctypes.data):
            raise ArithmeticError(f"{strategy} fails to decide about {view}")
        return Decision(**{name: out[0][name].item() for name in DECISION.names or ()})

    return decide
