"""Evaluation noise of races: fractions of the loss, paired over models, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.race.race import NoiseLevel, Observed, Race
from sim.streams import stream
from sim.validators.noise import Draws, Window

CHUNK = 256
"""Steps that are drawn at a time: bounded memory, and no call per number."""


@dataclass(frozen=True)
class RaceNoise:
    """The noise of a race's evaluations, as a world asks for it; in the unit of the first submission's loss.

    Attributes:
        race: the submissions.
        level: how large it is.
    """

    race: Race
    level: NoiseLevel

    @property
    def samples(self) -> int:
        """Samples that one evaluation consists of."""
        return self.level.samples

    @property
    def kin(self) -> float:
        """sd of the difference of two models in one evaluation."""
        return float(self.level.paired * self.race.loss[0])

    @property
    def stranger(self) -> float:
        """The same, however unlike they are."""
        return self.kin

    @property
    def errors(self) -> np.ndarray:
        """sd of a comparison, see `History`: a row's own, else the level's share of the loss."""
        known = np.isfinite(self.race.sd)
        errors = np.zeros((len(self.race) + 1, 2))
        errors[:-1, 0] = np.where(known, self.race.sd, 0.0)
        errors[:-1, 1] = np.where(known, 0.0, self.level.paired)
        return errors

    def draws(self, miners: int, seed: int, worlds: Sequence[int], validator: int = 0) -> Draws:
        """What the validator draws; a log has its own measurements instead."""
        if self.race.observed is not None:
            return Logged(self.race.observed, miners, len(worlds))
        return Noise(self.race, self.level, seed, worlds)


class Noise:
    """The draws of a race in several worlds.

    Every submission of every world has a stream of its own, and so has every world's choice of pages; the k-th number
    belongs to the k-th step. Nothing depends on which worlds are drawn together.
    """

    def __init__(self, race: Race, level: NoiseLevel, seed: int, worlds: Sequence[int]) -> None:
        own = np.where(np.isnan(race.sd), level.paired * race.loss, race.sd)
        self._sd = np.append(own / np.sqrt(2.0), 0.0)  # the last is nobody's
        self._common, self._quiet = level.common, not own.any() and not level.common
        self._names: list[tuple[str | int, ...]] = [(race.name, "world", world) for world in worlds]
        self._seed, self._size = seed, level.samples
        self._first, self._sampled = -CHUNK, -1
        self._deviations: dict[str, np.ndarray] = {}
        shape = (len(worlds), len(race) + 1)
        self._own, self._scale = np.zeros((CHUNK, *shape)), np.ones((CHUNK, len(worlds)))
        self._no_family, self._no_shift = np.zeros(shape), np.zeros(len(worlds))

    def window(self, number: int, sampled: bool = False) -> Window:
        """What step `number` draws; ask for steps in rising order.

        Single samples have streams of their own: asking for them changes nothing else.
        """
        while number >= self._first + CHUNK:
            self._draw()
        at = number - self._first
        window = Window(self._own[at], self._no_family, self._no_shift, self._scale[at])
        return window._replace(**self._samples(number)) if sampled else window

    def _samples(self, number: int) -> dict[str, np.ndarray]:
        if self._sampled < number:
            while self._sampled < number:
                drawn = [[random.standard_normal(self._size) for random in row] for row in self._of_samples]
                self._sampled += 1
            own = np.zeros((self._size, *self._no_family.shape), np.float32)
            own[:, :, :-1] = np.moveaxis(np.array(drawn), -1, 0)
            own *= self._sd * np.sqrt(self._size)
            self._deviations = {"own_samples": own - own.mean(axis=0), "family_samples": np.zeros_like(own)}
        return self._deviations

    @cached_property
    def _of_pages(self) -> list[np.random.Generator]:
        return [stream(self._seed, *name, "pages") for name in self._names]

    @cached_property
    def _of_models(self) -> list[list[np.random.Generator]]:
        return self._streams("evaluation")

    @cached_property
    def _of_samples(self) -> list[list[np.random.Generator]]:
        return self._streams("samples")

    def _streams(self, purpose: str) -> list[list[np.random.Generator]]:
        return [[stream(self._seed, *name, purpose, i) for i in range(len(self._sd) - 1)] for name in self._names]

    def _draw(self) -> None:
        self._first += CHUNK
        if self._quiet:
            return
        pages = [random.standard_normal(CHUNK) for random in self._of_pages]
        self._scale = 1.0 + self._common * np.stack(pages, axis=-1)
        self._own = np.zeros_like(self._own)
        for world, row in enumerate(self._of_models):
            for i, random in enumerate(row):
                self._own[:, world, i] = random.standard_normal(CHUNK)
        self._own *= self._sd
        self._own /= self._scale[:, :, None]  # what models have in common does not change what sets them apart


class Logged:
    """The measurements of a real validator; a window is a block, and the same in all worlds."""

    def __init__(self, observed: Observed, miners: int, worlds: int) -> None:
        self._observed = observed
        self._still = np.zeros((worlds, miners + 1)), np.zeros((worlds, miners + 1)), np.zeros(worlds), np.ones(worlds)

    def window(self, number: int, sampled: bool = False) -> Window:
        """What it measured at a block; a log has means only."""
        step = int(np.searchsorted(self._observed.block, number))
        return Window(*self._still, np.ascontiguousarray(self._observed.loss[step], dtype=np.float64))
