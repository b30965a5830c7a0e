"""Regret: what the best single deviation gains in a lane that has settled, from the column `deviations`."""

import json
from collections.abc import Sequence

import numpy as np


def deviation_gains(told: Sequence[str | None]) -> dict[str, np.ndarray]:
    """What a single deviant gains by each strategy, float64 `[worlds]`, from the lane's rows of the column.

    NaN in worlds that failed; empty for a lane that does not play.
    """
    worlds: list[dict[str, float]] = [json.loads(text) if text is not None else {} for text in told]
    strategies = dict.fromkeys(strategy for gains in worlds for strategy in gains)
    return {each: np.array([gains.get(each, np.nan) for gains in worlds]) for each in strategies}


def best_gain(gains: dict[str, np.ndarray], race: np.ndarray) -> np.ndarray:
    """In each case what the strategy gains whose mean over the case's worlds is largest, `[worlds]`.

    The largest of several means is biased upwards, as the winner of noisy numbers always is.

    Args:
        gains: see `deviation_gains`.
        race: the case of each world, `[worlds]`.
    """
    best = np.full(len(race), np.nan)
    for case in np.unique(race):
        here = race == case
        known = [own[here] for own in gains.values() if np.isfinite(own[here]).any()]
        if known:
            best[here] = max(known, key=np.nanmean)
    return best
