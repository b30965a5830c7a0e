"""What compiled loops say when something is wrong; Python turns it into an error."""

import numpy as np

NONE, EPSILON, LEARN, DECISION, FIELD, PAY, PROGRESS = range(7)

FORMULAS = (EPSILON, LEARN, DECISION, PAY)
"""Those of a user's formula that failed: interpreted, it says where."""

ALARM = np.dtype(
    [("kind", "i8"), ("column", "i8"), ("miner", "i8"), ("block", "f8"), ("field", "i8"), ("value", "f8")], align=True
)
"""The first thing that went wrong: a policy, strategy, reward rule or way of making progress that failed, and where."""


def no_alarm() -> np.ndarray:
    """Nothing is wrong, `[1]`."""
    return np.zeros(1, ALARM)
