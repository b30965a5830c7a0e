"""Loops of the engine that only compiled code calls, compiled so that a test can call them too."""

from typing import Any

from numba import njit


def reachable(loop: Any) -> Any:
    """The same loop for calls from Python."""
    return njit(loop.py_func, error_model="numpy")
