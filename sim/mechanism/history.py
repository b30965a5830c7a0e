"""SN9's history as dated changes: of the rules, and of the competitions with their reward shares and epsilons.

Facts from the git history of macrocosm-os/pretraining (first-parent history of main, to 42328de, 2025-03-31). Changes
of the rules are dated by their release; changes of the competitions by the block they were scheduled for.
"""

from datetime import UTC, datetime
from typing import Any

from sim.clock import block_at


def on(date: str) -> int:
    """The block at the start of a date, counted at 12 s from the dated anchor."""
    return block_at(datetime.fromisoformat(date).replace(tzinfo=UTC))


RULES: list[tuple[int, str, dict[str, Any]]] = [
    (
        on("2023-11-14"),
        "1.0.3, dc6ad3a",
        {
            "wins": "per-sample",
            "temperature": 0.05,
            "keep": 10,
            "alpha": 0.0,
            "delay": 0,
            "window": 0,
            "filtered": False,
            "alone": 0.0,
        },
    ),
    (on("2023-11-15"), "cf2ad9f", {"alpha": 0.9, "holds": True}),
    (on("2023-11-20"), "f15b107", {"temperature": 0.25, "keep": 30}),
    (on("2023-11-24"), "3690f82", {"keep": 20}),
    (on("2023-11-28"), "2.0.0, caa4f2c", {"keep": 30}),
    (on("2024-01-02"), "2.1.0, 972950a", {"temperature": 0.04, "holds": False}),
    (on("2024-02-21"), "d2faaec", {"alpha": 0.5}),
    (on("2024-03-27"), "3.0.0, 18f0056", {"temperature": 0.01, "keep": 6}),
    (on("2024-08-06"), "4.0.0, e81f1d0", {"keep": 5}),
    (on("2024-10-04"), "4.5.0, fde1e89", {"wins": "average"}),
    (on("2024-10-15"), "4.5.3, dd068a2", {"filtered": True, "alone": 1.0}),
    (on("2024-11-08"), "4.6.0, 69458c0", {"delay": 250, "window": 150}),
]
"""From which block, in which release, what changed in the rules."""


def fixed(epsilon: float) -> dict[str, Any]:
    """The spec of a fixed epsilon."""
    return {"fixed": {"epsilon": epsilon}}


def fall(start: float, end: float, blocks: int) -> dict[str, Any]:
    """The spec of a linear decay."""
    return {"linear": {"start": start, "end": end, "decay_blocks": blocks}}


Competitions = dict[str, tuple[float, dict[str, Any]]]
"""Competition -> reward share and the spec of its epsilon."""

WEEK, TWO_WEEKS = 50_400, 100_800

COMPETITIONS: list[tuple[int, Competitions]] = [
    (on("2023-11-14"), {"one": (1.0, fixed(0.0))}),  # 3 % to both sides of every pair, so to nobody; a bug
    (on("2023-11-16"), {"one": (1.0, fixed(0.03))}),
    (on("2023-11-17"), {"one": (1.0, fixed(0.01))}),
    (on("2024-01-02"), {"one": (1.0, fixed(0.005))}),
    (3_565_190, {"772M": (0.35, fixed(0.005)), "7B": (0.65, fixed(0.005))}),
    # 7B*: 12.3 % of the 7B weights by an epsilon of 0.001 on the same losses (`per_sample.blend`)
    (
        3_601_190,
        {
            "772M": (0.14, fixed(0.005)),
            "3B": (0.29, fixed(0.005)),
            "7B": (0.57 * 0.877, fixed(0.005)),
            "7B*": (0.57 * 0.123, fixed(0.001)),
        },
    ),
    (
        3_750_683,
        {
            "772M": (0.14, fall(0.005, 0.001, WEEK)),
            "3B": (0.29, fall(0.005, 0.001, WEEK)),
            "7B": (0.15, fall(0.005, 0.001, WEEK)),
            "14B": (0.42, fall(0.005, 0.001, TWO_WEEKS)),
        },
    ),
    (
        3_849_722,
        {
            "772M": (0.14, fall(0.005, 0.001, WEEK)),
            "3B": (0.29, fall(0.005, 0.001, WEEK)),
            "14B": (0.57, fall(0.005, 0.001, TWO_WEEKS)),
        },
    ),
    (
        4_001_017,
        {
            "772M": (0.14, fall(0.005, 0.0001, WEEK)),
            "3B": (0.29, fall(0.005, 0.0001, WEEK)),
            "14B": (0.57, fall(0.005, 0.0001, TWO_WEEKS)),
        },
    ),
    (
        on("2024-10-10"),
        {
            "772M": (0.14, fall(0.005, 0.0001, WEEK)),
            "3B": (0.29, fall(0.005, 0.0001, WEEK)),
            "14B": (0.57, fall(0.005, 0.0001, WEEK)),
        },
    ),  # v4.5.1
    (
        on("2024-10-11"),
        {
            "772M": (0.14, fall(0.005, 0.0001, WEEK)),
            "3B": (0.29, fall(0.005, 0.0001, WEEK)),
            "14B": (0.57, fall(0.005, 0.0001, 72_000)),
        },
    ),  # v4.5.2
    (
        4_252_646,
        {
            "3B": (0.29, fall(0.005, 0.0005, WEEK)),
            "14B": (0.57, fall(0.005, 0.0005, WEEK)),
            "14B*": (0.14, fall(0.005, 0.0005, WEEK)),
        },
    ),
    (
        4_453_709,
        {
            "3B": (0.20, fall(0.005, 0.0002, 28_800)),
            "14B": (0.40, fall(0.005, 0.0002, 36_000)),
            "14B*": (0.40, fall(0.005, 0.0002, 36_000)),
        },
    ),
    (4_732_978, {"3B": (0.30, fall(0.005, 0.0005, WEEK)), "14B": (0.70, fall(0.005, 0.0005, 72_000))}),
    (
        5_177_981,
        {
            "TTS": (0.55, fall(0.005, 0.0005, WEEK)),
            "3B": (0.15, fall(0.005, 0.0001, 14_400)),
            "14B": (0.30, fall(0.005, 0.0001, 14_400)),
        },
    ),
    (
        on("2025-03-22"),
        {
            "TTS": (0.55, fall(0.005, 0.0005, 72_000)),
            "3B": (0.15, fall(0.005, 0.0001, 14_400)),
            "14B": (0.30, fall(0.005, 0.0001, 14_400)),
        },
    ),  # v6.0.2
]
"""From which block which competitions ran. Every share sums to 1 (the table rounds: .14 + .29 + .57)."""
