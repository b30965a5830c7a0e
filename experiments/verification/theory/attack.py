"""A leaderboard on one fixed holdout, its attack by votes, and the Ladder (Blum and Hardt 2015)."""

import numpy as np
from scipy.special import ndtr

SAMPLES, SUBMISSIONS = 4000, (50, 100, 200, 400)
"""Size of the holdout, and numbers of random submissions, of the authors' experiment."""
PUBLISHED = dict(zip(SUBMISSIONS, (0.4895, 0.4904, 0.4864, 0.4843), strict=True))
"""Error that the authors' parameter-free Ladder reported last, by submissions: means of 5 runs (mrtzh/Ladder.jl)."""
REPEATS = 5


def attacked(submissions: int, samples: int) -> float:
    """Error that a plain board reports for a majority vote of the submissions that scored 0.5 or less."""
    return float(1.0 - ndtr(np.sqrt(submissions / (np.pi * samples))))


def published_error(samples: int) -> float:
    """Three standard errors of the authors' means over five runs; one score has the sd 0.5 / sqrt(samples)."""
    return float(3.0 * 0.5 / np.sqrt(samples * REPEATS))


def takes(score: float, best: float, sd: float, samples: int) -> bool:
    """Whether the parameter-free Ladder accepts a submission: better by a standard error of the paired difference."""
    return bool(best - score > sd / np.sqrt(samples))
