"""Random streams by name: what a number is for decides it, never the order in which things happen to be drawn."""

import hashlib

import numpy as np


def stream(seed: int, *name: str | int) -> np.random.Generator:
    """The random stream of that name, e.g. `stream(seed, "world", 3, "evaluation", 17)`.

    The same name gives the same numbers on every machine and for any number of workers and lanes.
    """
    kinds = ("str" if isinstance(part, str) else "int" for part in name)  # numpy's whole numbers are whole numbers
    text = "\x1f".join([str(seed), *(f"{kind}:{part}" for kind, part in zip(kinds, name, strict=True))])
    key = np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype=np.uint64)[:2]
    return np.random.Generator(np.random.Philox(key=key))
