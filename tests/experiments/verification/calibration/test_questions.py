"""The statistics that are asked for."""

import numpy as np
from calibration_logs import seen

from experiments.verification.calibration.logs import Evaluations
from experiments.verification.calibration.pairs import pairs
from experiments.verification.calibration.questions import difference, extremes, neighbours, of_steps


def test_few_steps_say_nothing():
    """Pairs with fewer than 15 common steps are not compared."""
    models = ((3.9, 0.001), (3.8, 0.001))
    assert any("and" in question.of for question in of_steps(seen(*models, steps=15)))
    assert not any("and" in question.of for question in of_steps(seen(*models, steps=14)))


def test_neighbours_are_steps_and_the_next():
    """A difference at each step stands beside that of the next one."""
    made = seen((3.8, 0.001), (3.9, 0.001), steps=20)
    gap = difference(pairs(made.loss)[0])
    beside = neighbours(gap)(made)
    assert beside.shape == (19, 2)
    np.testing.assert_array_equal(beside[:, 1], gap(made)[1:, 0])


def test_extremes_are_beyond_three_sds():
    """One hit in 20 steps lies sqrt(19) sds from the mean, one in nine steps sqrt(8): only the first is beyond."""
    for steps, expected in ((20, 1), (9, 0)):
        loss = np.zeros((steps, 1))
        loss[3] = 1.0
        made = Evaluations(("a",), loss, loss)
        assert extremes(lambda some: some.loss)(made).sum() == expected
