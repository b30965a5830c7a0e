"""What miners do at a look: wrong decisions are named, and the best of many runs."""

from math import nan

import pytest
from numba import njit
from scipy.special import log_ndtr
from steady_world import ended, kings, lane, steady

from policies import InputError, build
from sim.lanes import Lane
from sim.miners import acts
from sim.miners.population import Population, StrategyError
from sim.miners.strategies import build as strategy
from sim.miners.strategy import Decision, Strategy, View


@njit
def best_of(single: float, runs: float) -> float:
    """The part of the engine, for calls from Python."""
    return acts.best_of(single, runs)


class _Faulty(Strategy):
    """Breaks a rule, each kind of it another one."""

    about = "breaks a rule"
    source = "this test"


class _Nan(_Faulty):
    """An offer that is no number."""

    def decide(self, view: View) -> Decision:
        return Decision(submit=view.gain > 0, offer=view.gain * nan)


class _NanUnderFixed(_Faulty):
    """The same under an advantage that does not decay."""

    def decide(self, view: View) -> Decision:
        return Decision(submit=view.gain > 0, least=nan if view.floor == 0.005 else 0.0)


class _Rough(_Faulty):
    """A perturbation by twice the weights."""

    def decide(self, view: View) -> Decision:
        return Decision(submit=False, perturbation=2.0)


class _Idle(_Faulty):
    """Not a single run."""

    def decide(self, view: View) -> Decision:
        return Decision(submit=False, runs=0.0)


class _Forgetful(_Faulty):
    """Nothing at all."""

    def decide(self, view: View) -> None:
        pass


def rotten(deviant: Strategy, name: str = "rotten", policy: str = "fixed") -> Lane:
    """A lane in which m0 follows a strategy."""
    return Lane(name, build(policy), population=Population("with it", ((strategy("honest"), 1.0),), (deviant,)))


def fault(deviant: Strategy) -> str:
    """What is said of a strategy that m0 follows in the second of two lanes."""
    with pytest.raises(StrategyError) as found:
        ended(steady(0.001, 0.002), lane("linear", name="sound"), rotten(deviant))
    assert isinstance(found.value, InputError)  # so the command line answers with exit code 2
    return str(found.value)


@pytest.mark.parametrize(
    ("deviant", "said", "rule"),
    [
        (_Nan(), "offer = nan", "a number from -inf to inf"),
        (_NanUnderFixed(), "least = nan", "a number from -inf to inf"),
        (_Rough(), "perturbation = 2.0", "a number from 0 to 1"),
        (_Idle(), "runs = 0.0", "a number from 1 to 10000"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Strategy) else "",
)
def test_a_fault_is_named(deviant: Strategy, said: str, rule: str) -> None:
    """The message names strategy, field, miner, block and lane, and says the rule."""
    expected = f"strategy test-acts decided {said} for miner 0 at block 0 in lane 'rotten', but it must be {rule}"
    assert fault(deviant) == expected


def test_a_decision_is_returned() -> None:
    """A strategy that forgets its `return` runs interpreted, and is told what is missing."""
    with pytest.warns(UserWarning, match=r"test-acts cannot be compiled and runs interpreted"):
        said = fault(_Forgetful())
    assert said.endswith("strategy test-acts decided None, but it must return a Decision")


def test_nobody_is_blamed_for_lanes_that_it_does_not_play_in() -> None:
    """A strategy may be at a loss in a lane where nobody follows it: no lane depends on the others."""
    lanes = rotten(_NanUnderFixed(), "its own", "linear"), lane("fixed", name="another")
    assert kings(ended(steady(0.001, 0.002), *lanes), 1) == [(0, 1)]


@pytest.mark.parametrize("runs", [1.0, 2.0, 10.0, 1000.0])
@pytest.mark.parametrize("single", [-9.0, -2.0, 0.0, 1.5, 6.0])
def test_the_best_of_many_runs_has_the_same_quantile(single: float, runs: float) -> None:
    """The largest of n normal numbers is below x with Phi(x)^n, so Phi(single) = Phi(best)^n, compared by logs."""
    best = best_of(single, runs)
    assert runs * log_ndtr(best) == pytest.approx(log_ndtr(single), rel=1e-9)
    assert best >= single
