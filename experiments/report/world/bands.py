"""Intervals of many means at once."""

import numpy as np

from experiments.estimate import student


def band(values: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The interval of the mean over worlds at each moment, as `estimate` has it for one number.

    Args:
        values: float64 `[worlds, points]`.

    Returns:
        Its lower and upper ends `[points]`; None with a single world.
    """
    n = len(values)
    if n < 2:
        return None
    half = student(n - 1) * values.std(axis=0, ddof=1) / np.sqrt(n)
    mean = values.mean(axis=0)
    return mean - half, mean + half
