"""What one evaluation of a pool costs, beside a loop over dicts that does the same.

The loop is written from the rules, in the way of a validator: models by uid in dicts, one function call per pair, the
advantage computed anew for every pair.
"""

from functools import partial
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


class Plain:
    """Filter, win rates and softmax of one pool in plain Python, with the drop-in class that the shelf exports."""

    def __init__(self, loss: list[float], block: list[float]) -> None:
        self.loss, self.block = dict(enumerate(loss)), dict(enumerate(block))
        scope: dict[str, type] = {}
        exec(export(find("fixed")(epsilon=EPSILON)), scope)  # noqa: S102 - our own text
        self.advantage: Any = scope["FixedEpsilon"]()

    def beats(self, i: int, j: int) -> bool:
        """Whether model i beats model j."""
        mine, theirs = self.loss[i], self.loss[j]
        if self.block[i] < self.block[j]:
            mine *= 1 - self.advantage.compute_epsilon(NOW, self.block[i])
        elif self.block[j] < self.block[i]:
            theirs *= 1 - self.advantage.compute_epsilon(NOW, self.block[j])
        return mine < theirs

    def competitive(self) -> list[int]:
        """Models that beat every earlier one after full decay."""

        def passes(i: int) -> bool:
            return all(
                self.loss[i] < (1 - self.advantage.compute_epsilon(float("inf"), 0.0)) * self.loss[j]
                for j in self.loss
                if j != i and self.block[j] <= self.block[i]
            )

        return [i for i in self.loss if passes(i)]

    def weights(self) -> list[float]:
        """Step weights of all models."""
        among = self.competitive()
        rate = dict.fromkeys(self.loss, 0.0)
        for i in among:
            rate[i] = sum(self.beats(i, j) for j in among if j != i) / max(len(among) - 1, 1)
        raised = np.exp(np.array(list(rate.values()), dtype=np.float32) / np.float32(0.01) - np.float32(100))
        return [float(share) for share in raised / raised.sum()]


def pool_rows() -> list[dict[str, Any]]:
    """A pool of every day and the largest, judged from Python and from compiled code, as the engine does."""
    return [found for models in SIZES for found in _rows(models)]


def chain(models: int) -> np.ndarray:
    """The worst case of a pool, all competitive: every later model better by 0.08 %."""
    count = np.arange(models)
    return pool_of(3.0 * 0.9992**count, 100.0 * count, EPSILON, EPSILON)


@compiled
def repeatedly(pool: np.ndarray, none: np.ndarray, rules: Any, times: int) -> int:
    """Judge the pool again and again, and count the steps that are lost."""
    lost = 0
    for _ in range(times):
        lost += judge(pool, none, none, False, rules)
    return lost


def _rows(models: int) -> list[dict[str, Any]]:
    loops, times = SIZES[models]
    pool, rules = chain(models), Rules().record()
    plain = Plain(pool["score"].tolist(), pool["block"].tolist())
    once = partial(judge, pool, EACH_HAS_ONE, EACH_HAS_ONE, False, rules)
    many = partial(repeatedly, pool, EACH_HAS_ONE, rules, times)
    once(), many()  # compiled, or loaded
    if not np.allclose(plain.weights(), pool["weight"], rtol=1e-5, atol=1e-30):
        raise ArithmeticError("the loop over dicts and the judge give other weights for the same pool")
    by_hand = best_of(loops, plain.weights)
    return [
        row("pool: judged in one call from Python", 1, models, None, best_of(1_000, once), by_hand=by_hand),
        row("pool: judged within compiled code", 1, models, None, best_of(20, many) / times, by_hand=by_hand),
    ]
