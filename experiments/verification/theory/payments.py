"""Payments: when SN29's advantage has halved, and pools whose pay can be computed by hand."""

from dataclasses import dataclass
from typing import Any

import numpy as np

FIXED: dict[str, Any] = {"fixed": {"epsilon": 0.005}}
NONE: dict[str, Any] = {"fixed": {"epsilon": 0.0}}
SLOW: dict[str, Any] = {"linear": {"start": 0.005, "end": 0.0005, "decay_blocks": 50_400}}
FAST: dict[str, Any] = {"linear": {"start": 0.005, "end": 0.0001, "decay_blocks": 14_400}}

KING, NEAR_MISS, BETTER = (1.0, 0), (0.997, 100), (0.9945, 200)
"""Loss and block of three models of which each improves on the one before by less than the fixed margin."""


@dataclass(frozen=True)
class Case:
    """One pool under one policy, and what each model is paid.

    Attributes:
        what: the rule that it shows.
        policy: the policy's spec.
        models: loss and block of each; all are judged at `now`.
        shares: each model's weight; empty where no model is competitive and the step is lost.
        now: the block of the evaluation.
    """

    what: str
    policy: dict[str, Any]
    models: tuple[tuple[float, int], ...]
    shares: tuple[float, ...]
    now: int = 200


CASES = (
    Case("a king alone has everything", FAST, (KING,), (1.0,)),
    Case("an exact copy gets nothing, even at epsilon 0", NONE, (KING, (1.0, 100)), (1.0, 0.0)),
    Case("a near-miss blocks a model that beats the king", FIXED, (KING, NEAR_MISS, BETTER), (1.0, 0.0, 0.0)),
    Case("without the near-miss the better one has everything", FIXED, (KING, BETTER), (0.0, 1.0)),
    Case("a slow decay makes a cycle: a third each", SLOW, (KING, NEAR_MISS, BETTER), (1 / 3, 1 / 3, 1 / 3)),
    Case("so does a fast one", FAST, (KING, NEAR_MISS, BETTER), (1 / 3, 1 / 3, 1 / 3)),
    Case("without the near-miss there is no cycle", SLOW, (KING, BETTER), (0.0, 1.0)),
    Case("twins of one block stop each other", FAST, (KING, (0.9, 100), (0.90001, 100)), (1.0, 0.0, 0.0)),
    Case("and alone they lose the step", FAST, ((0.9, 100), (0.90001, 100)), ()),
)


def half_life(decay: float, epoch_blocks: float) -> float:
    """Blocks in which a factor per epoch halves the advantage; SN29 has 0.995 and 361 blocks."""
    return float(epoch_blocks * np.log(2.0) / -np.log(decay))
