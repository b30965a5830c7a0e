"""Random streams: a name decides the numbers, and nothing else does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.streams import stream

parts = st.lists(st.integers(-10, 10) | st.text("ab1-", max_size=3), max_size=4)


def first(seed, *name, count=3):
    """The first numbers of a stream."""
    return stream(seed, *name).standard_normal(count).tolist()


def test_the_same_name_gives_the_same_numbers():
    """Asked twice, with other streams in between, a stream begins anew."""
    before = first(1, "world", 3, "evaluation", 17)
    first(1, "world", 4, "evaluation", 17)
    assert first(1, "world", 3, "evaluation", 17) == before


@pytest.mark.parametrize(
    "other",
    [
        (2, "world", 3, "pages"),
        (1, "world", 4, "pages"),
        (1, "world", 3, "page"),
        (1, "World", 3, "pages"),
        (1, "world", "3", "pages"),
        (1, "world", 3),
        (1, "world", 3, "pages", ""),
        (1, "pages", 3, "world"),
        (1, "wor", "ld", 3, "pages"),
        (1, "world3", "pages"),
        (13, "world", "pages"),
        (1,),
    ],
)
def test_any_change_of_the_name_gives_other_numbers(other):
    """Seed, a part, its kind, the order and where one part ends all count."""
    assert not set(first(*other)) & set(first(1, "world", 3, "pages"))


@given(st.integers(0, 5), parts, st.integers(0, 5), parts)
def test_streams_are_as_different_as_their_names(seed, name, other_seed, other):
    """Equal names give equal numbers, different names different ones."""
    assert (first(seed, *name) == first(other_seed, *other)) == ((seed, name) == (other_seed, other))


def test_numpy_integers_are_integers():
    """A world's number may come from an array."""
    assert first(np.int64(5), "world", np.int32(3)) == first(5, "world", 3)


def test_streams_do_not_wait_for_each_other():
    """Drawing from two streams in turn gives what each gives alone."""
    one, two = stream(1, "one"), stream(1, "two")
    turns = [(one.random(), two.random()) for _ in range(5)]
    alone = stream(1, "one").random(5).tolist(), stream(1, "two").random(5).tolist()
    assert tuple(map(list, zip(*turns, strict=True))) == alone


def test_numbers_are_those_of_a_normal_distribution():
    """Mean 0 and sd 1 over 10,000 streams' first numbers, each within 4 standard errors."""
    drawn = np.array([first(1, "entity", i, count=1)[0] for i in range(10_000)])
    assert abs(drawn.mean()) < 4 / 100
    assert abs(drawn.std() - 1) < 4 / np.sqrt(20_000)
