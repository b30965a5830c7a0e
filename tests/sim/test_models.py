"""Models as records of arrays, one per miner and column."""

import numpy as np
from steady_world import ended, lane, steady

from sim.backend import backend
from sim.models import BITS, Models, words


def filled(miners: int = 3, width: int = 2, sets: int = 0) -> Models:
    """Models with numbers of their own in every place."""
    models = Models(backend(), miners, width, sets)
    for name in Models.NAMES:
        values = getattr(models, name)
        if values is not None:
            values[...] = np.arange(values.size).reshape(values.shape) % (2 if values.dtype == bool else 97)
    return models


def test_nothing_is_there_at_first() -> None:
    """No block, no loss, the public model's family, nobody's noise, and even shares of all sets."""
    models = Models(backend(), 3, 2, 4)
    assert np.isinf(models.block).all()
    assert np.isinf(models.loss).all()
    assert (models.family == 3).all()
    assert (models.twin == 3).all()
    assert (models.diet == 0.25).all()
    assert Models(backend(), 3, 2).diet is None


def test_some_places_are_taken_over() -> None:
    """`take` copies every fact of the places it is given, and of no other."""
    other = filled(sets=2)
    mine, rows, columns = Models(backend(), 3, 2, 2), np.array([0, 2]), np.array([1, 0])
    mine.take(other, rows, columns)
    untouched = Models(backend(), 3, 2, 2)
    for name in Models.NAMES:
        found, theirs, before = (getattr(models, name) for models in (mine, other, untouched))
        np.testing.assert_array_equal(found[..., rows, columns], theirs[..., rows, columns])
        found[..., rows, columns] = before[..., rows, columns]
        np.testing.assert_array_equal(found, before, err_msg=name)


def test_the_owners_of_places() -> None:
    """Bits 0 and 61 of the first word and bit 1 of the second are miners 0, 61 and 63; another place has nobody."""
    models = Models(backend(), 64, 2)
    models.line[:, 5, 1] = [1 << 61 | 1, 1 << 1]
    found = models.owners(np.array([5, 6]), np.array([1, 1]))
    assert found.shape == (64, 2)
    assert np.flatnonzero(found[:, 0]).tolist() == [0, 61, 63]
    assert not found[:, 1].any()


def test_fare_is_the_diet_of_places() -> None:
    """The shares of some places, sets first; nothing where data do not matter."""
    models = filled(sets=3)
    np.testing.assert_array_equal(models.fare(np.array([2, 0]), np.array([1, 1])), models.diet[:, [2, 0], [1, 1]])
    assert filled().fare(np.array([0]), np.array([0])) is None


def test_words_of_a_lineage() -> None:
    """62 owners to a word of 64 bits, which has a sign."""
    assert BITS == 62
    assert [words(n) for n in (1, 62, 63, 124, 125)] == [1, 1, 2, 2, 3]


def test_owners_beyond_the_first_word() -> None:
    """The 64th miner of 64 is credited with what he did alone, and shares with whom he builds on."""
    rates = [0.0] * 64
    rates[63] = rates[2] = 0.004
    world = ended(steady(*rates, days=3.0, wake_blocks=1800), lane("linear"))
    crowns, credit = world.record.crowns(), world.record.credit[:, 0]
    assert {2, 63} <= set(crowns.miner.tolist())
    assert set(np.flatnonzero(credit).tolist()) == {2, 63}
    line = world.validators[0].models.line[:, 63, 0]
    assert line[1] & 2  # bit 1 of the second word is owner 63
