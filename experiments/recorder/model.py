"""A small GPT over bytes, as a dictionary of weights and one function, and its loss on a text that it has not seen.

Pre-norm blocks with RMS norms (Zhang and Sennrich 2019), rotary positions (Su et al. 2021), a GELU layer four times as
wide, no biases, and an output head tied to the embedding (Press and Wolf 2017).
"""

# ruff: noqa: PLC0415 - torch is imported where something is trained, and nowhere else
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.recorder.text import SEPARATOR, VOCABULARY
from policies import InputError
from policies.errors import nearest
from sim.streams import stream

if TYPE_CHECKING:
    from torch import Tensor

ROTARY_BASE = 10_000.0
"""Wavelengths of the rotary positions go up to about this many bytes (Su et al. 2021)."""
EVALUATED = 16_384
"""Most targets of an evaluation corpus, in windows spread evenly over it: the same in every run, so runs are paired."""
TOGETHER = 32
"""Windows of an evaluation that are computed together."""


@dataclass(frozen=True)
class Size:
    """The shape of a model."""

    width: int  #: of the residual stream, a multiple of twice the heads
    layers: int  #: blocks of attention and a GELU layer
    heads: int  #: of attention

    @property
    def parameters(self) -> int:
        """How many: the embedding, 12 width^2 in each block, and the gains of the norms."""
        return VOCABULARY * self.width + 12 * self.layers * self.width**2 + (2 * self.layers + 1) * self.width


SIZES = {
    "20k": Size(24, 2, 2),
    "50k": Size(40, 2, 2),
    "200k": Size(64, 4, 4),
    "600k": Size(96, 5, 4),
    "1m": Size(128, 5, 4),
    "3m": Size(192, 7, 6),
    "10m": Size(320, 8, 8),
}
"""By the number of parameters, which is within 8% of what the name says."""


def size_of(name: str) -> Size:
    """The size of that name.

    Raises:
        InputError: unknown.
    """
    if name not in SIZES:
        raise InputError(f"--size {name!r} is not known; {nearest(name, SIZES)}")
    return SIZES[name]


def weights(size: Size, seed: int, device: str = "cpu") -> dict[str, Tensor]:
    """Fresh float32 weights by name.

    Matrices are normal with sd 1/sqrt(inputs), so that they keep the size of what goes through; those that write to the
    residual stream begin at zero, so that each block begins as the identity.
    """
    import torch

    def normal(name: str, rows: int, columns: int, sd: float) -> Tensor:
        drawn = stream(seed, "recorder", "weights", name).standard_normal((rows, columns)) * sd
        return torch.tensor(drawn, dtype=torch.float32)

    d, made = size.width, {"embedding": normal("embedding", VOCABULARY, size.width, 0.02)}
    for layer in range(size.layers):
        made[f"{layer}.qkv"] = normal(f"{layer}.qkv", 3 * d, d, d**-0.5)
        made[f"{layer}.out"] = torch.zeros(d, d)
        made[f"{layer}.up"] = normal(f"{layer}.up", 4 * d, d, d**-0.5)
        made[f"{layer}.down"] = torch.zeros(d, 4 * d)
        made[f"{layer}.norm-attention"], made[f"{layer}.norm-up"] = torch.ones(d), torch.ones(d)
    made["norm"] = torch.ones(d)
    return {name: value.to(device).requires_grad_() for name, value in made.items()}


def tensor(windows: np.ndarray, device: str = "cpu") -> Tensor:
    """Windows of symbols as int64, on the device."""
    import torch

    return torch.from_numpy(windows.astype(np.int64)).to(device)


def nats(weights: dict[str, Tensor], size: Size, windows: Tensor) -> tuple[Tensor, int]:
    """The loss on windows of text.

    Args:
        weights: by name.
        size: their shape.
        windows: int64 `[batch, context + 1]`.

    Returns:
        The sum of the losses in nats over all targets that are bytes, and how many these are.
    """
    from torch.nn import functional as f

    d, heads = size.width, size.heads
    inputs, targets = windows[:, :-1], windows[:, 1:]
    batch, context = inputs.shape
    cos, sin = _rotations(context, d // heads, windows.device.type)
    x = f.embedding(inputs, weights["embedding"])
    for layer in range(size.layers):
        normed = f.rms_norm(x, (d,), weights[f"{layer}.norm-attention"])
        mixed = (normed @ weights[f"{layer}.qkv"].T).view(batch, context, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
        q, k = _turned(mixed[0], cos, sin), _turned(mixed[1], cos, sin)
        seen = f.scaled_dot_product_attention(q, k, mixed[2], is_causal=True)
        x = x + seen.transpose(1, 2).reshape(batch, context, d) @ weights[f"{layer}.out"].T
        normed = f.rms_norm(x, (d,), weights[f"{layer}.norm-up"])
        x = x + f.gelu(normed @ weights[f"{layer}.up"].T) @ weights[f"{layer}.down"].T
    logits = f.rms_norm(x, (d,), weights["norm"]) @ weights["embedding"].T
    flat = targets.reshape(-1)
    loss = f.cross_entropy(logits.view(-1, VOCABULARY), flat, ignore_index=SEPARATOR, reduction="sum")
    return loss, int((flat != SEPARATOR).sum())


def _rotations(context: int, width: int, device: str) -> tuple[Tensor, Tensor]:
    import torch

    rates = ROTARY_BASE ** (-torch.arange(0, width, 2, device=device) / width)
    angles = torch.arange(context, device=device)[:, None] * rates
    return angles.cos(), angles.sin()


def _turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    import torch

    left, right = x.chunk(2, dim=-1)
    return torch.cat([left * cos - right * sin, right * cos + left * sin], dim=-1)


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
            loss, count = nats(weights, size, tensor(windows[start : start + TOGETHER], device))
            total, targets = total + float(loss), targets + count
    return total / max(1, targets)
