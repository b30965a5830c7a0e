"""Recorded values as arrays and policies."""

from typing import Any

import numpy as np

from policies import Policy, find

Row = dict[str, Any]
"""A line of a file of vectors."""


def numbers(values: list[Any]) -> np.ndarray:
    """A list of numbers as float64; those that are not finite are the strings inf, -inf and nan."""
    return np.array([float(v) for v in values], dtype=np.float64)


def dense(pairs: list[list[Any]], length: int) -> np.ndarray:
    """A sparse vector `[[uid, value], ...]` as float32 `[length]`."""
    out = np.zeros(length, dtype=np.float32)
    for uid, value in pairs:
        out[uid] = float(value)
    return out


def policy_of(eps: Row) -> Policy:
    """The policy of a recorded `eps`; its bounds are not checked, because validators run growing epsilons too.

    Raises:
        ZeroDivisionError: `decay_blocks` is 0, where the original divides by it.
        KeyError: a type that the vectors' README does not name.
    """
    if eps["type"] == "fixed":
        return find("fixed").unchecked(epsilon=float(eps["epsilon"]))
    if eps["type"] != "linear":
        raise KeyError(f"epsilon type {eps['type']!r}; known: fixed, linear")
    if float(eps["decay_blocks"]) == 0:
        raise ZeroDivisionError("decay_blocks is 0")
    return find("linear").unchecked(
        start=float(eps["start"]), end=float(eps["end"]), decay_blocks=float(eps["decay_blocks"])
    )
