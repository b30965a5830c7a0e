"""Which runs the shipped library has."""

from collections.abc import Iterator
from itertools import product

from experiments.recorder.job import Job

TEXTS = ("raw", "clean")
TOKENS = 1e6
"""Bytes that one run sees: less than one pass over either corpus."""
EVERY = 20
"""Steps between validations: 26 points in a run of 488 steps."""
RATES = {"20k": 1e-2, "50k": 1e-2, "200k": 6e-3}
"""Peak learning rates of AdamW by size: the best of three on short runs (0.4 to 0.6 million bytes)."""
MUON_RATE = 1.2e-2
"""The best of three for Muon, at 200k."""
SHAPES = [
    *product(RATES, ("cosine", "wsd-linear"), ("adamw",)),
    ("50k", "constant", "adamw"),
    ("50k", "cosine", "muon"),
]


def jobs() -> Iterator[tuple[str, Job]]:
    """Each run with the name of the corpus that it learns from; the first seed of everything comes first."""
    for seed, (size, schedule, optimiser), text in product((0, 1), SHAPES, TEXTS):
        name = f"{size}-{schedule}-{optimiser}-{text}-s{seed}"
        rate = MUON_RATE if optimiser == "muon" else RATES[size]
        yield text, Job(name, size, schedule, optimiser, TOKENS, rate=rate, seed=seed, every=EVERY)
