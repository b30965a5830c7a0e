"""How noisy an evaluation is: pages, samples and models, as the subnet's own logs show it (traces.md 6.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from policies.arrays import Array
from sim.backend import Backend, backend
from sim.streams import stream

CHUNK = 256
"""Windows that are drawn at a time: bounded memory, and no call per number."""


@dataclass(frozen=True)
class NoiseLevel:
    """Sizes of the noise, in nats.

    A validator measures model i in window w as `loss_i + page_w + sample_w + family + own`. Pages and samples are the
    same for all models of a window; what a family of models (everything that descends from one run from scratch) finds
    hard or easy about them is shared by the family; the rest is the model's own, and exact copies share even that.

    Attributes:
        samples: sequences that one evaluation consists of (19 to 61 in 2023-11, 500 in 2024-08).
        pages: pages that they come from (2 in 2023-11).
        sample_sd: of one model's loss over samples: 0.28 to 0.30.
        page_sd: of a page's mean.
        kin_sd: of the difference of two near relatives on one sample: 0.009 to 0.015 for fine-tunes.
        stranger_sd: of the difference of two unrelated models on one sample: 0.03 to 0.044.
    """

    samples: int = 500
    pages: int = 20
    sample_sd: float = 0.29
    page_sd: float = 0.14
    kin_sd: float = 0.0125
    stranger_sd: float = 0.035

    @property
    def common(self) -> float:
        """sd over windows of what all models of a window share, nats."""
        return sqrt(self.page_sd**2 / self.pages + self.sample_sd**2 / self.samples)

    @property
    def kin(self) -> float:
        """sd of the difference of two near relatives in one evaluation, nats."""
        return self.kin_sd / sqrt(self.samples)

    @property
    def stranger(self) -> float:
        """sd of the difference of two unrelated models in one evaluation, nats."""
        return max(self.kin_sd, self.stranger_sd) / sqrt(self.samples)

    @property
    def own(self) -> float:
        """sd of a model's own part, nats."""
        return self.kin / sqrt(2.0)

    @property
    def family(self) -> float:
        """sd of a family's part, nats."""
        return sqrt((self.stranger**2 - self.kin**2) / 2.0)


NOVEMBER_2023 = NoiseLevel(samples=53, pages=2, kin_sd=0.0143, stranger_sd=0.0392)
"""The level of the subnet's first weeks, chosen by 1,000 steps of a validator's log (`experiments/calibration`)."""


class Noise:
    """The draws behind all measurements, window by window; every number belongs to (world, window, miner).

    Args:
        level: how large they are.
        miners: how many models there can be: one per miner.
        seed: of all random streams.
        worlds: which worlds, by number.
        place: where the arrays go.
        validator: which validator looks; validators with a shared seed are one.
    """

    def __init__(
        self,
        level: NoiseLevel,
        miners: int,
        seed: int,
        worlds: Sequence[int],
        place: Backend | None = None,
        validator: int = 0,
    ) -> None:
        self.level = level
        self._miners = miners
        self._place = place or backend()
        self._names = [(seed, "world", w, "evaluation", validator) for w in worlds]
        self._first = -CHUNK
        self._chunks: dict[str, Array] = {}

    def window(self, number: int) -> "Window":
        """The draws of a window of data; ask for windows in rising order, the same one as often as you like."""
        if not self._first <= number < self._first + CHUNK:
            self._first = number // CHUNK * CHUNK
            self._draw(self._first // CHUNK)
        at = number - self._first
        return Window(*(self._chunks[name][at] for name in ("common", "own", "family")))

    def samples(self, number: int) -> Array:
        """Deviations of single samples from their window's mean, nats `[samples, miners, worlds]`, per model."""
        level = self.level
        drawn = [
            stream(*name, "samples", number).standard_normal((level.samples, self._miners)) for name in self._names
        ]
        each = np.stack(drawn, axis=-1) * (level.kin_sd / sqrt(2.0))
        return self._place.array(each - each.mean(axis=0))

    def _draw(self, chunk: int) -> None:
        def normal(what: str, *shape: int) -> np.ndarray:
            drawn = [stream(*name, what, chunk).standard_normal((CHUNK, *shape)) for name in self._names]
            return np.stack(drawn, axis=-1)

        level = self.level
        self._chunks = {
            "common": self._place.array(level.common * normal("pages")),
            "own": self._place.array(level.own * normal("own", self._miners)),
            "family": self._place.array(level.family * normal("family", self._miners)),
        }


@dataclass(frozen=True)
class Window:
    """The noise of one window of data, nats.

    Attributes:
        common: of all models, `[worlds]`.
        own: of the model that a miner trained himself, `[miners, worlds]`.
        family: of all models that descend from the run that a miner once began from scratch, `[miners, worlds]`.
    """

    common: Array
    own: Array
    family: Array
