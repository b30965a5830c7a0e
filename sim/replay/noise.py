"""Evaluation noise: what a validator measures instead of the true loss, step by step, paired over models."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.replay.race import Race
from sim.streams import stream

CHUNK = 256
"""Steps that are drawn at a time: bounded memory, and no call per number."""


@dataclass(frozen=True)
class NoiseLevel:
    """How large the noise is, as fractions of the loss.

    Attributes:
        paired: sd of the difference of two models' losses in one step. The default is 0.0012 nats at 2.45: the middle
            of what 500 samples give (0.0006 to 0.0018; SN9 logs of 2023-11 and 2024-08).
        common: sd of the shift that all models of one step share. The default is 0.034 nats at 2.45: a page effect with
            sd 0.14 over 20 pages and samples with sd 0.29, 500 of them.
        samples: samples that one evaluation consists of, for rules that compare sample by sample (53 in 2023-11).
    """

    paired: float = 0.0005
    common: float = 0.014
    samples: int = 50


class Noise:
    """Measured losses of all submissions in several worlds.

    Every submission of every world has a stream of its own, and so has every world's choice of pages; the k-th number
    belongs to the k-th step. Nothing depends on which worlds are drawn together.
    """

    def __init__(self, race: Race, level: NoiseLevel, seed: int, worlds: Sequence[int]) -> None:
        self._loss = race.loss[None, :, None]
        own = np.where(np.isnan(race.sd), level.paired * race.loss, race.sd)
        self._sd = (own / np.sqrt(2.0))[None, :, None]
        self._common = level.common
        self._quiet = not own.any() and not level.common
        self._pages = [stream(seed, race.name, "world", w, "pages") for w in worlds]
        self._models = [
            [stream(seed, race.name, "world", w, "evaluation", i) for w in worlds] for i in range(len(race))
        ]
        self._parts = [[(seed, race.name, "world", w, "samples", i) for w in worlds] for i in range(len(race))]
        self._sample_streams: list[list[np.random.Generator]] = []
        self._samples, self._sampled = level.samples, 0
        self._first = -CHUNK
        self._chunk = np.empty(0)

    def losses(self, step: int) -> np.ndarray:
        """What step number `step` measures, float64 `[submissions, worlds]`; ask for steps in rising order."""
        while step >= self._first + CHUNK:
            self._draw()
        chunk: np.ndarray = self._chunk[step - self._first]
        return chunk

    def samples(self, step: int) -> np.ndarray:
        """The same step sample by sample, float64 `[samples, submissions, worlds]`; their mean is what `losses` says.

        Only rules that compare samples ask for it, and the samples have streams of their own: asking changes nothing
        else.
        """
        if not self._sample_streams:
            self._sample_streams = [[stream(name[0], *name[1:]) for name in row] for row in self._parts]
        while self._sampled <= step:
            drawn = [[g.standard_normal(self._samples) for g in row] for row in self._sample_streams]
            self._sampled += 1
        own = np.moveaxis(np.array(drawn), -1, 0) * (self._sd[0] * np.sqrt(self._samples))
        return np.asarray(own - own.mean(axis=0) + self.losses(step))

    def _draw(self) -> None:
        self._first += CHUNK
        if self._quiet:
            shape = (CHUNK, self._loss.shape[1], len(self._pages))
            self._chunk = np.broadcast_to(self._loss, shape)
            return
        common = np.stack([g.standard_normal(CHUNK) for g in self._pages], axis=-1)[:, None, :]
        own = np.stack([np.stack([g.standard_normal(CHUNK) for g in row], axis=-1) for row in self._models], axis=1)
        own *= self._sd
        own += self._loss * (1.0 + self._common * common)
        self._chunk = own
