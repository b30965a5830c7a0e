"""Constants of the sizes in between."""

from collections.abc import Mapping

import numpy as np


def between(table: Mapping[float, tuple[float, ...]], parameters: float) -> list[float]:
    """A row of constants for any size: in a straight line over log N inside the table, the nearest row outside it."""
    known = np.log(sorted(table))
    rows = np.array([table[size] for size in sorted(table)])
    return [float(np.interp(np.log(parameters), known, column)) for column in rows.T]
