"""Strategies behind addresses."""

from policies import build
from sim.compiler.strategies import compiled_decide
from sim.miners.strategies import build as build_strategy
from sim.miners.testing import look


def test_a_strategy_asks_about_later() -> None:
    """`view.later(blocks)` is compiled along: a strategy that waits decides as it does interpreted."""
    strategy = build_strategy("threshold-submitter")
    view = look(build("half-life"), gain=0.004, age=100.0)
    assert compiled_decide(strategy)(view) == strategy.decide(view)
