"""The replicator: shares of strategies that pay more than the mean grow, with steps that become smaller.

`x <- x exp(rate (pay - mean) / scale)`, the discrete replicator with exponential weights (Hofbauer and Sigmund 1998,
section 8; Freund and Schapire 1999). In the inside of the simplex it rests where all strategies pay the same; a strict
equilibrium attracts what begins near it. Where it cycles, as in rock, paper, scissors, the tail goes on moving, which
`movement` shows.

All functions take mixes of any number of lanes, float64 `[..., strategies]`, whose shares sum to 1.
"""

from math import sqrt

import numpy as np

FIRST, HALVING = 1.0, 4.0
"""Rate of the first round, by which a share grows by a factor e at most, and after how many more rounds it begins to
fall as the root of the number of the round."""
KEPT_MINERS, KEPT_SHARE = 2.0, 0.03
"""Each strategy keeps so many miners, or that share of all, whichever is less, and at least one miner."""
TAIL = 3
"""The last round in so many, rounded up, are averaged."""
LEAST_TAIL = 3
"""Rounds that must be averaged before one can say whether the mix still moves."""
SETTLED = 0.1
"""A mix has settled if no share moved by more than this over the rounds that are averaged."""


def least_share(miners: int) -> float:
    """The share that no strategy falls below."""
    return max(1.0, min(KEPT_MINERS, KEPT_SHARE * miners)) / miners


def first_mix(strategies: int, favourite: int | None, least: float) -> np.ndarray:
    """The mix to begin from, `[strategies]`: even, or nearly all of a favourite and the least of each other."""
    if favourite is None:
        return np.full(strategies, 1.0 / strategies)
    mix = np.full(strategies, min(least, 1.0 / strategies))
    mix[favourite] = 1.0 - mix[0] * (strategies - 1)
    return mix


def next_mix(mix: np.ndarray, pay: np.ndarray, number: int, least: float) -> np.ndarray:
    """The mix after a round.

    Args:
        mix: of the round.
        pay: of each strategy per miner, `[..., strategies]`, in units of what matters; NaN where nobody was observed,
            which counts as the mean.
        number: of the round, from 0 on.
        least: the share that no strategy falls below; at most one over the number of strategies.
    """
    seen = np.isfinite(pay)
    weight = np.where(seen, mix, 0.0)
    mean = (weight * np.where(seen, pay, 0.0)).sum(axis=-1, keepdims=True)
    mean = mean / np.maximum(weight.sum(axis=-1, keepdims=True), 1e-300)
    edge = np.where(seen, pay, mean) - mean
    scale = np.maximum(np.abs(edge).max(axis=-1, keepdims=True), 1.0)  # so that no step is larger than the rate
    grown = mix * np.exp(FIRST / sqrt(1.0 + number / HALVING) * edge / scale)
    return raise_shares(grown / grown.sum(axis=-1, keepdims=True), least)


def raise_shares(mix: np.ndarray, least: float) -> np.ndarray:
    """The mix with every share at least `least`; what that takes comes from the larger shares in proportion."""
    low = np.zeros(mix.shape, dtype=bool)
    for _ in range(mix.shape[-1]):
        low |= mix < least
        rest = np.where(low, 0.0, mix)
        left = 1.0 - least * low.sum(axis=-1, keepdims=True)
        total = rest.sum(axis=-1, keepdims=True)
        mix = np.where(low, least, rest * (left / np.where(total > 0.0, total, 1.0)))
    return mix


def settled_mix(mixes: np.ndarray) -> np.ndarray:
    """The mean of the tail.

    Args:
        mixes: the first mix and that after each round, `[rounds + 1, ..., strategies]`.
    """
    mean = _tail(mixes).mean(axis=0)
    return np.asarray(mean / mean.sum(axis=-1, keepdims=True))


def movement(mixes: np.ndarray) -> np.ndarray:
    """By how much the share moved that moved most in the tail, `[...]`; NaN where the tail is too short to tell."""
    tail = _tail(mixes)
    moved = np.asarray((tail.max(axis=0) - tail.min(axis=0)).max(axis=-1))
    return moved if len(tail) >= LEAST_TAIL else np.full(moved.shape, np.nan)


def _tail(mixes: np.ndarray) -> np.ndarray:
    """The mixes after each of the last rounds."""
    return mixes[-max(1, -(-(len(mixes) - 1) // TAIL)) :]
