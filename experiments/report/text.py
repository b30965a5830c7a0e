"""Numbers, names and settings as people read them; labels are safe in plotly, and templates escape all of HTML."""

import html
import re
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np

from experiments.results.estimate import Estimate

NONE = "–"
DUST = 1e-9  #: smaller values are rounding errors, or the rest that a softmax leaves to a loser
TINY = 1e-12  #: smaller differences are rounding errors
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Invisible characters that change how the text around them is shown, or that cannot be written to a file."""
Verdict = Literal["above", "below", "level", "unknown"]


def visible(text: str) -> str:
    """The text with invisible characters written by their numbers."""
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def label(name: str, most: int = 36) -> str:
    """A name for a picture: long ones lose their middle; plotly reads tags, so they are escaped."""
    name = visible(name.replace("_blocks=", "="))
    short = name if len(name) <= most else f"{name[: most * 3 // 5]}…{name[-(most * 2 // 5 - 1) :]}"
    # plotly does not know the entities of quotes
    return html.escape(short, quote=False)


def count(number: int, noun: str, plural: str = "") -> str:
    """A number and a noun: `1 world`, `2 worlds`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def number(value: float, decimals: int = 0, sign: bool = False) -> str:
    """A number with a typographic minus; a dash where there is none."""
    if not np.isfinite(value):
        return NONE
    text = f"{value:{'+' if sign else ''},.{decimals}f}"
    if not text.strip("+-0.,"):
        text = text.lstrip("+-")
    return text.replace("-", "−").replace(",", "\N{NARROW NO-BREAK SPACE}")


def decimals(half_widths: np.ndarray, values: np.ndarray) -> int:
    """Digits after the point: two of the typical half-width, or three of the typical value without one."""
    # the other half-widths are rounding errors, or NaN where there is no interval
    real = half_widths[half_widths > DUST * np.maximum(np.abs(values), 1.0)]
    known = values[np.isfinite(values) & (np.abs(values) > DUST)]
    if not len(real) and (known == np.round(known)).all():
        return 0
    size = np.median(real) if len(real) else np.median(np.abs(known))
    return int(np.clip((1 if len(real) else 2) - np.floor(np.log10(size)), 0, 6))


def digits(value: float, precision: int = 4) -> str:
    """A number with so many significant digits, and without an exponent unless it is very small or large."""
    if value and not 1e-7 < abs(value) < 1e9:
        return f"{value:.{precision}g}".replace("-", "−")
    return np.format_float_positional(value, precision=precision, fractional=False, trim="-").replace("-", "−")


def estimate_texts(
    e: Estimate, scale: float, places: int | None = None, sign: bool = False
) -> tuple[str, str, list[str]]:
    """The mean, half the width of the interval and its two ends as text, all times `scale`.

    There are `places` digits after the point, or as many as the interval asks for. Without an interval there is the
    mean alone.
    """
    mean, lo, hi = scale * e.mean, scale * e.lo, scale * e.hi
    half = (hi - lo) / 2
    places = decimals(np.array([half]), np.array([mean])) if places is None else places
    if not np.isfinite(lo):
        return number(mean, places, sign), "", []
    return number(mean, places, sign), number(half, places), [number(end, places, sign=True) for end in (lo, hi)]


def format_estimate(e: Estimate, unit: str, scale: float = 1.0, sign: bool = False) -> str:
    """A mean with its interval, `1.2 ± 0.3 %`, or a difference, `+1.2 % [+0.9, +1.5]`; a dash where there is none."""
    if not e.n or not np.isfinite(e.mean):
        return NONE
    mean, half, ends = estimate_texts(e, scale, sign=sign)
    if not ends:
        return f"{mean} {unit}"
    return f"{mean} {unit} [{', '.join(ends)}]" if sign else f"{mean} ± {half} {unit}"


def percent(e: Estimate, sign: bool = False) -> str:
    """A fraction in percent."""
    return format_estimate(e, "%", 100.0, sign)


def verdict(difference: Estimate) -> Verdict:
    """Above or below the baseline, not told apart from it (level), or without an interval (unknown)."""
    if not np.isfinite(difference.lo):
        return "unknown"
    if difference.lo > TINY:
        return "above"
    return "below" if difference.hi < -TINY else "level"


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Key path and text of every plain value inside nested settings; a list of plain values counts as one."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for i, inner in enumerate(value):
            yield from leaves(inner, f"{key}.{i + 1}")
    elif isinstance(value, list):
        yield key, ", ".join(map(leaf, value)) or "none"
    else:
        yield key, leaf(value)


def leaf(value: Any) -> str:
    """A plain value as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}" if abs(value) < 1e6 else f"{value:.6g}"
    if value == {}:
        return "by default"
    return str(value) if value or value == 0 else "none"
