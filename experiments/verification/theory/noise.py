"""What evaluation noise lets through. Losses and `sigma` in nats, `epsilon` a fraction."""

import numpy as np
from scipy.special import ndtr, ndtri


def effective(samples: float, cluster: float, icc: float) -> float:
    """Independent samples that samples in clusters are worth.

    Args:
        samples: how many there are.
        cluster: samples per page.
        icc: correlation of two samples of a page.
    """
    return samples / (1.0 + (cluster - 1.0) * icc)


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


def win(king: float, challenger: float, epsilon: float, sd: float) -> float:
    """P(a challenger's measured loss clears the bar in one evaluation).

    Args:
        king, challenger: true losses in nats.
        epsilon: the king's advantage.
        sd: from `paired_sd`, in nats.
    """
    return float(ndtr(((1.0 - epsilon) * king - challenger) / sd))


def often(shift: float, sd: float, lasting: float, looks: int = 1) -> float:
    """P(at least one win in so many evaluations) where a part of what sets two models apart is their own for good.

    That part is the difference of their sensitivities times how hard the data are, a normal number of every evaluation;
    so given the sensitivities evaluations are independent and normal, with more variance the more unlike they are.

    Args:
        shift: what a win needs, (1 - epsilon) * king's loss - challenger's loss, in nats.
        sd: of the difference, over evaluations of many pairs of models.
        lasting: share of its variance that comes from sensitivities; 0 gives `win` and `ever`.
        looks: evaluations.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    given = ndtr(shift / (sd * np.sqrt(1.0 - lasting + lasting * nodes**2)))
    return float(np.sum(weights * -np.expm1(looks * np.log1p(-given))) / np.sqrt(2.0 * np.pi))


def ever(chance: float, looks: int) -> float:
    """P(at least one win in so many independent evaluations)."""
    return float(-np.expm1(looks * np.log1p(-chance)))


def z_of_many(looks: int, level: float = 0.95) -> float:
    """How many sd a bar must be up for no false win in so many evaluations, with probability `level`."""
    return float(ndtri(level ** (1.0 / looks)))


def leak(epsilon: float, noise: float, looks: int = 4) -> float:
    """Share of honest effort that copies take: P(a copy wins one of its looks), noise relative to the loss."""
    return ever(float(ndtr(-epsilon / noise)), looks)
