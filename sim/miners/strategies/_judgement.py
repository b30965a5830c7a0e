"""What several strategies judge alike: how sure a gain is, and whether a model is news. Compiled along with them."""

from math import sqrt

from policies.base import Parameter
from sim.miners.strategy import View

SURE = 2.0
"""Standard errors by which a model must beat the committed one; the same model again looks so in 2 looks of 100."""


def standard_error(view: View) -> float:
    """Standard error of "the validator will measure what I measured": both evaluations are noisy.

    Not `math.hypot`: compiled and interpreted, its last bit differs.
    """
    return sqrt(view.doubt * view.doubt + view.noise * view.noise)


def clearly_better(view: View, sd: float) -> float:
    """The gain above which a model is clearly better than the committed one; NaN while that awaits its evaluation."""
    return view.live_gain + SURE * sd


def is_news(view: View, gain: float, sd: float) -> bool:
    """Whether a model of that gain is clearly better than the committed one.

    A new commitment gives up the seniority of the old one, so the same model is never worth it. While the committed
    one awaits its evaluation its gain is NaN, and nothing is news.
    """
    return view.active and gain > clearly_better(view, sd)


def should_challenge(view: View, bar: float, errors: float) -> bool:
    """Whether a miner has news and is not king, and its gain passes a bar by so many standard errors."""
    sd = standard_error(view)
    return is_news(view, view.gain, sd) and not view.king and view.gain > bar + errors * sd


def standard_errors(about: str, default: float, search: tuple[float, float] = (0.0, 3.0)) -> Parameter:
    """A parameter that counts standard errors of what is measured."""
    return Parameter(about, "standard errors", 0.0, 10.0, default, search)
