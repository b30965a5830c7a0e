"""Kings of a community that improves steadily.

The n-th submission has the score G + c n, G of the standard Gumbel law: its loss is exp(-spread (G + c n)). A king must
beat all before it by the margin delta, both in units of the score: delta = -ln(1 - epsilon) / spread.
"""

import numpy as np


def chance(n: int, drift: float, margin: float) -> float:
    """P(the n-th submission becomes king): 1 / (1 + e^delta (e^-c + e^-2c + ... + e^-(n-1)c))."""
    before = np.sum(np.exp(-drift * np.arange(1, n)))
    return float(1.0 / (1.0 + np.exp(margin) * before))


def crown_rate(drift: float, margin: float) -> float:
    """Kings per submission in the long run; 0 without drift."""
    fresh = -np.expm1(-drift)
    return float(fresh / (fresh + np.exp(margin - drift)))


def kings(n: int, drift: float, margin: float) -> float:
    """Mean number of kings after n submissions."""
    return sum(chance(k, drift, margin) for k in range(1, n + 1))
