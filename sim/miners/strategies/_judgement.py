"""What several strategies judge alike: how sure a gain is, and whether a model is news."""

from statistics import NormalDist

from policies.arrays import Array
from policies.parameter import Parameter
from sim.miners.strategy import View

SURE = 2.0
"""Standard errors by which a model must beat the committed one; the same model again looks so in 2 looks of 100."""


def error(view: View) -> Array:
    """Standard error of "the validator will measure what I measured": both evaluations are noisy."""
    return view.xp.hypot(view.doubt, view.noise)


def news(view: View, gain: Array, sd: Array) -> Array:
    """Whether a model of that gain is clearly better than the committed one.

    A new commitment gives up the seniority of the old one, so the same model is never worth it. While the committed
    one awaits its evaluation its gain is NaN, and nothing is news.
    """
    return view.active & (gain > view.live_gain + SURE * sd)


def normal_quantile(chance: Array) -> float:
    """How many standard deviations above the mean a normal number stays below with that chance."""
    return NormalDist().inv_cdf(float(chance))


def standard_errors(about: str, default: float, search: tuple[float, float] = (0.0, 3.0)) -> Parameter:
    """A length in standard errors of what is measured."""
    return Parameter(about, "standard errors", 0.0, 10.0, default, search)
