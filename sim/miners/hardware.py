"""What miners train on: kinds and numbers of GPUs, how fast they are for a size of model, and what they cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np

from policies.errors import InputError, nearest
from sim.settings import About, Settings, Share, require_shares
from sim.streams import stream
from sim.traces.laws.throughput import GPUS, per_gpu

SECONDS_PER_DAY = 86_400.0

PRICES = {"a100-40": 1.2, "a100": 1.6, "h100": 2.5, "h200": 3.2, "gb200": 6.0}
"""USD per GPU-hour on rented machines: an assumption (the order of magnitude of price lists in 2025), not a fact."""


@dataclass(frozen=True)
class Fleet(Settings):
    """What the miners of a world own."""

    kinds: Annotated[
        Mapping[str, Share],
        About(f"share of the miners by kind of GPU: {', '.join(GPUS)}; all have an h100 when left out"),
    ] = field(default_factory=lambda: {"h100": 1.0})
    least: Annotated[
        int, About("GPUs of the smallest miner; up to `most` evenly over the logarithm, in machines of 8", 1, 100_000)
    ] = 1
    most: Annotated[int, About("GPUs of the largest miner", 1, 100_000)] = 8
    price: Annotated[
        Mapping[str, Annotated[float, About("USD per GPU-hour", 0, 1e6)]],
        About("USD per GPU-hour by kind, where it is not the usual price"),
    ] = field(default_factory=dict)
    skill: Annotated[
        float, About("sigma of the log-normal factor on what a miner's training is worth; 0 makes all alike", 0, 3)
    ] = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        for key, given in (("kinds", self.kinds), ("price", self.price)):
            if (wrong := next((name for name in given if name not in GPUS), None)) is not None:
                raise InputError(f"no GPU is called {wrong!r}; {nearest(wrong, GPUS)}", (key,))
        require_shares("shares of GPU kinds", self.kinds.items(), "kinds")
        if not 1 <= self.least <= self.most:
            raise InputError(f"GPUs from {self.least} to {self.most}, but must be 1 <= least <= most", ("least",))


@dataclass(frozen=True)
class Hardware:
    """What every miner has, float64 `[miners, worlds]`."""

    gpus: np.ndarray  #: number of GPUs
    tokens: np.ndarray  #: tokens per day at full use
    usd: np.ndarray  #: USD per day
    skill: np.ndarray  #: factor on what a token, or an hour, is worth


def equip(fleet: Fleet, parameters: float, miners: int, seed: int, worlds: Sequence[int]) -> Hardware:
    """Draw the hardware of every miner of every world, for models of that size."""
    names = sorted(fleet.kinds)
    edges = np.cumsum([fleet.kinds[name] for name in names])
    speed = np.array([per_gpu(parameters, name) for name in names])
    price = np.array([fleet.price.get(name, PRICES[name]) for name in names])
    drawn = [stream(seed, "world", w, "hardware").random((2, miners)) for w in worlds]
    luck = np.stack([stream(seed, "world", w, "skill").standard_normal(miners) for w in worlds], axis=-1)
    which, size = (np.stack([d[row] for d in drawn], axis=-1) for row in (0, 1))
    kind = np.minimum(np.searchsorted(edges, which, side="right"), len(names) - 1)
    gpus = np.exp(np.log(fleet.least) + size * np.log(fleet.most / fleet.least))
    whole = 8.0 if fleet.least >= 8 else 1.0  # machines have 8
    gpus = np.clip(np.round(gpus / whole) * whole, fleet.least, fleet.most)
    return Hardware(gpus, gpus * speed[kind] * SECONDS_PER_DAY, gpus * 24.0 * price[kind], np.exp(fleet.skill * luck))
