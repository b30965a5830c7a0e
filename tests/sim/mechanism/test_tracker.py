"""The moving averages of step weights, and their mix for the chain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import one_hot

from experiments.verification.oracle.competitions import Tracker
from sim.mechanism.tracker import chain_weights, record_step

OLD, NEW = 0, 1
WEIGHTS = st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3).map(lambda w: np.array(w, dtype=np.float32))


def dethroned(alpha: float, wins: int) -> Tracker:
    """A tracker in which `OLD` reigned, and `NEW` has won that many steps."""
    tracker = Tracker(3, alpha)
    for winner in (*[OLD] * 3, *[NEW] * wins):
        tracker.record(0, one_hot(winner))
    return tracker


@pytest.mark.parametrize(("wins", "share"), [(1, 0.5), (2, 0.75), (3, 0.875), (5, 0.96875)])
def test_a_new_kings_share(wins: int, share: float) -> None:
    """After k steps of its own competition a new winner has 1 - 0.5^k."""
    assert dethroned(0.5, wins).average[0].tolist() == [1 - share, share, 0]


@pytest.mark.parametrize("alpha", [0.05, 0.5, 0.85, 0.9])
@pytest.mark.parametrize("wins", [1, 2, 7, 30])
def test_a_new_kings_share_for_any_alpha(alpha: float, wins: int) -> None:
    """After k steps a new winner has 1 - alpha^k, the old one alpha^k."""
    found = dethroned(alpha, wins).average[0]
    assert found[:2].tolist() == pytest.approx([alpha**wins, 1 - alpha**wins], rel=1e-5)


def test_the_old_king_collects_one_more_step() -> None:
    """After its fall the old king still collects alpha / (1 - alpha) steps in total, 1 for 0.5."""
    tracker, collected = dethroned(0.5, 0), 0.0
    for _ in range(60):
        tracker.record(0, one_hot(NEW))
        collected += float(tracker.subnet([(0, 1.0)])[OLD])
    assert collected == pytest.approx(0.5 / (1 - 0.5), rel=1e-5)


@pytest.mark.parametrize(("alpha", "earns", "alone"), [(0.85, 2, 11), (0.9, 2, 17)])
def test_sn37s_threshold(alpha: float, earns: int, alone: int) -> None:
    """Entries below 0.18 are not paid, so a new SN37 winner earns from the first k with 1 - alpha^k >= 0.18.

    It earns alone from the first k with alpha^k < 0.18: the 11 wins of SN37's notes hold for alpha 0.85 (2024-12-04 to
    2025-05-12); for 0.9 they are 17.
    """
    paid = [dethroned(alpha, wins).subnet([(0, 1.0)], threshold=0.18) for wins in range(30)]
    assert next(k for k, weights in enumerate(paid) if weights[NEW] > 0) == earns
    assert next(k for k, weights in enumerate(paid) if weights[NEW] == 1) == alone
    assert earns == next(k for k in range(30) if 1 - alpha**k >= 0.18)
    assert alone == next(k for k in range(30) if alpha**k < 0.18)


@given(st.lists(WEIGHTS, min_size=1, max_size=6))
def test_the_average_is_the_recurrence(steps: list[np.ndarray]) -> None:
    """The first step sets the average, each later one mixes half of it in; weights are normalised first, NaN is 0."""
    tracker, expected = Tracker(3, 0.5), None
    for weights in steps:
        tracker.record(0, weights)
        total = sum(weights.tolist())
        share = weights / np.float32(total) if total else np.zeros(3, dtype=np.float32)
        expected = share if expected is None else 0.5 * expected + 0.5 * share
    assert tracker.average[0] == pytest.approx(expected, rel=1e-5, abs=1e-37)


@given(
    steps=st.lists(st.tuples(WEIGHTS, st.booleans()), min_size=1, max_size=6), threshold=st.sampled_from([0.0, 0.18])
)
def test_one_competition_needs_no_tracker(steps: list[tuple[np.ndarray, bool]], threshold: float) -> None:
    """An average by itself, and what the chain gets of it, are those of a tracker with one competition, to the bit."""
    tracker, average, chain = Tracker(3, 0.9), np.zeros(3, dtype=np.float32), np.ones(3, dtype=np.float32)
    for number, (weights, asked) in enumerate(steps):
        tracker.record(0, weights)
        record_step(average, number > 0, weights.copy(), 0.9)
        if asked:
            chain_weights(average, threshold, chain)
            assert chain.tobytes() == tracker.subnet([(0, 1.0)], threshold).tobytes()
        assert average.tobytes() == tracker.average[0].tobytes()


@given(WEIGHTS)
def test_recording_leaves_the_given_weights(weights: np.ndarray) -> None:
    """A tracker normalises what it records, not the array that it was given."""
    before = weights.tolist()
    Tracker(3, 0.5).record(0, weights)
    assert weights.tolist() == before


def test_a_newcomer_inherits_the_uids_average() -> None:
    """The average belongs to the uid; whoever registers there next gets what is left, half per step."""
    tracker = dethroned(0.5, 0)
    shares = []
    for _ in range(3):
        tracker.record(0, one_hot(2))
        shares.append(float(tracker.subnet([(0, 1.0)])[OLD]))
    assert shares == [0.5, 0.25, 0.125]
