"""Payments by descent, by prizes, royalties and Shapley shares: what they add up to whatever was submitted."""

from collections.abc import Sequence

import numpy as np


def bounties(losses: Sequence[float], per_nat: float) -> np.ndarray:
    """One-off payments for improving the best loss so far, float64 `[submissions]`.

    They sum to `per_nat * ln(first loss / best loss)`: neither slices nor copies change it. The first sets the mark.
    """
    best = np.minimum.accumulate(np.log(np.asarray(losses, dtype=np.float64)))
    return per_nat * -np.diff(best, prepend=best[:1])


def royalties(gains: Sequence[float], ages: Sequence[float], scale: float = np.inf) -> np.ndarray:
    """Shares of the emission by what each contributed, fading with the age of the contribution.

    Args:
        gains: log-loss that each took off, `[submissions]`.
        ages: how long ago, `[submissions]`, in the unit of `scale`.
        scale: time constant; inf pays by all descent ever.
    """
    due = np.asarray(gains) * np.exp(-np.asarray(ages, dtype=np.float64) / scale)
    return np.asarray(due / due.sum())


def airport(costs: Sequence[float]) -> np.ndarray:
    """Shapley shares of max(costs) in the order given: each layer is split by those who reach it."""
    values = np.asarray(costs, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    layers = np.diff(values[order], prepend=0.0) / np.arange(len(values), 0, -1)
    shares = np.empty(len(values))
    shares[order] = np.cumsum(layers)
    return shares


def hutter(size: float, record: float, fund: float = 50_000.0) -> float:
    """Payout of the Hutter Prize for a smaller archive: fund * (1 - size / record)."""
    return fund * (1.0 - size / record)


def half_life(decay: float, epoch_blocks: float) -> float:
    """Blocks in which a factor per epoch halves the advantage; SN29 has 0.995 and 361 blocks."""
    return float(epoch_blocks * np.log(2.0) / -np.log(decay))
