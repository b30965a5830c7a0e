"""Models have the size that they state, cannot see what comes, and know nothing at first."""

import math

import pytest
import torch

from experiments.recorder import model, text
from experiments.recorder.model import SIZES

STATED = {"k": 1e3, "m": 1e6}


@pytest.mark.parametrize("name", SIZES)
def test_a_model_has_the_parameters_that_it_states(name):
    """The formula counts the weights, and the name says the count within 8%."""
    size = SIZES[name]
    assert sum(w.numel() for w in model.weights(size, 0).values()) == size.parameters
    stated = float(name[:-1]) * STATED[name[-1]]
    assert abs(size.parameters / stated - 1) < 0.08


def test_a_fresh_model_knows_nothing():
    """Its loss is that of guessing, ln 257, within a tenth."""
    windows = torch.randint(0, 256, (8, 33), generator=torch.Generator().manual_seed(0))
    loss, targets = model.nats(model.weights(SIZES["20k"], 0), SIZES["20k"], windows)
    assert targets == 8 * 32
    assert float(loss.detach()) / targets == pytest.approx(math.log(257), abs=0.1)


def test_a_model_cannot_see_what_comes():
    """The losses of the first targets do not change with what comes after them."""
    size = SIZES["20k"]
    weights = {
        n: w.detach() + 0.1 * torch.randn(w.shape, generator=torch.Generator().manual_seed(1))
        for n, w in model.weights(size, 0).items()
    }
    beginning, rest = torch.arange(9)[None], torch.full((1, 24), text.SEPARATOR)  # separators are no targets
    alone, longer = (float(model.nats(weights, size, w)[0]) for w in (beginning, torch.cat([beginning, rest], dim=1)))
    assert longer == pytest.approx(alone, rel=1e-5)


def test_separators_are_no_targets():
    """They are read and not counted, so a loss is per byte."""
    size = SIZES["20k"]
    assert model.nats(model.weights(size, 0), size, torch.tensor([[1, 256, 2, 256]]))[1] == 1
