"""What the miners are paid: the lanes' reward rules at work, beside the subnet's own payment by weight."""

from math import isfinite, isnan, log, nan
from typing import Any, NamedTuple

import numpy as np

from sim import alarm
from sim.alarm import warn
from sim.compiler import inner
from sim.compiler.functions import addresses_of
from sim.compiler.pointers import call_held, call_pay
from sim.compiler.rewards import compile_reward
from sim.lanes import Columns
from sim.models import Models, filled, owns
from sim.validators.validator import History

CREDIT = np.dtype(
    [("pay", "i8"), ("held", "i8"), ("rule", "i8"), ("ledger", "i8"), ("line", "b1"), ("king", "i8"), ("owner", "i8"),
     ("block", "f8"), ("score", "f8")], align=True,
)  # fmt: skip
"""A column's reward rule (addresses; `pay` is 0 without one; whether it asks for lineages), the king of the step
before, and the model that was credited last: owner, block and measured loss."""


class Payroll(NamedTuple):
    """What is paid, in shares of a step's emission."""

    credits: np.ndarray  #: records of `CREDIT`, `[columns]`
    #: to each miner, `[columns, miners]`; in columns without a rule and without fees weights are paid
    paid: np.ndarray
    weights: np.ndarray  #: as all validators agree, float32 `[columns, miners]`
    kings: np.ndarray  #: likewise, int `[columns]`
    line: np.ndarray  #: work space, bool `[miners]`
    exact: np.ndarray  #: work space, `[miners]`


def new_payroll(columns: Columns, weights: np.ndarray, kings: np.ndarray) -> tuple[Payroll, list[Any]]:
    """The rules of all lanes, and what must live as long as they are used; arguments as in `Payroll`."""
    miners = weights.shape[1]
    credits, kept = filled(columns.width, CREDIT, king=-1, owner=-1, score=nan), []
    for number, lane in enumerate(columns.lanes):
        if lane.reward is not None:
            rows = credits[number * columns.worlds : (number + 1) * columns.worlds]
            made, ledger = compile_reward(lane.reward, columns.worlds, miners, columns.failures)
            rows["pay"], rows["held"] = made.functions["pay"], made.functions["escrow"]
            rows["rule"], rows["ledger"] = made.numbers, addresses_of(ledger)
            rows["line"] = lane.reward.reads_line
            kept += [made, ledger]
    used = credits["pay"].any() or any(lane.policy.fees for lane in columns.lanes)
    paid = np.zeros((columns.width if used else 0, miners))
    return Payroll(credits, paid, weights, kings, np.zeros(miners, np.bool_), np.zeros(miners)), kept


@inner
def pay(payroll: Payroll, c: int, models: Models, history: History, days: float, now: int) -> tuple[float, float]:
    """Divide column c's emission of a step of `days` by its rule, into `payroll.paid`.

    A king's model is compared with the last one that was credited. Where that one still stands, both are taken from
    the newest evaluation, not from the one that crowned it: that one was lucky more often than not.

    Returns:
        What is burned, in shares of the step's emission, and what is held back now, in days of all emission.
    """
    last, measured, facts = payroll.credits[c], history.measured[c], models.facts[c]
    weights, king = payroll.weights[c], payroll.kings[c]
    crowned, fresh, gain = king >= 0 and king != last.king, False, 0.0
    if king >= 0:
        block, loss = facts[king].block, measured[king]
        fresh = isfinite(loss) and (king != last.owner or block != last.block)
        if fresh:
            before = last.score
            if last.owner >= 0 and facts[last.owner].block == last.block and isfinite(measured[last.owner]):
                before = measured[last.owner]
            if isfinite(before):
                gain = log(before / loss)
            if last.line:
                for miner in range(len(payroll.line)):
                    payroll.line[miner] = owns(models.line[c, king], miner)
            last.owner, last.block = king, block
        if isfinite(loss):
            last.score = loss
        last.king = king
    whole = 0.0
    for miner in range(len(weights)):
        whole += weights[miner]
    for miner in range(len(weights)):  # in float32 the sum is 1 to 1e-7 only
        payroll.exact[miner] = weights[miner] / whole if whole > 0.0 else 0.0
    burned = call_pay(
        last.pay, last.rule, last.ledger, payroll.exact.ctypes.data, payroll.line.ctypes.data,
        payroll.paid[c].ctypes.data, len(weights), king, 1.0 if crowned else 0.0, gain, 1.0 if fresh else 0.0, days,
    )  # fmt: skip
    held = call_held(last.held, last.rule, last.ledger, len(weights))
    if isnan(burned) or isnan(held):
        warn(history.alarm, alarm.PAY, c, king, float(now), 0, nan)
    return burned, held
