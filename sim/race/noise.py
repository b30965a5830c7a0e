"""Evaluation noise of races: fractions of the loss, paired over models, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.race.race import NoiseLevel, Observed, Race
from sim.streams import stream
from sim.validators.noise import Draws, Window

CHUNK = 256
"""Steps that are drawn at a time: bounded memory, and no call per number."""


@dataclass(frozen=True)
class RaceNoise:
    """The noise of a race's evaluations as a world asks for it (`sim.validators.noise.Level`).

    In the unit of the first submission's loss.
    """

    race: Race  #: the submissions
    level: NoiseLevel  #: how large the noise is

    @property
    def samples(self) -> int:
        """Samples that one evaluation consists of."""
        return self.level.samples

    @property
    def kin(self) -> float:
        """sd of the difference of two models in one evaluation."""
        return float(self.level.paired * self.race.loss[0])

    stranger = kin  # a table does not say which models are unlike each other

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
        self._sd = np.append(own / np.sqrt(2.0), 0.0)  # the last place belongs to no submission
        self._common, self._quiet = level.common, not own.any() and not level.common
        self._names: list[tuple[str | int, ...]] = [(race.name, "world", world) for world in worlds]
        self._pages = [stream(seed, *name, "pages") for name in self._names]
        self._seed, self._size = seed, level.samples
        self._first, self._sampled = -CHUNK, -1
        self._deviations: dict[str, np.ndarray] = {}
        self._streams: dict[str, list[list[np.random.Generator]]] = {}
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
        """What single samples add in a step; a step that nobody asked for uses up its numbers all the same."""
        if self._sampled < number:
            while self._sampled < number:
                drawn = self._normal("samples", self._size)
                self._sampled += 1
            own = np.zeros((self._size, *self._no_family.shape), np.float32)
            own[:, :, :-1] = np.moveaxis(drawn, -1, 0)
            own *= self._sd * np.sqrt(self._size)
            self._deviations = {"own_samples": own - own.mean(axis=0), "family_samples": np.zeros_like(own)}
        return self._deviations

    def _normal(self, purpose: str, count: int) -> np.ndarray:
        """The next numbers of each submission's stream of that name, `[worlds, submissions, count]`."""
        if purpose not in self._streams:
            models = range(len(self._sd) - 1)
            self._streams[purpose] = [[stream(self._seed, *name, purpose, i) for i in models] for name in self._names]
        return np.array([[random.standard_normal(count) for random in row] for row in self._streams[purpose]])

    def _draw(self) -> None:
        """Draw the next chunk of steps."""
        self._first += CHUNK
        if self._quiet:
            return
        pages = [random.standard_normal(CHUNK) for random in self._pages]
        self._scale = 1.0 + self._common * np.stack(pages, axis=-1)
        self._own[:, :, :-1] = np.moveaxis(self._normal("evaluation", CHUNK), -1, 0)
        self._own *= self._sd
        self._own /= self._scale[:, :, None]  # what models have in common does not change what sets them apart


class Logged:
    """The measurements of a real validator; a window is a block, and the same in all worlds."""

    def __init__(self, observed: Observed, miners: int, worlds: int) -> None:
        nothing = np.zeros((worlds, miners + 1))
        self._observed, self._still = observed, (nothing, nothing, np.zeros(worlds), np.ones(worlds))

    def window(self, number: int, sampled: bool = False) -> Window:
        """What it measured at a block; a log has means only."""
        step = int(np.searchsorted(self._observed.block, number))
        return Window(*self._still, np.ascontiguousarray(self._observed.loss[step], dtype=np.float64))
