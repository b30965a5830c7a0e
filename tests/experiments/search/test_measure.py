"""Lanes and worlds that were measured apart are put together."""

import numpy as np
import pytest

from experiments.run.evaluator import Measured
from experiments.search.measure import join_worlds, place_lanes

WORLDS = np.array([0, 1, 2])


def measured(errors: tuple[str | None, ...], luck: list[list[list[float]]]) -> Measured:
    """Measurements in three worlds of one case: a row for each population of each lane."""
    return Measured({"luck": np.array(luck)}, np.array(["only"] * 3), WORLDS, errors)


def test_lanes_are_placed_and_worlds_are_joined() -> None:
    """A lane that is measured on goes on with its own values, the others with NaN; the first error is kept."""
    before = measured(("boom", None), [[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]])
    more = measured(("late",), [[[7.0, 8.0, 9.0]]])
    whole = join_worlds(before, place_lanes(more, [([1], more)], 2))
    assert whole.values["luck"][1, 0].tolist() == [4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    assert whole.values["luck"][0, 0].tolist() == pytest.approx([1.0, 2.0, 3.0] + [np.nan] * 3, nan_ok=True)
    assert whole.errors == ("boom", "late")
    assert whole.world.tolist() == [0, 1, 2, 0, 1, 2]
