"""Training time from the times of single steps."""

import numpy as np
import pytest

from sim.traces.order import elapsed

NAN = np.nan


@pytest.mark.parametrize(
    ("step", "seconds", "begins", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], False, [1, 3, 6]),
        ([10, 20, 30], [1, 2, 3], False, [10, 30, 60]),
        ([0, 1, 2], [1, 2, 3], False, [1, 3, 6]),
        ([0, 1, 2], [1, 2, 3], True, [0, 1, 3]),
        ([0, 10, 20], [1, 100, 1], True, [0, 10, 119]),
        ([2, 1, 3], [2, 1, 3], False, [3, 1, 6]),
        ([1, 1, 2, 2], [1, 1, 2, 2], False, [NAN, 1, NAN, 3]),
        ([5, 10, 10, 15, 20], [NAN, 1, NAN, NAN, 2], False, [5, 10, NAN, NAN, 30]),
        ([10, 20, 25], [1, 2, NAN], False, [10, 30, 40]),
        ([7], [2], False, [14]),
        ([7], [2], True, [14]),
    ],
)
def test_times_add_up(step, seconds, begins, expected):
    """A mean stands for all steps since the record before; the time of the one step that begins, for that step."""
    found = elapsed(np.array(step, dtype=float), np.array(seconds, dtype=float), begins, [])
    assert found == pytest.approx(np.array(expected, dtype=float), nan_ok=True)


def test_what_is_said():
    """Steps between the records, a late beginning and times after the end are told."""
    said = []
    found = elapsed(np.array([500.0, 510.0, 520.0, 530.0]), np.array([1.0, 1.0, 1.0, NAN]), False, said)
    assert found.tolist() == [10, 20, 30, 40]
    assert said == [
        "step times taken for the steps between two records too: 2",
        "the log begins at step 500: its clock begins there",
        "times after step 520 carried on at its rate: 1",
    ]


def test_absurd_times_are_no_error():
    """Times beyond all numbers are inf, and nothing is warned of."""
    assert np.isinf(elapsed(np.array([1.0, 1e300]), np.array([1e300, 1e300]), False, [])).any()
