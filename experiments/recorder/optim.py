"""The optimisers: AdamW, and one that orthogonalises the updates of matrices (Muon)."""

# ruff: noqa: PLC0415 - torch is imported where something is trained, and nowhere else
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from torch import Tensor

Kind = Literal["adamw", "muon"]
KINDS: tuple[str, ...] = get_args(Kind)
BETAS = (0.9, 0.95)
WEIGHT_DECAY = 0.1
"""Of matrices, per unit of the learning rate (Loshchilov and Hutter 2019); gains and the embedding do not decay."""
MOMENTUM = 0.95
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""The quintic's coefficients, and five steps of it: K. Jordan et al., "Muon: an optimizer for hidden layers" (2024)."""
ADAM_SCALE = 0.2
"""Makes the entries of an orthogonal update as large as those of AdamW, so that both take one learning rate: Liu et
al., "Muon is scalable for LLM training" (2025), arXiv:2502.16982, section 2.2."""


def orthogonal(matrix: Tensor, steps: int = 5) -> Tensor:
    """About the nearest orthogonal matrix `[rows, columns]`, by a Newton-Schulz iteration.

    Singular values that are not tiny beside the largest end between 0.68 and 1.13 (the same source), not at 1 exactly.
    """
    a, b, c = NEWTON_SCHULZ
    x: Tensor = matrix / (matrix.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Optimiser:
    """Moves weights in place.

    Args:
        weights: by name; the matrices of the blocks are what `muon` treats its own way, the rest gets AdamW.
        kind: `adamw` or `muon`.
    """

    def __init__(self, weights: dict[str, Tensor], kind: Kind) -> None:
        import torch

        inner = {name: w for name, w in weights.items() if w.ndim == 2 and name != "embedding"}
        outer = [w for name, w in weights.items() if name not in inner]
        self._matrices = inner if kind == "muon" else {}
        self._momentum = {name: torch.zeros_like(w) for name, w in self._matrices.items()}
        groups = [{"params": outer, "weight_decay": 0.0}]
        if kind == "adamw":
            groups.append({"params": list(inner.values()), "weight_decay": WEIGHT_DECAY})
        self._adam = torch.optim.AdamW(groups, betas=BETAS)
        self._weights = list(weights.values())

    def step(self, rate: float) -> None:
        """One update from the gradients of the weights, which are then cleared."""
        import torch

        for group in self._adam.param_groups:
            group["lr"] = rate
        self._adam.step()
        with torch.no_grad():
            for name, weight in self._matrices.items():
                self._turn(weight, self._momentum[name], rate)
        for weight in self._weights:
            weight.grad = None

    def _turn(self, weight: Tensor, momentum: Tensor, rate: float) -> None:
        assert weight.grad is not None  # noqa: S101 - `step` comes after `backward`
        momentum.lerp_(weight.grad, 1 - MOMENTUM)
        update = orthogonal(weight.grad.lerp(momentum, MOMENTUM))  # Nesterov's look ahead
        weight.mul_(1 - rate * WEIGHT_DECAY)
        weight.add_(update, alpha=-rate * ADAM_SCALE * max(weight.shape) ** 0.5)

    def state(self) -> dict[str, Any]:
        """What a checkpoint has to keep."""
        return {"adam": self._adam.state_dict(), "momentum": self._momentum}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._adam.load_state_dict(state["adam"])
        for name, momentum in self._momentum.items():
            momentum.copy_(state["momentum"][name])
