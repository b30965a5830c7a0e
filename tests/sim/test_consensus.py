"""From the weights of several validators to what is paid, by hand."""

import numpy as np

from sim.consensus import agreed

A = np.array([[0.6], [0.4], [0.0]])
B = np.array([[0.5], [0.3], [0.2]])
C = np.array([[0.0], [0.5], [0.5]])


def test_one_is_paid_out_as_he_says() -> None:
    """One validator's weights are the shares."""
    assert agreed([A]) is A


def test_two_are_averaged() -> None:
    """Each of two is half of the stake, so nothing is clipped."""
    np.testing.assert_allclose(agreed([A, B])[:, 0], [0.55, 0.35, 0.1], rtol=1e-15)


def test_three_by_hand() -> None:
    """Two of three give at least 0.5, 0.4 and 0.2; clipped there the sums are 1.0, 1.1 and 0.4 of 2.5."""
    np.testing.assert_allclose(agreed([A, B, C])[:, 0], [0.4, 0.44, 0.16], rtol=1e-14)


def test_a_minority_is_not_paid_for() -> None:
    """What one of three, or one of four, gives alone counts nothing, however much it is."""
    honest, liar = np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])
    np.testing.assert_array_equal(agreed([honest, honest, liar])[:, 0], [1, 0])
    np.testing.assert_array_equal(agreed([honest, liar, honest, honest])[:, 0], [1, 0])


def test_half_is_enough() -> None:
    """Two of four are half of the stake: what they give counts."""
    first, second = np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])
    np.testing.assert_array_equal(agreed([first, first, second, second])[:, 0], [0.5, 0.5])


def test_nothing_is_nothing() -> None:
    """Without weights, or without any that half support, nobody has a share."""
    nothing = np.zeros((3, 1))
    np.testing.assert_array_equal(agreed([nothing, nothing, nothing]), nothing)
    np.testing.assert_array_equal(agreed(list(np.eye(3)[:, :, None])), nothing)


def test_order_and_neighbours_do_not_matter() -> None:
    """The same shares in any order of validators, and in any company of columns."""
    np.testing.assert_allclose(agreed([C, A, B]), agreed([A, B, C]), rtol=1e-15)
    wide = agreed([np.hstack([x, y]) for x, y in ((A, C), (B, A), (C, B))])
    np.testing.assert_array_equal(wide[:, :1], agreed([A, B, C]))
    np.testing.assert_array_equal(wide[:, 1:], agreed([C, A, B]))
