"""Who is paid how much while nothing changes or right after a change: moving average and softmax."""

import numpy as np


def new_king(steps: int, alpha: float) -> float:
    """Share of a new king after so many steps, 1 - alpha^k."""
    return float(1.0 - alpha**steps)


def old_king(alpha: float) -> float:
    """What a dethroned king still gets, in steps of the whole emission: alpha / (1 - alpha)."""
    return alpha / (1.0 - alpha)


def top_weight(models: int, temperature: float) -> float:
    """Softmax weight of the best of so many models, 2 or more, of which each beats all worse ones."""
    apart = 1.0 / ((models - 1) * temperature)
    return float(np.expm1(-apart) / np.expm1(-models * apart))
