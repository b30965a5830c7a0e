"""Chance in the life of miners: numbers by world, purpose and moment, the same in every lane."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from sim.streams import stream

CHUNK = 256


class Chance:
    """Random numbers for every step of the clock, drawn in chunks; a shorter contest has the first ones of a longer.

    Args:
        seed: of all random streams.
        worlds: which worlds, by number.
        purpose: what they are for; part of the name of their stream.
        miners: how many there are.
        law: `uniform` in [0, 1) or `normal`.
        steps: of the whole contest: no more are drawn.
    """

    def __init__(
        self, seed: int, worlds: Sequence[int], purpose: str, miners: int, law: Literal["uniform", "normal"], steps: int
    ) -> None:
        self._names = [(seed, "world", w, purpose) for w in worlds]
        self._miners, self._law, self._steps = miners, law, steps
        self._first = -CHUNK
        self._chunk = np.empty(0)

    def at(self, step: int) -> np.ndarray:
        """The numbers of a step, float64 `[miners, worlds]`; ask in rising order."""
        if not self._first <= step < self._first + CHUNK:
            self._first = step // CHUNK * CHUNK
            shape = (min(CHUNK, self._steps - self._first), self._miners)
            generators = [stream(*name, self._first // CHUNK) for name in self._names]
            drawn = [g.random(shape) if self._law == "uniform" else g.standard_normal(shape) for g in generators]
            self._chunk = np.stack(drawn, axis=-1)
        found: np.ndarray = self._chunk[step - self._first]
        return found
