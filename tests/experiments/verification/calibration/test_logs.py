"""The validators' logs as arrays."""

import numpy as np
from calibration_logs import LOGS, logged

from experiments.verification.calibration.logs import read_history, read_later, read_samples, read_steps
from experiments.verification.calibration.pairs import distinct


@logged
def test_the_logs_are_read_whole():
    """1,000 steps of five uids, two of them copies; 16 and 51 steps of two; 55 and 58 samples; four steps of seven."""
    steps, history, later = read_steps(LOGS), read_history(LOGS), read_later(LOGS)
    assert (steps.loss.shape, steps.models[distinct(steps.loss)[-1]]) == ((1000, 5), "223")
    np.testing.assert_allclose(steps.best.sum(axis=1), 1.0, atol=1e-9)
    assert (history.models, history.loss.shape, history.best.shape) == (("223", "255"), (16, 2), (51, 2))
    assert [losses.shape for losses in read_samples(LOGS)] == [(55, 2), (58, 2)]
    assert (later.loss.shape, "223" in later.models) == ((4, 7), False)
