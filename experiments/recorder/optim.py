"""The optimisers, AdamW and Muon, and the learning rates of their steps."""

# ruff: noqa: PLC0415 - torch is imported where something is trained, and nowhere else
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from sim.traces.laws.schedules import KINDS, rates

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

Optimisation = Literal["adamw", "muon"]
OPTIMISERS: tuple[str, ...] = get_args(Optimisation)
SCHEDULES = tuple(KINDS)
BETAS = (0.9, 0.95)
WEIGHT_DECAY = 0.1
"""Of matrices, per unit of the learning rate (Loshchilov and Hutter 2019); gains and the embedding do not decay."""
WARMUP = 0.05
"""Share of the steps over which the rate rises linearly, at least one step."""


class Optimiser:
    """Moves weights in place: all by AdamW, or the matrices of the blocks by Muon and the rest by AdamW.

    Muon (K. Jordan et al. 2024) makes entries of an update 0.2 times as large as AdamW does, so that both take one
    learning rate: Liu et al., "Muon is scalable for LLM training" (2025), arXiv:2502.16982, section 2.2.
    """

    def __init__(self, weights: dict[str, Tensor], kind: Optimisation) -> None:
        import torch

        matrices = [w for name, w in weights.items() if w.ndim == 2 and name != "embedding"]
        others = [w for name, w in weights.items() if w.ndim != 2 or name == "embedding"]
        groups = [{"params": others, "weight_decay": 0.0}, {"params": matrices, "weight_decay": WEIGHT_DECAY}]
        adam = torch.optim.AdamW(groups if kind == "adamw" else groups[:1], betas=BETAS)
        self._parts: list[torch.optim.Optimizer] = [adam]
        if kind == "muon":
            muon = torch.optim.Muon(matrices, weight_decay=WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw")
            self._parts.append(muon)

    def step(self, rate: float) -> None:
        """One update from the gradients of the weights, which are then cleared."""
        for part in self._parts:
            for group in part.param_groups:
                group["lr"] = rate
            part.step()
            part.zero_grad()

    def state(self) -> list[dict[str, Any]]:
        """What a checkpoint has to keep."""
        return [part.state_dict() for part in self._parts]

    def load(self, state: list[dict[str, Any]]) -> None:
        """Go on from what `state` gave."""
        for part, kept in zip(self._parts, state, strict=True):
            part.load_state_dict(kept)


def learning_rates(name: str, steps: int, peak: float) -> np.ndarray:
    """The rate of each update, float64 `[steps]`; it falls to a tenth of the peak, except under `constant`."""
    return rates(name, steps, warmup=min(steps - 1, max(1, round(WARMUP * steps))), peak=peak)
