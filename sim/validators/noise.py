"""How noisy an evaluation is: pages, samples and models, as the subnet's own logs show it.

What the constants below are fitted to stands in docs/calibration.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, NamedTuple, Protocol

import numpy as np

from sim.settings import About, Settings
from sim.streams import stream

Name = tuple[str | int, ...]
"""What a random stream is for (`sim.streams`)."""

CHUNK = 256
"""Windows that are drawn at a time: bounded memory, and no call per number."""
SKEW = 2.0
"""Shape of the gamma of which a page's level is, per page: hard pages are further from the mean than easy ones."""
TAIL = 0.1
"""How much of its cube a normal number gets, over the number of pages: means of many are nearer to a normal."""
SENSITIVE = 0.25
"""Share of the variance of a difference that comes from one model finding hard data harder than another does."""
KIN_WITHIN, STRANGER_WITHIN = 0.63, 0.465
"""Which part of `kin_sd` and `stranger_sd` is between the samples of a page; the rest is between pages."""
NO_SAMPLES, NOT_OBSERVED = np.zeros((0, 0, 0), np.float32), np.zeros(0)
"""Where single samples are not asked for, and where nothing was observed."""


class Window(NamedTuple):
    """The noise of one window of data, nats: a model is measured as `(loss + own + family) * scale + common`.

    The last place belongs to no miner and has no noise, like the public model and its family.
    """

    own: np.ndarray  #: of the model that a miner trained itself, `[worlds, miners + 1]`
    family: np.ndarray  #: of all models that descend from the run that a miner once began from scratch, likewise
    common: np.ndarray  #: of all models, `[worlds]`
    scale: np.ndarray  #: of all models, `[worlds]`
    #: what a real validator measured instead, `[miners]`, inf where it did not; empty in a simulated one
    observed: np.ndarray = NOT_OBSERVED
    #: what single samples add to `own`, float32 `[samples, worlds, miners + 1]`, with means 0; empty where no rule
    #: compares samples
    own_samples: np.ndarray = NO_SAMPLES
    family_samples: np.ndarray = NO_SAMPLES  #: what they add to `family`, likewise


class Draws(Protocol):
    """The draws behind all measurements of a validator."""

    def window(self, number: int, sampled: bool = False) -> Window:
        """Those of a window of data, with single samples where asked for.

        Ask for windows in rising order, the same one as often as you like.
        """
        ...


class Level(Protocol):
    """How noisy evaluations are; the properties are as in `NoiseLevel`."""

    @property
    def samples(self) -> int: ...  # noqa: D102

    @property
    def kin(self) -> float: ...  # noqa: D102

    @property
    def stranger(self) -> float: ...  # noqa: D102

    @property
    def errors(self) -> np.ndarray: ...  # noqa: D102

    def draws(self, miners: int, seed: int, worlds: Sequence[int], validator: int = 0) -> Draws:
        """What a validator draws; see `Noise`."""
        ...


@dataclass(frozen=True)
class NoiseLevel(Settings):
    """Sizes of the noise, in nats.

    A validator measures model i in window w as `loss_i + page_w + sample_w + family + own`. Pages and samples are the
    same for all models of a window; what a family of models (everything that descends from one run from scratch) finds
    hard or easy about them is shared by the family; the rest is the model's own, and exact copies share even that.
    A part of what is hard for a family or a model is so in every window: it suffers more, or less, than others when
    the window is hard for all.
    """

    samples: Annotated[
        int, About("sequences that one evaluation consists of (19 to 61 in 2023-11, 500 in 2024-08)", 1, 10_000)
    ] = 500
    pages: Annotated[int, About("pages that they come from (2 in 2023-11)", 1, 1_000_000)] = 20
    sample_sd: Annotated[float, About("nats: sd of one model's loss over samples, 0.28 to 0.30", 0, 10, "nats")] = 0.29
    page_sd: Annotated[float, About("nats: sd of a page's mean", 0, 10, "nats")] = 0.14
    kin_sd: Annotated[
        float,
        About(
            "nats: sd of the difference of two near relatives in one evaluation, times the root of its samples, 0.009 "
            "to 0.015 for fine-tunes",
            0,
            10,
            "nats",
        ),
    ] = 0.0125
    stranger_sd: Annotated[float, About("nats: the same of two unrelated models, 0.03 to 0.044", 0, 10, "nats")] = 0.035

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
    def errors(self) -> np.ndarray:
        """sd of a comparison with each model of a script, see `History`; here kinship alone decides."""
        return np.zeros((0, 2))

    @property
    def family(self) -> float:
        """sd of a family's part, nats."""
        return sqrt((self.stranger**2 - self.kin**2) / 2.0)

    @property
    def own_sample(self) -> float:
        """sd of a model's own part on one sample, around its mean over the window, nats."""
        return KIN_WITHIN * self.kin_sd / sqrt(2.0)

    @property
    def family_sample(self) -> float:
        """sd of a family's part on one sample, around its mean over the window, nats."""
        return sqrt(max(0.0, (STRANGER_WITHIN * self.stranger_sd) ** 2 - (KIN_WITHIN * self.kin_sd) ** 2) / 2.0)

    def draws(self, miners: int, seed: int, worlds: Sequence[int], validator: int = 0) -> "Noise":
        """What a validator draws."""
        return Noise(self, miners, seed, worlds, validator)


NOVEMBER_2023 = NoiseLevel(samples=53, pages=2, kin_sd=0.0143, stranger_sd=0.0392)
"""The level of the subnet's first weeks, chosen by 1,000 steps of a validator's log (`experiments/calibration`)."""


class Noise:
    """The draws behind all measurements, window by window; every number belongs to (world, window, miner).

    Worlds are given by number, as is the validator that looks; validators with a shared seed are one.
    """

    def __init__(self, level: NoiseLevel, miners: int, seed: int, worlds: Sequence[int], validator: int = 0) -> None:
        self.level = level
        self._miners = miners
        self._seed = seed
        self._models: list[Name] = [("world", w, "sensitivity") for w in worlds]
        self._data: list[Name] = [("world", w, "evaluation", validator) for w in worlds]
        self._first = -CHUNK
        self._chunks: dict[str, np.ndarray] = {}
        self._scale = np.ones(len(worlds))
        self._sampled: tuple[int, dict[str, np.ndarray]] | None = None

    def window(self, number: int, sampled: bool = False) -> Window:
        """See `Draws`."""
        if not self._first <= number < self._first + CHUNK:
            self._first = number // CHUNK * CHUNK
            self._draw(self._first // CHUNK)
        own, family, common = (self._chunks[name][number - self._first] for name in ("own", "family", "common"))
        window = Window(own, family, common, self._scale)
        return window._replace(**self._samples(number)) if sampled else window

    def _samples(self, number: int) -> dict[str, np.ndarray]:
        if self._sampled is None or self._sampled[0] != number:
            level = self.level
            own, family = self._normal(self._data, "samples", number, shape=(2, level.samples), kind=np.float32)
            own, family = (part - part.mean(axis=0) for part in (own, family))
            own *= level.own_sample
            family *= level.family_sample
            self._sampled = number, {"own_samples": own, "family_samples": family}
        return self._sampled[1]

    def _draw(self, chunk: int) -> None:
        level = self.level
        shape = SKEW * level.pages
        pages = [stream(self._seed, *world, "pages", chunk).standard_gamma(shape, CHUNK) for world in self._data]
        hard = (np.stack(pages, axis=-1) - shape) / sqrt(shape)
        self._chunks = {"common": level.common * hard}
        for name in ("own", "family"):
            sd: float = getattr(level, name)
            silent = (CHUNK, len(self._data), self._miners + 1)
            self._chunks[name] = sd * self._felt(name, chunk, hard) if sd else np.zeros(silent)

    def _felt(self, part: str, chunk: int, hard: np.ndarray) -> np.ndarray:
        """What each model or family feels of windows that are so hard, of sd 1: by chance, and by its sensitivity."""
        felt, cube = self._normal(self._data, part, chunk, shape=(CHUNK,)), TAIL / self.level.pages
        felt *= 1.0 + cube * felt**2  # in place, as all of this: otherwise memory takes longer than the numbers
        felt *= sqrt((1.0 - SENSITIVE) / (1.0 + 6.0 * cube + 15.0 * cube**2))
        felt += sqrt(SENSITIVE) * self._normal(self._models, part) * hard[:, :, None]
        return felt

    def _normal(
        self, worlds: list[Name], *name: str | int, shape: tuple[int, ...] = (), kind: type = np.float64
    ) -> np.ndarray:
        """Numbers of sd 1 for each miner, and 0 in the last place: `[*shape, worlds, miners + 1]`."""
        drawn: np.ndarray = np.zeros((*shape, len(worlds), self._miners + 1), dtype=kind)
        for at, world in enumerate(worlds):
            drawn[..., at, :-1] = stream(self._seed, *world, *name).standard_normal((*shape, self._miners), dtype=kind)
        return drawn
