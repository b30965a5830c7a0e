"""Numbers, names and settings as people read them; labels are safe in plotly, and templates escape all of HTML."""

import html
import re
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np

from experiments.results.estimate import Estimate

NONE = "–"
DUST = 1e-9
"""Less than this is rounding, or what a softmax leaves to a loser."""
TINY = 1e-12
"""Smaller differences are rounding."""
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Characters that nobody sees but that change how the text around them is shown, or that no file can hold."""
Verdict = Literal["above", "below", "level", "unknown"]


def visible(text: str) -> str:
    """A text in which the characters of `UNSEEN` are written out by their numbers."""
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def label(name: str, most: int = 36) -> str:
    """A name for a picture: long ones lose their middle; plotly reads tags, so they are escaped."""
    name = visible(name.replace("_blocks=", "="))
    short = name if len(name) <= most else f"{name[: most * 3 // 5]}…{name[-(most * 2 // 5 - 1) :]}"
    return html.escape(short, quote=False)  # plotly does not know the entities of quotes


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
    real = half_widths[half_widths > DUST * np.maximum(np.abs(values), 1.0)]  # the others are rounding, or NaN
    known = values[np.isfinite(values) & (np.abs(values) > DUST)]
    if not len(real) and (known == np.round(known)).all():
        return 0
    size = np.median(real) if len(real) else np.median(np.abs(known))
    return int(np.clip((1 if len(real) else 2) - np.floor(np.log10(size)), 0, 6))


def digits(value: float, precision: int = 4) -> str:
    """A number to so many significant digits, without an exponent where people would not write one."""
    if value and not 1e-7 < abs(value) < 1e9:
        return f"{value:.{precision}g}".replace("-", "−")
    return np.format_float_positional(value, precision=precision, fractional=False, trim="-").replace("-", "−")


def half(e: Estimate) -> float:
    """Half the width of the interval; NaN without one."""
    return (e.hi - e.lo) / 2


def scaled(e: Estimate, scale: float) -> Estimate:
    """The estimate in another unit."""
    return Estimate(scale * e.mean, scale * e.lo, scale * e.hi, e.n)


def places_of(e: Estimate) -> int:
    """Digits after the point of a single estimate."""
    return decimals(np.array([half(e)]), np.array([e.mean]))


def ends(e: Estimate, places: int) -> list[str]:
    """The two ends of the interval, with their signs."""
    return [number(end, places, sign=True) for end in (e.lo, e.hi)]


def format_estimate(e: Estimate, unit: str, scale: float = 1.0, sign: bool = False) -> str:
    """A mean with its interval, `1.2 ± 0.3 %`, or a difference, `+1.2 % [+0.9, +1.5]`; a dash where there is none."""
    if not e.n or not np.isfinite(e.mean):
        return NONE
    e = scaled(e, scale)
    places = places_of(e)
    mean = number(e.mean, places, sign)
    if not np.isfinite(e.lo):
        return f"{mean} {unit}"
    return f"{mean} {unit} [{', '.join(ends(e, places))}]" if sign else f"{mean} ± {number(half(e), places)} {unit}"


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
