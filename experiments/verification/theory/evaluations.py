"""Evaluations: which losses noise lets win, how long a submission waits for its score, how weights are averaged."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr


def paired_sd(epsilon: float, sigma: float, rho: float, samples: float) -> float:
    """sd of (1 - epsilon) * king's loss - challenger's loss, in nats.

    Args:
        epsilon: the king's advantage.
        sigma: sd of a model's loss over samples, in nats.
        rho: correlation of two models' losses on a sample.
        samples: independent samples of an evaluation.
    """
    bar = 1.0 - epsilon
    return float(np.sqrt(sigma**2 * (bar**2 + 1.0 - 2.0 * rho * bar) / samples))


def win_chance(shift: float, sd: float, lasting: float, looks: int = 1) -> float:
    """P(at least one win in so many evaluations) where a part of the noise between two models is theirs for good.

    That part is the difference of the models' sensitivities times the hardness of an evaluation's data, a normal
    number. Given the sensitivities, evaluations are independent and normal; their variance grows with the difference.

    Args:
        shift: true (1 - epsilon) * king's loss - challenger's loss, in nats; above 0 the challenger deserves to win.
        sd: of the measured difference, over evaluations of many pairs of models; from `paired_sd`.
        lasting: share of its variance that comes from sensitivities; 0: all evaluations are independent.
        looks: number of evaluations.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    given = ndtr(shift / (sd * np.sqrt(1.0 - lasting + lasting * nodes**2)))
    return float(np.sum(weights * -np.expm1(looks * np.log1p(-given))) / np.sqrt(2.0 * np.pi))


@dataclass(frozen=True)
class GatedServer:
    """A validator whose step evaluates the kept models and all models that arrived during the step before.

    Attributes:
        kept: length of a step without arrivals, in hours.
        each: what an arrival adds, in hours.
        arrivals: submissions per hour, a Poisson process.
    """

    kept: float
    each: float
    arrivals: float

    @property
    def load(self) -> float:
        """Share of the time that arrivals take; the queue is stable below 1."""
        return self.arrivals * self.each

    @property
    def mean_step(self) -> float:
        """Mean length of a step, in hours."""
        return self.kept / (1.0 - self.load)

    @property
    def step_variance(self) -> float:
        """Variance of a step's length, in hours^2."""
        return self.each**2 * self.arrivals * self.mean_step / (1.0 - self.load**2)

    @property
    def delay(self) -> float:
        """Mean hours from a submission to its score, at the end of the step after the one it arrives in.

        A random moment lies in a step of mean length E[C^2] / E[C], longer than the mean step. The submission waits for
        half of it, and shares the next step with all others that arrived in the same one.
        """
        hit = (self.step_variance + self.mean_step**2) / self.mean_step
        return hit / 2.0 + self.kept + self.each + self.load * hit


def new_king(steps: int, alpha: float) -> float:
    """Averaged weight of a new king after so many steps, 1 - alpha^k."""
    return float(1.0 - alpha**steps)


def old_king(alpha: float) -> float:
    """What a dethroned king is still paid by the moving average, in steps of the whole emission."""
    return alpha / (1.0 - alpha)


def top_weight(models: int, temperature: float) -> float:
    """Softmax weight of the best of 2 or more models, each of which beats all worse ones."""
    apart = 1.0 / ((models - 1) * temperature)
    return float(np.expm1(-apart) / np.expm1(-models * apart))
