"""The same evaluations in the simulator: models at the logged mean losses, measured with the simulator's noise."""

from dataclasses import dataclass

import numpy as np

from experiments.verification.calibration.logs import Evaluations
from experiments.verification.calibration.pairs import lineage
from sim.validators.noise import Noise, NoiseLevel

WORLDS = 200
WINDOWS = 1_000
SAMPLED = 100
"""In so many windows single samples are counted too."""
SEED = 2023


@dataclass(frozen=True)
class Field:
    """The models that are measured.

    Attributes:
        models: what they are called.
        loss: true losses, nats per token `[models]`.
        root: for each the model that stands for its family `[models]`.
        trained: for each the model whose weights it has, itself unless it is a copy `[models]`.
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
    """What a validator of the simulator measures, one set of evaluations per world."""
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
