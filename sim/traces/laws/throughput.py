"""Tokens per second and the time of a run (MPT tables of mosaicml/llm-foundry, torchtitan, llm.c)."""

import numpy as np

from policies.errors import InputError, nearest

A100_40 = {1.316e9: (15_600, 19_300), 2.652e9: (8_800, 10_100), 6.659e9: (3_400, 3_700), 12.85e9: (1_600, 2_000)}
A100_80 = {
    0.125e9: (118_400, 142_800),
    0.356e9: (49_600, 58_800),
    0.76e9: (27_400, 32_400),
    1.316e9: (17_800, 20_500),
    2.652e9: (9_500, 10_800),
    6.659e9: (3_700, 4_600),
    12.85e9: (2_060, 2_260),
    29.98e9: (810, 920),
}
H100 = {
    0.124e9: (366_000, 468_000),
    0.76e9: (55_500, 68_600),
    1.316e9: (38_500, 46_000),
    2.652e9: (21_000, 24_100),
    6.659e9: (8_600, 10_600),
    12.85e9: (4_700, 5_080),
    29.98e9: (1_800, 2_310),
    64.86e9: (880, 1_060),
}
"""Tokens per second and GPU by parameters: least and most that was measured in bf16, sequences of 2,048 and 4,096, up
to 128 GPUs. The sizes are those of the models called 125M, 350M, 760M, 1B, 3B, 7B, 13B, 30B and 70B; H100 at 124M is
llm.c's 468,000 and speedrun record 5's 366,000."""

GPUS: dict[str, tuple[dict[float, tuple[int, int]], float, float]] = {
    "a100-40": (A100_40, 1.0, 312e12),
    "a100": (A100_80, 1.0, 312e12),
    "h100": (H100, 1.0, 989e12),
    "h200": (H100, 1.07, 989e12),
    "gb200": (H100, 3.7 / 2.35, 2500e12),
}
"""By name: the table, the factor on it, and the peak of dense bf16 arithmetic in FLOP/s (vendors' figures, recalled).
An H200 is an H100 with faster memory, 1.0 to 1.15 times as fast; a GB200 did the steps of a 15B run in 1 / 3.7 of an
A100's time."""

FREE_GPUS, LOST_PER_DOUBLING = 128, 0.035
"""Up to 128 GPUs the tables lie within the spread of other settings; from 128 to 512 H100, models of 1B to 13B lost 1.3
to 5 % per doubling, on average 3.5 % (computed)."""


def per_gpu(parameters: float, gpu: str = "h100", gpus: int = 8) -> float:
    """Tokens per second and GPU: the middle of the measured range, between sizes on a straight line of logarithms.

    Beyond the table a GPU does the same arithmetic per second as at the nearest size: tokens fall as the size grows.

    Raises:
        InputError: the GPU is unknown, or there is none.
    """
    low, high = measured(parameters, gpu)
    if gpus < 1:
        raise InputError(f"a run on {gpus} GPUs: at least 1 is needed", ("gpus",))
    doublings = max(np.log2(gpus / FREE_GPUS), 0.0)
    return float(np.sqrt(low * high) * (1.0 - LOST_PER_DOUBLING) ** doublings)


def measured(parameters: float, gpu: str) -> tuple[float, float]:
    """The least and the most tokens per second and GPU that were measured, between sizes as in `per_gpu`."""
    if gpu not in GPUS:
        raise InputError(f"no GPU is called {gpu!r}; {nearest(gpu, GPUS)}", ("gpu",))
    table, factor, _ = GPUS[gpu]
    sizes = np.log(list(table))
    nearby = float(np.clip(np.log(parameters), sizes[0], sizes[-1]))
    ends = [np.exp(np.interp(nearby, sizes, np.log([row[end] for row in table.values()]))) for end in (0, 1)]
    scale = factor * np.exp(nearby) / parameters
    return float(ends[0] * scale), float(ends[1] * scale)


def seconds(parameters: float, tokens: float, gpu: str = "h100", gpus: int = 8) -> float:
    """Seconds of training on so many tokens."""
    return tokens / (gpus * per_gpu(parameters, gpu, gpus))
