"""The words of timelines."""

import numpy as np

from sim.mechanism.pool import pool_of
from sim.timeline.words import MOST_NAMES, Evaluation, absent, describe_seat, line, list_miners


def evaluation() -> Evaluation:
    """m4, 100 blocks old with an advantage of 1 %, and the younger m7."""
    pool = pool_of([2.5, 2.48], [0.0, 100.0], 0.01)
    pool["uid"] = 4, 7
    return Evaluation(pool, np.zeros(2, bool), None, False, 0.0)


def test_a_line_has_block_and_day() -> None:
    """Block 10,800 is in the middle of the second day."""
    assert line(10_800, "m1 is king") == "  10800  day   1.50  m1 is king"


def test_long_lists_are_cut_short() -> None:
    """Eight names are told, the rest is counted."""
    assert list_miners(range(3)) == "m0, m1, m2"
    assert list_miners(range(MOST_NAMES)).endswith("m7")
    assert list_miners(range(MOST_NAMES + 5)).endswith("m7 and 5 more")


def test_a_model_under_evaluation() -> None:
    """The king's has a star, one that the filter dropped a minus."""
    seat = evaluation().pool[0]
    said = "m4 2.5000 eps 1.00% wins 0 weight 0.50"
    assert describe_seat("m4", seat, 0.5, True) == "*" + said
    assert describe_seat("m4", seat, 0.5, False) == "-" + said
    seat["competitive"] = True
    assert describe_seat("m4", seat, 0.5, False) == said


def test_the_older_model_has_the_advantage() -> None:
    """Of two models the older one counts (1 - epsilon) times its loss, the younger one all of it."""
    found = evaluation()
    assert found.adjusted_loss(0, 1) == (0.99 * 2.5, "(1 - 1.000%) * 2.50000 = 2.47500")
    assert found.adjusted_loss(1, 0) == (2.48, "2.48000")


def test_a_new_king_is_compared_with_the_one_before() -> None:
    """It beats the other by measured losses, or by weight although it does not; or it was not there to compare."""
    found, weights = evaluation(), np.zeros(8)
    weights[7] = 1.0
    assert found.compare(4, 7, weights) == "beats m7, measured (1 - 1.000%) * 2.50000 = 2.47500 < 2.48000"
    assert found.compare(7, 4, weights) == (
        "weighs more than m4, 1.00 to 0.00, though measured 2.48000 is not < (1 - 1.000%) * 2.50000 = 2.47500"
    )
    assert found.compare(7, 3, weights) == absent(3) == "m3 was not in the last evaluation"
