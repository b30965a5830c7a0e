"""What separates two runs of one recipe, two neighbouring points of a run, and two steps on the clock."""

import numpy as np

SEED_SD = {0.124e9: 0.0012, 0.3e9: 0.0005, 3e9: 0.0005, 175e9: 0.0002}
"""sd of the final validation loss over seeds, nats, by parameters (computed: 90 groups of speedrun runs
at 124M, reruns of OLMo's ladder at 0.19B to 3B, GPT-3 in MLPerf)."""

TENTHS = (0.0069, 0.0060, 0.0031, 0.0029, 0.0020, 0.0021, 0.0015, 0.0014, 0.0013, 0.0012)
"""Median sd over seeds by tenth of progress, nats, at 124M (computed)."""

CALM = 2.0 / 3.0  #: the share of a run after which its seed's offset no longer moves

VALIDATION_SD = 0.0008
"""sd of one validation at the peak rate, nats: residuals of the 100M and 400M constant-rate curves (computed).

Neighbouring points are independent (differences correlate with -0.45, white noise with -0.5), and the noise falls with
the rate: cosine and WSD curves have 0.0001 at a tenth of the peak (computed). So it does not add to the seed's sd at
the end of a decay.
"""

BATCH_SD = {0.124e9: (0.11, 524_288), 15e9: (0.024, 1_572_864)}
"""sd of the training loss of one batch, nats, and its tokens, by parameters (computed). The two differ
by more than the square root of the tokens; what is left is put down to the size, in a straight line over its
logarithm."""

CLOCK_SD = 0.0011  #: of a whole run's time inside one node, as a fraction (computed: median over folders of repeats)
STEP_SD = 0.001  #: of an ordinary step's time around the run's median, as a fraction
LONG_SHARE, LONG_MEDIAN, LONG_SPREAD, LONG_MOST = 0.07, 0.06, 1.0, 3.3
"""Long steps: their share, median and log-sd of what they take more, as a fraction, and the most (15B Megatron runs:
95th percentile 1.01 to 1.17 times the median, longest 1.1 to 4.3 times; computed)."""


def seed_sd(parameters: float) -> float:
    """sd over seeds of the final validation loss, nats: straight lines between the known sizes, both on log scales."""
    return float(np.exp(np.interp(np.log(parameters), np.log(list(SEED_SD)), np.log(list(SEED_SD.values())))))


def seed_factor(progress: np.ndarray) -> np.ndarray:
    """How many times the final sd over seeds holds at a share of the run: the table's, 1 over the last third."""
    early = [sd / TENTHS[-1] for sd in TENTHS[:7]]
    return np.asarray(np.interp(progress, [*np.arange(0.05, 0.7, 0.1), CALM], [*early, 1.0]))


def seed_offset(progress: np.ndarray, sd: float, random: np.random.Generator) -> np.ndarray:
    """How far a run lies from its recipe's mean, nats, at shares of the run (any order).

    The final offset, normal with `sd`, lasts all run; what comes on top early is independent of it, changes smoothly
    from tenth to tenth, and is gone over the last third.
    """
    final, *early = random.standard_normal(12)
    position = np.clip(progress, 0.0, 1.0) * 10.0
    left = np.minimum(position.astype(int), 9)
    turn = (position - left) * np.pi / 2.0  # quarter circles keep the variance between two independent numbers
    wander = np.cos(turn) * np.array(early)[left] + np.sin(turn) * np.array(early)[left + 1]
    more = np.sqrt(np.maximum(seed_factor(progress) ** 2 - 1.0, 0.0))
    return np.asarray(sd * (final + more * wander))


def validation(relative_rates: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Noise of validations on one fixed set, nats, at points with these learning rates (as shares of the peak)."""
    return VALIDATION_SD * relative_rates * random.standard_normal(len(relative_rates))


def batch_sd(parameters: float, tokens_per_step: float) -> float:
    """sd of the training loss of one batch, nats."""
    per_token = [sd * np.sqrt(tokens) for sd, tokens in BATCH_SD.values()]
    scale = np.exp(np.interp(np.log(parameters), np.log(list(BATCH_SD)), np.log(per_token)))
    return float(scale / np.sqrt(tokens_per_step))


def batches(sd: float, window: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Noise of training losses that are means over `window` steps each, nats; `sd` is that of one batch."""
    return np.asarray(sd / np.sqrt(window) * random.standard_normal(len(window)))


def step_seconds(seconds: float, steps: int, random: np.random.Generator) -> np.ndarray:
    """Seconds of every step of a run on one set of machines, whose ordinary step takes `seconds`."""
    usual = 1.0 + CLOCK_SD * random.standard_normal() + STEP_SD * random.standard_normal(steps)
    long = LONG_MEDIAN * np.exp(LONG_SPREAD * random.standard_normal(steps))
    return np.asarray(seconds * (usual + np.where(random.random(steps) < LONG_SHARE, np.minimum(long, LONG_MOST), 0.0)))
