"""What an interval of a difference allows to say."""

from typing import Literal

import numpy as np

from experiments.estimate import Estimate

TINY = 1e-12
"""Smaller differences are rounding."""
Verdict = Literal["above", "below", "level", "unknown"]


def verdict(difference: Estimate) -> Verdict:
    """Above or below the baseline, not told apart from it (level), or without an interval (unknown)."""
    if not np.isfinite(difference.lo):
        return "unknown"
    if difference.lo > TINY:
        return "above"
    return "below" if difference.hi < -TINY else "level"
