"""The copycat."""

from math import sqrt

import pytest
from looks import INF, NAN, decides, submits
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri

from policies import build
from sim.miners.strategies.copycat import Copycat
from sim.miners.testing import StrategyContract


class TestCopycat(StrategyContract):
    """The contract, and its own rule."""

    strategy = Copycat

    @pytest.mark.parametrize("epsilon", [0.0001, 0.0005, 0.005])
    def test_perturbs_by_the_size_that_wins_most_often(self, epsilon: float) -> None:
        """At sqrt(2 eps / h), where Phi(-(eps + h s^2 / 2) / (kappa s)) is largest: Phi(-sqrt(2 eps h) / kappa)."""
        h, kappa = 0.1, 0.005
        best = minimize_scalar(lambda s: -ndtr(-(epsilon + h * s * s / 2) / (kappa * s)), (0.01, 0.1), tol=1e-12)
        policy = build({"fixed": {"epsilon": epsilon}})
        found = decides({"copycat": {"h": h, "kappa": kappa}}, "perturbation", policy)[0]
        assert found == pytest.approx(sqrt(2 * epsilon / h))
        assert found == pytest.approx(best.x, rel=1e-3)
        assert -best.fun == pytest.approx(ndtr(-sqrt(2 * epsilon * h) / kappa))

    def test_buys_at_the_chance_asked_for(self) -> None:
        """From the epsilon down at which p* is the chance."""
        epsilon = (ndtri(0.1) * 0.005) ** 2 / (2 * 0.1)
        for factor, bought in ((1.001, False), (0.999, True)):
            policy = build({"fixed": {"epsilon": epsilon * factor}})
            assert submits({"copycat": {"chance": 0.1}}, policy) == [bought]

    def test_next_ticket_when_the_last_one_has_lost(self) -> None:
        """Not while it awaits its evaluation, not when it won, not at once, and not without a king."""
        policy = build({"fixed": {"epsilon": 0.0001}})
        given = {"live": True, "live_age": [9000.0, 9000.0, 1000.0, 9000.0]}
        assert submits("copycat", policy, **given, live_gain=[NAN, 0.001, -0.001, -0.001]) == [False] * 3 + [True]
        assert submits("copycat", policy, gain=INF) == [False]
