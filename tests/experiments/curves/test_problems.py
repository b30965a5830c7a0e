"""The problems behind fits: which runs suit which law, and what a law predicts for them."""

import numpy as np
import pytest

from experiments.curves.problems import LAWS, problem_of
from experiments.curves.reading import Finished, Observed
from policies.errors import InputError
from sim.traces.laws.published import law
from sim.traces.laws.schedules import rates
from sim.traces.laws.shapes import Annealing, MultiPower

CURVE = Observed("cosine", np.arange(2_500, 9_000, 50), np.full(130, 3.0), rates("cosine", 9_000))


@pytest.mark.parametrize(("name", "observed", "words"), [
    ("power", [], "no law is called 'power'"), ("chinchilla", [CURVE], "finished runs"),
    ("annealing", Finished("x", *np.ones((3, 9))), "fitted to curves"),
    ("annealing", [Observed("x", np.array([5]), np.array([3.0]), np.ones(9))], "1 losses"),
])  # fmt: skip
def test_runs_that_do_not_suit(name, observed, words):
    """An unknown law, curves for a law of finished runs or the reverse, and fewer losses than constants are refused."""
    with pytest.raises(InputError, match=words):
        problem_of(name, observed)


def test_a_law_knows_its_constants():
    """They are the first fields of its class, in their order."""
    assert LAWS["annealing"].constants == ("floor", "scale", "exponent", "drop")
    assert LAWS["annealing"].kind(1.0, 2.0, 3.0, 4.0).drop == 4.0


@pytest.mark.parametrize("name", LAWS)
def test_bounds_hold_every_start(name):
    """A search begins within the bounds of its constants, which are all positive."""
    low, high = np.array(LAWS[name].low), np.array(LAWS[name].high)
    assert all(np.all((low < start) & (start < high)) for start in np.array(LAWS[name].starts))
    assert np.all(low > 0)


def test_predictions_are_the_law_s():
    """What is computed once for a run changes no loss; grouping changes of rates moves it by at most 0.0005 nats."""
    for name, true, error in (
        ("annealing", Annealing.of_size(1e8), 1e-12),
        ("multipower", MultiPower.of_size(1e8), 5e-4),
    ):
        problem = problem_of(name, [CURVE])
        steps = CURVE.steps if name == "annealing" else problem.inputs[0][1]
        constants = np.array([getattr(true, constant) for constant in LAWS[name].constants])
        assert problem.predict(constants)[0] == pytest.approx(true.loss(CURVE.rates, steps), abs=error)
    size, tokens = np.geomspace(1e8, 1e10, 6), np.geomspace(1e9, 1e11, 6)
    true = law("epoch")
    problem = problem_of("chinchilla", Finished("x", size, tokens, np.full(6, 3.0)))
    constants = np.array([getattr(true, constant) for constant in LAWS["chinchilla"].constants])
    assert problem.predict(constants)[0].tolist() == true.loss(size, tokens).tolist()
