"""What one evaluation of a pool costs, beside a loop over dicts that does the same.

The loop is written from the rules, in the way of a validator: models by uid in dicts, one function call per pair, the
advantage computed anew for every pair.
"""

from collections.abc import Callable
from functools import partial
from math import inf
from typing import Any

import numpy as np

from experiments.bench.row import best_of, row
from policies import find
from policies.export import export
from sim.compiler import compiled
from sim.mechanism.judge import judge
from sim.mechanism.pool import EACH_HAS_ONE, pool_of
from sim.mechanism.rules import Rules

SIZES = {5: (2_000, 2_000), 256: (5, 20)}
"""Models of a pool, how often the loop over dicts is timed, and how often the compiled judge runs in one call."""
EPSILON, NOW = 0.0001, 100_000.0


def pool_rows() -> list[dict[str, Any]]:
    """A pool of every day and the largest, judged from Python and from compiled code, as the engine does."""
    rows, rules, none = [], Rules().record(), EACH_HAS_ONE
    for models, (loops, times) in SIZES.items():
        pool = chain(models)
        once = partial(judge, pool, none, none, False, rules)
        many = partial(judge_repeatedly, pool, none, rules, times)
        loss, block = (dict(enumerate(pool[name].tolist())) for name in ("score", "block"))
        plain = partial(weights_by_hand, loss, block, drop_in())
        once(), many()  # compiled, or loaded
        if not np.allclose(plain(), pool["weight"], rtol=1e-5, atol=1e-30):
            raise ArithmeticError("the loop over dicts and the judge give other weights for the same pool")
        by_hand = best_of(loops, plain)
        single, within = best_of(1_000, once), best_of(20, many) / times
        rows.append(row("pool: judged in one call from Python", 1, models, None, single, by_hand=by_hand))
        rows.append(row("pool: judged within compiled code", 1, models, None, within, by_hand=by_hand))
    return rows


def chain(models: int) -> np.ndarray:
    """The worst case of a pool, all competitive: every later model better by 0.08 %."""
    count = np.arange(models)
    return pool_of(3.0 * 0.9992**count, 100.0 * count, EPSILON, EPSILON)


@compiled
def judge_repeatedly(pool: np.ndarray, none: np.ndarray, rules: Any, times: int) -> int:
    """Judge the pool again and again, and count the steps that are lost."""
    lost = 0
    for _ in range(times):
        lost += judge(pool, none, none, False, rules)
    return lost


def drop_in() -> Callable[[float, float], float]:
    """The function of the drop-in class that the shelf exports for validators."""
    scope: dict[str, Any] = {}
    exec(export(find("fixed")(epsilon=EPSILON)), scope)  # noqa: S102 - our own text
    advantage: Callable[[float, float], float] = scope["FixedEpsilon"]().compute_epsilon
    return advantage


def weights_by_hand(
    loss: dict[int, float], block: dict[int, float], epsilon: Callable[[float, float], float]
) -> list[float]:
    """Step weights of all models of a pool: filter, win rates and softmax in plain Python."""

    def passes(i: int) -> bool:
        """Whether a model beats every earlier one after full decay."""
        return all(loss[i] < (1 - epsilon(inf, 0.0)) * loss[j] for j in loss if j != i and block[j] <= block[i])

    def beats(i: int, j: int) -> bool:
        mine, theirs = loss[i], loss[j]
        if block[i] < block[j]:
            mine *= 1 - epsilon(NOW, block[i])
        elif block[j] < block[i]:
            theirs *= 1 - epsilon(NOW, block[j])
        return mine < theirs

    among = [i for i in loss if passes(i)]
    rate = dict.fromkeys(loss, 0.0)
    for i in among:
        rate[i] = sum(beats(i, j) for j in among if j != i) / max(len(among) - 1, 1)
    raised = np.exp(np.array(list(rate.values()), dtype=np.float32) / np.float32(0.01) - np.float32(100))
    return [float(share) for share in raised / raised.sum()]
