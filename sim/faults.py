"""Errors of policies, strategies and the like, from what compiled loops say."""

from math import nan
from typing import Any

from policies import Policy
from policies.errors import InputError, PolicyError, failed, home, not_a_number, place
from sim import alarm
from sim.lanes import Columns
from sim.miners.choices import StrategyError
from sim.miners.miners import Miners


def fault(said: Any, columns: Columns, miners: Miners) -> InputError:
    """The error behind an alarm: what an interpreted formula raised, or else what is known.

    Args:
        said: a record of `ALARM`.
        columns: the lanes times worlds.
        miners: all of them.
    """
    kind, column, miner, block, value = (said[n].item() for n in ("kind", "column", "miner", "block", "value"))
    lane, first = columns.lane_of(column), columns.failures[0] if columns.failures else None
    where = f"in lane {lane.name!r} at block {block:.0f}"
    if kind in (alarm.DECISION, alarm.FIELD):
        return _of_strategy(said, first, miners)
    if isinstance(first, InputError):
        return first
    if kind == alarm.PROGRESS:
        return InputError(f"progress: miner {miner} has no loss at position {value:g} {where}", ("progress",))
    if kind == alarm.PAY and lane.reward is not None:
        rule = lane.reward
        return not_a_number(rule, "pay", where, nan) if first is None else failed(rule, "pay", where, first)
    return _of_policy(lane.policy, kind == alarm.LEARN, value, where)


def _of_strategy(said: Any, first: Exception | None, miners: Miners) -> StrategyError:
    column, miner, block, value = (said[name].item() for name in ("column", "miner", "block", "value"))
    field = said["field"].item() if said["kind"] == alarm.FIELD else None
    found = miners.choices.blame(column, miner, block, field, value)
    if first is None:
        return found
    text = str(first)
    if not isinstance(first, InputError):
        at = place(miners.choices.strategy_of(column, miner), "decide", first)
        text = f"{text} ({type(first).__name__}), in {at}"
    return StrategyError(f"{found}: {text}")


def _of_policy(policy: Policy, learning: bool, age: float, where: str) -> PolicyError:
    if learning:
        return PolicyError(f"{policy.name()} failed to learn from an evaluation {where}")
    try:
        policy.advantage(age)
    except PolicyError as error:
        return error
    said = f"{policy.name()} gave no number for a model of age {age:g} {where}, though it gives one interpreted"
    why = "perhaps a whole number needs more than 64 bits; take floats"
    return PolicyError(f"{said}: {why}, in {home(type(policy), 'shield')}")
