"""Learning rate against step, as a fraction of the peak."""

from math import cos, pi

WARMUP = 0.05
"""Share of the steps over which the rate rises linearly."""
COSINE_END = 0.1
"""A cosine ends here (Hoffmann et al. 2022, appendix B: a tenth of the peak)."""
DECAY = 0.2
"""Share of the steps over which warm-up-stable-decay (WSD) falls linearly to nothing (Hägele et al. 2024)."""
EXPONENTIAL_END = 0.01
"""Where `wsd-exp` ends instead."""
NAMES = ("constant", "cosine", "wsd-exp", "wsd-linear")


def fraction(name: str, step: int, steps: int) -> float:
    """The rate of the update that follows `step` of `steps` done ones, between 0 and 1."""
    warm = max(1, round(WARMUP * steps))
    if step < warm:
        return (step + 1) / warm
    if name == "constant":
        return 1.0
    if name == "cosine":
        done = (step - warm) / max(1, steps - warm)
        return COSINE_END + (1 - COSINE_END) * 0.5 * (1 + cos(pi * done))
    decay = max(1, round(DECAY * steps))
    done = max(0.0, (step - (steps - decay)) / decay)
    return 1 - done if name == "wsd-linear" else EXPONENTIAL_END**done
