"""What one advantage costs: each policy of the shelf, compiled as the engine calls it, and interpreted by Python."""

from functools import partial
from typing import Any

import numpy as np

from experiments.bench.row import best_of, row
from policies import Seen, build, names
from sim.clock import BLOCKS_PER_DAY
from sim.compiler import compiled
from sim.compiler.functions import Compiled, interpreted_only
from sim.compiler.pointers import call_epsilon
from sim.compiler.policies import compile_policy
from sim.streams import stream

DAYS = 30
CALLS, INTERPRETED_CALLS, REPEATS = 10_000, 1_000, 20
ASK: Any = call_epsilon


def policy_rows(calls: int = CALLS, interpreted_calls: int = INTERPRETED_CALLS) -> list[dict[str, Any]]:
    """A row per policy with the seconds of one call; by hand means the same formula, interpreted."""
    rows, facts = [], history(max(calls, interpreted_calls))
    many, few = facts[:calls], facts[:interpreted_calls]
    for name in names():
        policy, failures = build(name), list[Exception]()
        quick = compile_policy(policy, 1, failures)
        with interpreted_only():
            slow = compile_policy(policy, 1, failures)
        if _sum(quick, few) != _sum(slow, few) or failures:
            raise ArithmeticError(f"{name} gives another sum compiled than interpreted; {failures[:1]}")
        seconds = best_of(REPEATS, partial(_sum, quick, many)) / len(many)
        interpreted = best_of(max(1, REPEATS // 4), partial(_sum, slow, few)) / len(few)
        rows.append(row(f"epsilon: {name}, one call", 1, 1, None, seconds, by_hand=interpreted))
    return rows


def history(models: int) -> np.ndarray:
    """Ages in whole blocks up to 30 days and what is known of such models, `[models, 9]`: a tenth have been king."""
    draw = stream(0, "bench", "history")
    age = np.floor(draw.uniform(0.0, DAYS * BLOCKS_PER_DAY, models))
    king = draw.random(models) < 0.1
    known: dict[str, np.ndarray] = {
        "since": np.where(king, np.floor(age * draw.random(models)), age),
        "gain": np.where(king, draw.exponential(2e-3, models), 0.0),
        "gap": np.where(king, draw.exponential(2.0, models), np.inf),
        "loss": np.where(king, draw.normal(2.5, 0.05, models), np.nan),
        "error": draw.uniform(3e-4, 2e-3, models),
        "now": np.full(models, float(DAYS * BLOCKS_PER_DAY)),
        "similarity": draw.random(models),
        "option": np.floor(3.0 * draw.random(models)),
    }
    return np.stack([age, *(known[name] for name in Seen._fields)], axis=-1)


@compiled
def summed(function: int, numbers: int, facts: np.ndarray) -> float:
    """Ask for the advantage of every model, as the engine does, and add them up."""
    total = 0.0
    for i in range(len(facts)):
        one = facts[i]
        total += ASK(function, numbers, one[0], one[1], one[2], one[3], one[4], one[5], one[6], one[7], one[8])
    return total


def _sum(policy: Compiled, facts: np.ndarray) -> float:
    return float(summed(int(policy.functions["epsilon"][0]), int(policy.numbers[0]), facts))
