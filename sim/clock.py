"""Blocks, days and dates: the subnet's clock counts blocks of 12 seconds."""

from datetime import UTC, datetime

BLOCK_SECONDS = 12
BLOCKS_PER_DAY = 7200

LONG_DAYS = 7.0
"""Gaps without a truly better king that are longer than this count as long."""
LATE_DAYS = 14.0
"""A miner is new for so many days."""

ANCHOR = (5_158_632, datetime(2025, 3, 18, 23, 59, tzinfo=UTC))
"""The one block whose date is published (macrocosm-os/finetuning, constants); all other dates are counted from it."""


def blocks(days: float) -> int:
    """Days as whole blocks."""
    return round(days * BLOCKS_PER_DAY)


def block_at(moment: datetime) -> int:
    """The block of a moment, counted at 12 s from the anchor; outages make old blocks earlier than this says."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return ANCHOR[0] + round((moment - ANCHOR[1]).total_seconds() / BLOCK_SECONDS)
