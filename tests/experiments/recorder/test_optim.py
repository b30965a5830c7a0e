"""The optimisers and the learning rates of their steps."""

import numpy as np
import pytest
import torch

from experiments.recorder import model, optim
from experiments.recorder.model import SIZES
from experiments.recorder.optim import SCHEDULES, learning_rates


@pytest.mark.parametrize("shape", [(32, 32), (96, 32), (32, 128)])
def test_an_update_of_muon_is_nearly_orthogonal(shape):
    """Singular values of an update, over 0.2 rate sqrt(longest side), are near 1 (Jordan et al. 2024: 0.68 to 1.13)."""
    weights = {"0.up": torch.zeros(shape, requires_grad=True), "norm": torch.ones(3, requires_grad=True)}
    for weight in weights.values():
        weight.grad = torch.randn(weight.shape, generator=torch.Generator().manual_seed(0))
    optim.Optimiser(weights, "muon").step(1e-3)
    values = torch.linalg.svdvals(weights["0.up"].detach()) / (0.2e-3 * max(shape) ** 0.5)
    assert 0.6 < float(values.min()) < float(values.max()) < 1.3


@pytest.mark.parametrize("kind", optim.OPTIMISERS)
def test_an_update_has_the_size_of_the_learning_rate(kind):
    """Both optimisers move a matrix's entries by about the rate (Muon 0.2 of it), so one rate suits both."""
    weights = model.weights(SIZES["20k"], 0)
    before = {name: w.detach().clone() for name, w in weights.items()}
    for place, w in enumerate(weights.values()):
        w.grad = torch.randn(w.shape, generator=torch.Generator().manual_seed(place))
    optim.Optimiser(weights, kind).step(1e-3)
    moved = float((weights["0.up"].detach() - before["0.up"]).square().mean().sqrt())
    assert 0.15e-3 < moved < 1.2e-3
    assert all(w.grad is None for w in weights.values())


@pytest.mark.parametrize("name", SCHEDULES)
def test_learning_rates_rise_to_the_peak_and_never_again(name):
    """Warm-up over a twentieth of the steps, then no rise; a run of one step has a rate too."""
    rates = learning_rates(name, 100, 2e-3)
    assert rates.shape == (100,)
    assert rates[:5] == pytest.approx(2e-3 * np.arange(1, 6) / 5)
    assert (np.diff(rates[5:]) <= 0).all()
    assert learning_rates(name, 1, 2e-3)[0] > 0
