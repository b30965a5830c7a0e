"""Where a fixed margin stalls."""

import numpy as np
import pytest

from experiments.verification.theory.stall import Frontier, dethronings, gap, king_times


@pytest.mark.parametrize(("epsilon", "left"), [(0.005, 0.00955), (0.0005, 0.00095), (0.0001, 0.00019)])
def test_gaps_as_published(epsilon, left):
    """Published values, E = 1.9: the loss that a fixed margin leaves unreached."""
    assert round(gap(1.9, epsilon), 5) == left


def test_a_king_within_the_gap_is_never_dethroned():
    """E + gap is the loss from which a challenger would have to be at E itself."""
    assert (1.9 + gap(1.9, 0.005)) * 0.995 == pytest.approx(1.9, rel=1e-15)


@pytest.mark.parametrize(("first", "epsilon"), [(4.0, 0.05), (2.3, 0.005), (1.95, 0.0005)])
def test_kings_come_when_the_frontier_reaches_their_bar(first, epsilon):
    """At t_k the frontier is at L0 (1 - epsilon)^k; the last king is within the gap, the one before is not."""
    frontier = Frontier(1.9, 2.1, 0.3)
    times = king_times(frontier, first, epsilon)
    losses = np.array([frontier.loss(t) for t in times])
    assert losses == pytest.approx(first * (1 - epsilon) ** np.arange(len(times)), rel=1e-12)
    assert len(times) == dethronings(1.9, first, epsilon) + 1
    assert losses[-1] <= 1.9 + gap(1.9, epsilon) < losses[-2]


@pytest.mark.parametrize(("first", "most"), [(3.9, 0), (4.1, 1), (7.9, 1), (8.1, 2)])
def test_halvings(first, most):
    """With epsilon 0.5 and a floor of 2 losses halve: from just above 4 one crown is possible, from 8 two."""
    assert dethronings(2.0, first, 0.5) == most


def test_the_floor_itself_is_never_reached():
    """From 4 a halving would end at the floor of 2, which takes for ever."""
    assert dethronings(2.0, 4.0, 0.5) == 0
