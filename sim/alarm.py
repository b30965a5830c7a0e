"""What compiled loops report when something fails, and the error that Python makes of it."""

from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

from policies import Policy
from policies.errors import InputError, PolicyError, failed, home, not_a_number, place
from sim.compiler import inner
from sim.miners.population import StrategyError

if TYPE_CHECKING:
    from sim.lanes import Columns
    from sim.miners.miners import Miners

NONE, EPSILON, LEARN, DECISION, FIELD, PAY, PROGRESS = range(7)

FORMULAS = (EPSILON, LEARN, DECISION, PAY)
"""Those of a user's formula that failed: interpreted, it says where."""

ALARM = np.dtype(
    [("kind", "i8"), ("column", "i8"), ("miner", "i8"), ("block", "f8"), ("field", "i8"), ("value", "f8")], align=True
)
"""The first thing that went wrong: a policy, strategy, reward rule or way of making progress that failed, and where.

An alarm is an array `[1]` of these; at first its kind is `NONE`.
"""


@inner
def warn(alarm: np.ndarray, kind: int, c: int, m: int, block: float, field: int, value: float) -> None:
    """Note what went wrong, unless something did before."""
    first = alarm[0]
    if first.kind == NONE:
        first.kind, first.column, first.miner, first.block, first.field, first.value = kind, c, m, block, field, value


def error_of(alarm: Any, columns: "Columns", miners: "Miners") -> InputError:
    """The error behind a record of `ALARM`: what an interpreted formula raised, or else what is known."""
    kind, column, miner, block, value = (alarm[n].item() for n in ("kind", "column", "miner", "block", "value"))
    lane, first = columns.lane_of(column), columns.failures[0] if columns.failures else None
    where = f"in lane {lane.name!r} at block {block:.0f}"
    if kind in (DECISION, FIELD):
        return _of_strategy(alarm, first, miners)
    if isinstance(first, InputError):
        return first
    if kind == PROGRESS:
        return InputError(f"progress: miner {miner} has no loss at position {value:g} {where}", ("progress",))
    if kind == PAY and lane.reward is not None:
        rule = lane.reward
        return not_a_number(rule, "pay", where, nan) if first is None else failed(rule, "pay", where, first)
    return _of_policy(lane.policy, kind == LEARN, value, where)


def _of_strategy(alarm: Any, first: Exception | None, miners: "Miners") -> StrategyError:
    column, miner, block, value = (alarm[name].item() for name in ("column", "miner", "block", "value"))
    field = alarm["field"].item() if alarm["kind"] == FIELD else None
    error = miners.choices.blame(column, miner, block, field, value)
    if first is None:
        return error
    text = str(first)
    if not isinstance(first, InputError):
        at = place(miners.choices.strategy_of(column, miner), "decide", first)
        text = f"{text} ({type(first).__name__}), in {at}"
    return StrategyError(f"{error}: {text}")


def _of_policy(policy: Policy, learning: bool, age: float, where: str) -> PolicyError:
    if learning:
        return PolicyError(f"{policy.name()} failed to learn from an evaluation {where}")
    text = f"{policy.name()} gave no number for a model of age {age:g} {where}, though it gives one interpreted"
    why = "perhaps a whole number needs more than 64 bits; take floats"
    return PolicyError(f"{text}: {why}, in {home(type(policy), 'shield')}")
