"""A leaderboard on one fixed holdout, its attack by votes, and the Ladder (Blum and Hardt 2015)."""

import numpy as np
from scipy.stats import binom

SAMPLES, SUBMISSIONS = 4000, (50, 100, 200, 400)
"""Size of the holdout, and numbers of random submissions, of the authors' experiment."""
PUBLISHED = dict(zip(SUBMISSIONS, (0.4895, 0.4904, 0.4864, 0.4843), strict=True))
"""Error that the authors' parameter-free Ladder reported last, by submissions: means of 5 runs (mrtzh/Ladder.jl)."""
REPEATS = 5


def attacked(submissions: int, samples: int) -> float:
    """Error that a plain board reports, on average, for a majority vote of the submissions that scored 0.5 or less.

    Of random submissions Binomial(submissions, t) score so, t = P(S <= n/2) with S ~ Binomial(n, 1/2). These are wrong
    on a given sample independently, with the chance p = P(1 + S' <= n/2) / (2 t), where S' is of the other samples. The
    vote is wrong where more than half of them are, and half of the times that half of them are. The normal
    approximation is 1 - Phi(sqrt(k / (pi n))); it is .0005 lower at 400 submissions and 4,000 samples.
    """
    half = samples // 2
    taken = float(binom.cdf(half, samples, 0.5))
    wrong = float(binom.cdf(half - 1, samples - 1, 0.5)) / (2.0 * taken)
    votes = np.arange(submissions + 1)
    tied = np.where(votes % 2 == 0, binom.pmf(votes // 2, votes, wrong), 0.0)
    lost = binom.sf(votes // 2, votes, wrong) + tied / 2.0
    return float(binom.pmf(votes, submissions, taken) @ lost)


def published_error(samples: int) -> float:
    """Three standard errors of the authors' means over five runs; one score has the sd 0.5 / sqrt(samples)."""
    return float(3.0 * 0.5 / np.sqrt(samples * REPEATS))


def takes(score: float, best: float, sd: float, samples: int) -> bool:
    """Whether the parameter-free Ladder accepts a submission: better by a standard error of the paired difference."""
    return bool(best - score > sd / np.sqrt(samples))
