"""The loss of a model on a text that it did not learn from."""

# ruff: noqa: PLC0415 - torch is imported where something is trained, and nowhere else
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.recorder import model
from experiments.recorder.sizes import Size

if TYPE_CHECKING:
    from torch import Tensor

EVALUATED = 16_384
"""Most targets of an evaluation corpus, in windows spread evenly over it: the same in every run, so runs are paired."""
TOGETHER = 32
"""Windows of an evaluation that are computed together."""


def spread(symbols: np.ndarray, context: int, most: int = EVALUATED) -> np.ndarray:
    """Windows `[windows, context + 1]` that do not overlap in their targets, spread evenly over a text."""
    there = (len(symbols) - 1) // context
    chosen = np.linspace(0, there - 1, max(1, min(there, most // context))).astype(int) * context
    return symbols[chosen[:, None] + np.arange(context + 1)]


def evaluate(weights: dict[str, Tensor], size: Size, windows: np.ndarray, device: str = "cpu") -> float:
    """Mean loss over all targets of the windows that are bytes, in nats per byte."""
    import torch

    total, targets = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(windows), TOGETHER):
            loss, count = model.nats(weights, size, model.tensor(windows[start : start + TOGETHER], device))
            total, targets = total + float(loss), targets + count
    return total / max(1, targets)
