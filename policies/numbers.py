"""Functions of plain numbers that formulas share.

They are compiled with the formulas, and copied into an exported class, so results are the same to the last bit.
"""

import math

DAY = 7200.0
"""Blocks of 12 s."""

LN2 = math.log(2)

LARGEST = 0.99
"""An advantage of 1 could never be overcome."""

SHORTEST = 0.05
"""Days: a tempo of 360 blocks. A shorter time counts as this where a rate is computed."""

FOREVER = 1e300
"""Blocks: an age as good as infinite, but inf * 0 would be NaN and this times 0 is 0."""

WHOLE = 4503599627370496.0
"""2^52: from here on every float64 is a whole number."""


def finite_or(value: float, otherwise: float) -> float:
    """The value if it is finite, else `otherwise`: NaN and inf stand for unknown."""
    return value if math.isfinite(value) else otherwise


def clamp(value: float, low: float, high: float) -> float:
    """The value, but at least `low` and at most `high`; NaN stays NaN."""
    return min(max(value, low), high)


def power(x: float, y: float) -> float:
    """`x` to the power of `y`; an error where that is no real number, while `x ** y` would be complex."""
    return math.pow(x, y)


def floor(x: float) -> float:
    """The largest whole number that is not above `x`, as a float; inf and NaN pass."""
    return float(math.floor(x)) if abs(x) < WHOLE else x


def halving(age: float, half_life: float) -> float:
    """The share that is left at an age in blocks: half after each half-life (at least 1 block); 0 means no decay."""
    rate = -LN2 / max(half_life, 1.0) if half_life > 0.0 else 0.0
    return math.exp(clamp(age, 0.0, FOREVER) * rate)


def half_cosine(share: float) -> float:
    """(1 + cos(pi * share)) / 2 for a share between 0 and 1, to 1e-15: exactly 1 at 0 and exactly 0 at 1.

    It does not call `math.cos`, whose last bit differs between machines. It is cos(pi x / 2)^2, where
    cos(pi x / 2) = (1 - z) * P(z) with z = x^2, and P is a Chebyshev approximation of degree 7 on [0, 1], right to
    1.6e-17.
    """
    z = share * share
    high = ((-6.30616956165683e-11 * z + 6.318119670622831e-09) * z - 4.6476318093539006e-07) * z
    low = (((high + 2.47372750411264e-05) * z - 0.000894522998138162) * z + 0.01996895776483613) * z
    root = ((low - 0.23370055013616783) * z + 1.0) * (1.0 - z)
    return root * root


def normal_cdf(x: float) -> float:
    """The share of a standard normal distribution below `x`."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def normal_quantile(p: float) -> float:
    """The `x` below which a share `p` of a standard normal distribution lies; -inf for p <= 0, inf for p >= 1.

    M. Wichura, Algorithm AS 241, PPND16 (1988), right to 1e-16, in the operations of Python's `statistics.NormalDist`.
    """
    if p <= 0.0:
        return -math.inf
    if p >= 1.0:
        return math.inf
    q = p - 0.5
    if abs(q) <= 0.425:
        return _middle(q, 0.180625 - q * q)
    r = math.sqrt(-math.log(p if q <= 0.0 else 1.0 - p))
    x = _shoulder(r - 1.6) if r <= 5.0 else _tail(r - 5.0)
    return -x if q < 0.0 else x


def _middle(q: float, r: float) -> float:
    num = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
               + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
            + 133.14166789178437745) * r + 3.3871328727963666080) * q  # fmt: skip
    den = (((((((5226.4952788528545610 * r + 28729.085735721942674) * r + 39307.895800092710610) * r
               + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.18700749205790830) * r
            + 42.313330701600911252) * r + 1.0)  # fmt: skip
    return num / den


def _shoulder(r: float) -> float:
    num = (((((((7.74545014278341407640e-4 * r + 0.0227238449892691845833) * r + 0.241780725177450611770) * r
               + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.76949722146069140550) * r
            + 4.63033784615654529590) * r + 1.42343711074968357734)  # fmt: skip
    den = (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 0.0151986665636164571966) * r
               + 0.148103976427480074590) * r + 0.689767334985100004550) * r + 1.67638483018380384940) * r
            + 2.05319162663775882187) * r + 1.0)  # fmt: skip
    return num / den


def _tail(r: float) -> float:
    num = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.00124266094738807843860) * r
               + 0.0265321895265761230930) * r + 0.296560571828504891230) * r + 1.78482653991729133580) * r
            + 5.46378491116411436990) * r + 6.65790464350110377720)  # fmt: skip
    den = (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r
               + 7.86869131145613259100e-4) * r + 0.0148753612908506148525) * r + 0.136929880922735805310) * r
            + 0.599832206555887937690) * r + 1.0)  # fmt: skip
    return num / den
