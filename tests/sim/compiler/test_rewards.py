"""Reward rules behind addresses."""

import math
from typing import Any

import numpy as np
from compiled_reward import compiled_reward

from policies.rewards import Crowning, Reward
from sim.compiler.functions import interpreted_only
from sim.compiler.pointers import PAY, callable_at
from sim.compiler.rewards import compile_reward


class Equal(Reward):
    """Pays all miners alike, and remembers how often."""

    formula = "1 / n"
    source = "this test"
    fails = "everybody sleeps"
    remembers = (("steps", 0.0),)
    ledger = (("got", 0.0),)

    def pay(self, memory: Any, ledger: Any, weights: Any, crowning: Crowning, days: float, paid: Any) -> float:  # noqa: D102
        memory.steps = memory.steps + 1.0
        for miner in range(len(weights)):
            paid[miner] = 1.0 / len(weights)
            ledger.got[miner] += paid[miner] * days
        return 0.0

    def escrow(self, memory: Any, ledger: Any) -> float:  # noqa: D102
        return memory.steps + ledger.got[0] - ledger.got[0]


class Divides(Equal):
    """Divides by a weight, which may be 0."""

    def pay(self, memory: Any, ledger: Any, weights: Any, crowning: Crowning, days: float, paid: Any) -> float:  # noqa: D102
        return 1.0 / weights[0]


def test_a_reward_rule() -> None:
    """Memory and ledger go on from step to step."""
    step, news = compiled_reward(Equal(), 4), Crowning(-1, False, 0.0, False, np.zeros(4, bool))
    for number in (1.0, 2.0, 3.0):
        burned, held, memory, paid = step(np.full(4, 0.25), news, 0.5)
        assert (burned, held, memory.steps) == (0.0, number, number)
        assert paid.tolist() == [0.25] * 4


def test_numbers_of_miners_are_plain() -> None:
    """Interpreted, a rule that divides by a number of a miner fails where it does compiled, and does not go on."""
    news, days = Crowning(-1, False, 0.0, False, np.zeros(2, bool)), 0.5
    assert math.isnan(compiled_reward(Divides(), 2)(np.zeros(2), news, days)[0])
    failures: list[Exception] = []
    with interpreted_only():
        made, ledger = compile_reward(Divides(), 1, 2, failures)
    weights, line, paid = np.zeros(2), np.zeros(2, bool), np.zeros(2)
    own = (0, *(array.ctypes.data for array in (ledger, weights, line, paid)))
    assert math.isnan(callable_at(int(made.functions["pay"][0]), PAY)(*own, 2, -1, 0.0, 0.0, 0.0, days))
    assert [type(error) for error in failures] == [ZeroDivisionError]
