"""The same evaluations in the simulator: models at the logged mean losses, measured with the simulator's noise."""

from dataclasses import dataclass

import numpy as np

from experiments.verification.calibration.logs import Evaluations
from experiments.verification.calibration.pairs import lineage
from sim.validators.noise import Noise, NoiseLevel

WORLDS = 200
WINDOWS = 1_000
SAMPLED = 100
"""Windows in which wins by single samples are counted too."""
SEED = 2023


@dataclass(frozen=True)
class Field:
    """The models that are measured.

    Attributes:
        models: their uids.
        loss: true losses, nats per token `[models]`.
        root: index of the first model of each one's family `[models]`.
        trained: index of the model whose weights each has: its own, unless it is a copy `[models]`.
    """

    models: tuple[str, ...]
    loss: np.ndarray
    root: np.ndarray
    trained: np.ndarray


def field(logged: Evaluations) -> Field:
    """The models of a log at their mean losses, with the families and copies that the log shows."""
    return Field(logged.models, logged.loss.mean(axis=0), *lineage(logged.loss))


def simulate(
    models: Field, level: NoiseLevel, worlds: int = WORLDS, windows: int = WINDOWS, sampled: int = SAMPLED
) -> list[Evaluations]:
    """The measurements of a simulated validator, one set of evaluations per world."""
    noise = Noise(level, len(models.models), SEED, range(worlds))
    loss = np.empty((windows, worlds, len(models.models)))
    best = np.empty((sampled, worlds, len(models.models)))
    for number in range(windows):
        window = noise.window(number)
        shared = models.loss + window.common[:, None]
        loss[number] = shared + window.family[:, models.root] + window.own[:, models.trained]
    for number in range(sampled):
        each = noise.window(number, sampled=True)
        deviations = each.own_samples[..., models.trained] + each.family_samples[..., models.root]
        lowest = (loss[number] + deviations).argmin(axis=-1)  # of copies the first wins
        best[number] = (lowest[..., None] == np.arange(len(models.models))).mean(axis=0)
    return [Evaluations(models.models, loss[:, w], best[:, w]) for w in range(worlds)]
