"""What a strategy decides in looks made by hand."""

from math import log1p
from typing import Any

import numpy as np

from policies import Policy, build
from sim.miners.strategies import build as strategy
from sim.miners.testing import look

INF, NAN = float("inf"), float("nan")

FIXED = build("fixed")

BAR = -log1p(-0.005)

CONTEST: dict[str, Any] = {"pace": 0.002, "rivals": 0.001, "cost": 300.0, "value": 6000.0}


def submits(spec: object, policy: Policy = FIXED, **given: Any) -> list[bool]:
    """Whether a strategy submits, look by look: the facts are numbers, or lists of one number for each look."""
    return decides(spec, "submit", policy, **given)


def decides(spec: object, field: str, policy: Policy = FIXED, **given: Any) -> list[Any]:
    """A field of its decision, look by look."""
    number = max((len(values) for values in given.values() if np.ndim(values)), default=1)
    facts = {key: list(values) if np.ndim(values) else [values] * number for key, values in given.items()}
    looks = [look(policy, **dict(zip(facts, row, strict=True))) for row in zip(*facts.values(), strict=True)]
    return [getattr(strategy(spec).decide(view), field) for view in looks or [look(policy)]]
