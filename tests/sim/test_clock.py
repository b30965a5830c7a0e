"""The subnet's clock."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from sim.clock import BLOCKS_PER_DAY, block_at, blocks


def test_the_published_block():
    """Block 5,158,632 was at 2025-03-18 23:59 GMT (macrocosm-os/finetuning, constants)."""
    assert block_at(datetime(2025, 3, 18, 23, 59, tzinfo=UTC)) == 5_158_632


def test_twelve_seconds_a_block():
    """A day has 7,200 blocks, a minute 5."""
    noon = datetime(2024, 10, 11, 12, tzinfo=UTC)
    assert block_at(noon + timedelta(days=1)) - block_at(noon) == 7200
    assert block_at(noon + timedelta(minutes=1)) - block_at(noon) == 5


def test_naive_times_are_utc_and_zones_are_heard():
    """A moment without a zone is UTC; the same moment in another zone is the same block."""
    naive = datetime(2024, 10, 11, 12)
    assert block_at(naive) == block_at(naive.replace(tzinfo=UTC))
    assert block_at(naive.replace(hour=14, tzinfo=timezone(timedelta(hours=2)))) == block_at(naive)


@given(st.integers(0, 10**9))
def test_days_and_blocks_undo_each_other(count):
    """Whole blocks survive the way through days."""
    assert blocks(count / BLOCKS_PER_DAY) == count
