"""Comparison of answers with recorded ones: to the last bit, or float32 within the tolerance of the vectors."""

from typing import Any

import numpy as np

RELATIVE, ABSOLUTE = 1e-6, 1e-37
"""Tolerance of float32 outputs, from the vectors' README: exp and the order of sums differ between libraries."""


class Match:
    """Collects the comparisons of one row.

    Attributes:
        exact: every comparison agreed to the last bit.
        faults: one line per comparison that failed.
    """

    def __init__(self) -> None:
        self.exact = True
        self.faults: list[str] = []

    def same(self, what: str, expected: Any, got: Any) -> None:
        """Discrete outputs and float64: equal to the last bit, NaN equal to NaN."""
        if not _equal(expected, got):
            self.exact = False
            self.faults.append(f"{what}: expected {expected}, got {_plain(got)}")

    def nearly(self, what: str, expected: list[Any], got: list[float]) -> None:
        """float64 outputs of a power function: within 4 ulp, because libraries round `pow` differently.

        numpy 1.26 on AVX-512 gives 0.75 ** 1.2 one ulp too high; numpy 2.4 and the C library give the nearest float64.
        """
        wide = np.array([float(v) for v in expected])
        if np.array_equal(wide, got):
            return
        self.exact = False
        if len(wide) != len(got) or not np.allclose(wide, got, rtol=4 * np.finfo(np.float64).eps, atol=0):
            self.faults.append(f"{what}: expected {expected}, got {got}")

    def close(self, what: str, expected: np.ndarray, got: Any) -> None:
        """float32 outputs: within the tolerance; counted as exact when they agree to the last bit."""
        got = np.asarray(got, dtype=np.float32)
        if np.array_equal(expected, got, equal_nan=True):
            return
        self.exact = False
        if expected.shape != got.shape:
            self.faults.append(f"{what}: expected {len(expected)} values, got {len(got)}")
            return
        wide, found = expected.astype(np.float64), got.astype(np.float64)
        allowed = RELATIVE * np.maximum(np.abs(wide), np.abs(found)) + ABSOLUTE
        bad = ~((np.abs(wide - found) <= allowed) | (np.isnan(wide) & np.isnan(found)))
        if bad.any():
            i = int(np.flatnonzero(bad)[0])
            self.faults.append(f"{what}[{i}]: expected {expected[i]!r}, got {got[i]!r}")


def _equal(expected: Any, got: Any) -> bool:
    got = _plain(got)
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(map(_equal, expected, got))
    if isinstance(got, float) and expected is not None:
        return bool(np.array_equal(float(expected), got, equal_nan=True))
    return bool(expected == got)


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
