"""Numbers and names as people read them, safe in HTML and in plotly's labels."""

import html

import numpy as np

from experiments.estimate import Estimate

NONE = "–"
DUST = 1e-9
"""Less than this is rounding, or what a softmax leaves to a loser."""


def safe(name: str) -> str:
    """A name for HTML text and attributes."""
    return html.escape(name)


def label(name: str, most: int = 36) -> str:
    """A name for a picture: long ones lose their middle; plotly reads tags, so they are escaped."""
    name = name.replace("_blocks=", "=")
    short = name if len(name) <= most else f"{name[: most * 3 // 5]}…{name[-(most * 2 // 5 - 1) :]}"
    return html.escape(short, quote=False)  # plotly does not know the entities of quotes


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
    there = values[np.isfinite(values) & (np.abs(values) > DUST)]
    if not len(real) and (there == np.round(there)).all():
        return 0
    size = np.median(real) if len(real) else np.median(np.abs(there))
    return int(np.clip((1 if len(real) else 2) - np.floor(np.log10(size)), 0, 6))


def half(e: Estimate) -> float:
    """Half the width of the interval; NaN without one."""
    return (e.hi - e.lo) / 2


def percent(e: Estimate, sign: bool = False) -> str:
    """A fraction with its interval, in percent; a dash where there is none."""
    if not e.n:
        return NONE
    places = decimals(np.array([100 * half(e)]), np.array([100 * e.mean]))
    mean = number(100 * e.mean, places, sign)
    if not np.isfinite(e.lo):
        return f"{mean} %"
    if sign:
        return f"{mean} % [{number(100 * e.lo, places, sign)}, {number(100 * e.hi, places, sign)}]"
    return f"{mean} ± {number(100 * half(e), places)} %"


def plain(e: Estimate, unit: str) -> str:
    """A mean with its half-width, in its own unit; a dash where there is none."""
    if not e.n:
        return NONE
    places = decimals(np.array([half(e)]), np.array([e.mean]))
    tail = f" ± {number(half(e), places)}" if np.isfinite(e.lo) else ""
    return f"{number(e.mean, places)}{tail} {unit}"


def count(number: int, noun: str) -> str:
    """So many of something."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def lane_name(name: str) -> str:
    """A lane's name in running text."""
    return f'<b class="lane">{html.escape(name)}</b>'
