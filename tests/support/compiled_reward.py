"""A reward rule as the engine calls it, compiled, for calls from Python."""

from collections.abc import Callable

import numpy as np

from policies.rewards import Crowning, Reward
from policies.seen import Memory
from sim.compiler.methods import memory_of
from sim.compiler.pointers import HELD, PAY, callable_at
from sim.compiler.rewards import compile_reward

Paid = tuple[float, float, Memory, np.ndarray]


def compiled_reward(rule: Reward, miners: int) -> Callable[[np.ndarray, Crowning, float], Paid]:
    """The rule from its beginning on, for so many miners.

    Returns:
        A function of `(weights, crowning, days)` that pays for one step after the other: the share that is burned, what
        is held back, what the rule remembers then, and what is paid, `[miners]`.
    """
    made, ledger = compile_reward(rule, 1, miners, [])
    pay, held = (callable_at(int(made.functions[name][0]), kind) for name, kind in (("pay", PAY), ("escrow", HELD)))
    numbers = int(made.numbers[0])
    assert numbers, "it runs interpreted"

    def step(weights: np.ndarray, crowning: Crowning, days: float) -> Paid:
        shares, line, paid = weights.astype(np.float64), np.asarray(crowning.line, np.bool_), np.zeros(miners)
        arrays = (each.ctypes.data for each in (ledger, shares, line, paid))
        facts = (float(fact) for fact in (crowning.crowned, crowning.gain, crowning.fresh, days))
        burned = pay(numbers, *arrays, miners, crowning.king, *facts)
        return burned, held(numbers, ledger.ctypes.data, miners), memory_of(made.records[0], rule), paid

    return step
