"""Independent models."""

from math import exp

import numpy as np
import pytest
from courses import Compiled, crew, everything
from scipy.stats import kstest

from sim.miners.progress.draws import NOTHING, DrawsProgress


def test_laws() -> None:
    """-ln(loss) is exponential with the given mean, or Gumbel with the given scale, or drifts only."""
    who = crew(2000, 0.2)
    exponential, gumbel = (everything(DrawsProgress(name, 0.01), who).ravel() for name in ("exponential", "gumbel"))
    assert kstest(exponential / 0.01, "expon").pvalue > 1e-3
    assert kstest(gumbel / 0.01, "gumbel_r").pvalue > 1e-3
    course = DrawsProgress("fixed", drift=0.3).course(crew())
    assert course.work(np.arange(3), np.array([0, 2, 4]))[:, 0].tolist() == pytest.approx([0, 0.15, 0.3])


def test_a_model_is_shown_once() -> None:
    """A new model replaces the old one, and where none came there is none."""
    way = Compiled(DrawsProgress().course(crew()))
    assert [way.advance(0.3, new) for new in (0.1, np.nan)] == [0.1, NOTHING]
    assert way.loss(0.1) == exp(-0.1)
