"""Moving average and softmax."""

import numpy as np
import pytest

from experiments.verification.theory import weights


@pytest.mark.parametrize(("steps", "share"), [(1, 0.5), (2, 0.75), (3, 0.875), (5, 0.96875)])
def test_new_king_as_published(steps, share):
    """Published values, alpha .5: .5, .75, .875, .9688."""
    assert weights.new_king(steps, 0.5) == share


@pytest.mark.parametrize("alpha", [0.0, 0.5, 0.9])
def test_old_king(alpha):
    """What he still gets is what the new one lacks, summed over all steps; 1 for alpha .5."""
    lacks = sum(1 - weights.new_king(k, alpha) for k in range(1, 1000))
    assert weights.old_king(alpha) == pytest.approx(lacks)
    assert weights.old_king(0.5) == 1


@pytest.mark.parametrize(("models", "share", "digits"), [(11, 0.99995, 5), (101, 0.632, 3)])
def test_top_weight_as_published(models, share, digits):
    """Published values, temperature .01."""
    assert round(weights.top_weight(models, 0.01), digits) == share


@pytest.mark.parametrize(("models", "temperature"), [(2, 0.01), (3, 0.25), (200, 0.04)])
def test_top_weight_of_the_softmax(models, temperature):
    """The closed form is the softmax of the win rates 0, 1 / (k - 1), ..., 1."""
    e = np.exp((np.arange(models) / (models - 1) - 1) / temperature)
    assert weights.top_weight(models, temperature) == pytest.approx(e[-1] / e.sum())
