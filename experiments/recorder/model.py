"""A small GPT over bytes, as a dictionary of weights and one function.

Pre-norm blocks with RMS norms (Zhang and Sennrich 2019), rotary positions (Su et al. 2021), a GELU layer four times as
wide, no biases, and an output head tied to the embedding (Press and Wolf 2017).
"""

# ruff: noqa: PLC0415 - torch is imported where something is trained, and nowhere else
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.recorder.corpus import SEPARATOR, VOCABULARY
from experiments.recorder.sizes import Size
from sim.streams import stream

if TYPE_CHECKING:
    from torch import Tensor

ROTARY_BASE = 10_000.0
"""Wavelengths of the rotary positions go up to about this many bytes (Su et al. 2021)."""


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
