"""One pool, judged: what the tests of the mechanism ask for."""

from typing import Any

import numpy as np

from sim.mechanism.judge import judge
from sim.mechanism.pool import EACH_HAS_ONE, pool_of
from sim.mechanism.rules import Rules


def judged(pool: np.ndarray, pairs: Any = None, **rules: Any) -> tuple[np.ndarray, bool]:
    """The seats with their verdict, and whether the step is lost; `pairs` has the pairs' advantages and floors."""
    against, floors = (EACH_HAS_ONE, EACH_HAS_ONE) if pairs is None else pairs
    found = pool.copy()
    return found, bool(judge(found, against, floors, pairs is not None, Rules(**rules).record()))


def rated(rates: Any, present: Any = True) -> np.ndarray:
    """A pool of which only win rates are known."""
    pool = pool_of(np.zeros(len(rates)), np.zeros(len(rates)), present=present)
    pool["rate"] = rates
    return pool


def one_hot(uid: int, neurons: int = 3) -> np.ndarray:
    """All weight on one uid, float32 `[neurons]`."""
    return np.eye(neurons, dtype=np.float32)[uid]
