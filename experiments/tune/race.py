"""Early stop: a candidate that loses against the best in the worlds so far need not live in the others."""

import numpy as np

LEVEL = 0.05
"""Chance that a candidate as good as the best is stopped at a look."""
FEWEST = 5
"""Worlds of a first look: with fewer, Wilcoxon's test can never reach the level."""


def looks(worlds: int) -> list[int]:
    """How many worlds there have been at each look and in the end: a half, three quarters, all."""
    half = -(-worlds // 2)
    if half < FEWEST:
        return [worlds]
    return sorted({half, half + (worlds - half) // 2, worlds})


def losing(gains: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Who is worse than the best by Wilcoxon's signed-rank test over worlds, one-sided.

    Args:
        gains: float64 `[candidates, worlds]`.
        best: those of the best, `[worlds]`.

    Returns:
        bool `[candidates]`.
    """
    from scipy.stats import wilcoxon  # noqa: PLC0415 - a slow import

    apart = gains - best
    out = np.zeros(len(gains), dtype=bool)
    for i, each in enumerate(apart):
        there = each[np.isfinite(each)]
        if len(there) >= FEWEST and np.any(there != 0):
            out[i] = wilcoxon(there, alternative="less").pvalue < LEVEL
    return out
