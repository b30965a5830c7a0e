"""Models as records, one per miner and column, and the owners in their lines."""

import numpy as np
import pytest
from engine_loops import reachable
from hypothesis import given
from hypothesis import strategies as st
from steady_world import ended, lane, steady

from sim import models as room
from sim.models import BITS, MINER, Models, no_miners, no_models, words

MINERS = 150
TAKE, OWNS, COUNT, SIMILARITY = (
    reachable(getattr(room, name)) for name in ("take", "owns", "count_shared", "similarity")
)
people = st.sets(st.integers(0, MINERS - 1))


def filled(miners: int, width: int, sets: int) -> Models:
    """Models with numbers of their own in every place."""
    models = no_models(miners, width, sets)
    arrays = [*(models.facts[name] for name in models.facts.dtype.names), models.line, models.training_mix]
    for values in arrays:
        values[...] = np.arange(values.size).reshape(values.shape) % (2 if values.dtype == bool else 97)
    return models


def line(owners: set[int]) -> np.ndarray:
    """Owners as a line, `[words]`."""
    bits = [sum(1 << (p % BITS) for p in owners if p // BITS == word) for word in range(words(MINERS))]
    return np.array(bits, dtype=np.int64)


def test_nothing_is_there_at_first() -> None:
    """No block, no loss, the public model's family, nobody's noise, no owner, and even shares of all sets."""
    models = no_models(3, 2, 4)
    assert np.isinf(models.block).all()
    assert np.isinf(models.loss).all()
    assert (models.facts["family"] == 3).all()
    assert (models.facts["twin"] == 3).all()
    assert (models.training_mix == 0.25).all()
    assert not models.line.any()
    assert no_models(3, 2).training_mix.size == 0


def test_one_place_is_taken_over() -> None:
    """`take` copies all that is known of one miner's model in one column into a place, and touches no other."""
    theirs, mine, before = filled(3, 2, 2), no_models(3, 2, 2), no_models(3, 2, 2)
    TAKE(mine, theirs, 1, 2, 0)
    for found, other, old in zip(mine, theirs, before, strict=True):
        np.testing.assert_array_equal(found[1, 0], other[1, 2])
        found[1, 0] = old[1, 0]
        np.testing.assert_array_equal(found, old)


def test_readers_have_miners_first() -> None:
    """Blocks and losses of column 1 stand in column 1, one row a miner and one for nobody."""
    models = filled(3, 2, 0)
    assert models.block.shape == models.loss.shape == (4, 2)
    np.testing.assert_array_equal(models.block[:, 1], models.facts["block"][1])
    np.testing.assert_array_equal(models.loss[:, 1], models.facts["loss"][1])


def test_miners_lie_in_lines_of_the_cache() -> None:
    """A miner's record takes 64 bytes, and the first one begins at a multiple of them."""
    assert MINER.itemsize == 64
    made = no_miners((3, 5))
    assert made.shape == (3, 5)
    assert made.ctypes.data % 64 == 0


def test_the_owners_of_places() -> None:
    """Bits 0 and 61 of the first word and bit 1 of the second are miners 0, 61 and 63; another place has nobody."""
    models = no_models(64, 2)
    models.line[1, 5] = [1 << 61 | 1, 1 << 1]
    found = models.owners(np.array([5, 6]), np.array([1, 1]))
    assert found.shape == (64, 2)
    assert np.flatnonzero(found[:, 0]).tolist() == [0, 61, 63]
    assert not found[:, 1].any()


def test_words_of_a_lineage() -> None:
    """62 owners to a word of 64 bits, which has a sign."""
    assert BITS == 62
    assert [words(n) for n in (1, 62, 63, 124, 125)] == [1, 1, 2, 2, 3]


@given(people)
def test_owners_are_counted_whatever_their_word(owners: set[int]) -> None:
    """Whom a line names is an owner, nobody else is, and there are as many as were named."""
    mine = line(owners)
    assert COUNT(mine, mine) == len(owners)
    assert {miner for miner in range(MINERS) if OWNS(mine, miner)} == owners


@given(people, people)
def test_similarity_is_the_share_of_owners(older: set[int], newer: set[int]) -> None:
    """Within a family it is |older and newer| / |older|, and 0 for a model without owners."""
    expected = len(older & newer) / len(older) if older else 0.0
    assert SIMILARITY(3, line(older), 3, line(newer)) == pytest.approx(expected)


def test_strangers_have_nothing_in_common() -> None:
    """Models of different runs from scratch have similarity 0, even where an owner is in both lines."""
    ours = line({1, 2})
    assert SIMILARITY(1, ours, 2, ours) == 0.0


def test_owners_beyond_the_first_word() -> None:
    """The 64th miner of 64 is credited with what it did alone, and shares with those that it builds on."""
    rates = [0.0] * 64
    rates[63] = rates[2] = 0.004
    world = ended(steady(*rates, days=3.0, wake_blocks=1800), lane("linear"))
    crowns, credit = world.record.crowns(), world.record.credit[:, 0]
    assert {2, 63} <= set(crowns.miner.tolist())
    assert set(np.flatnonzero(credit).tolist()) == {2, 63}
    assert world.validators[0].models.line[0, 63, 1] & 2  # bit 1 of the second word is owner 63
