# ruff: noqa: S101 - a contract is a list of asserts
"""The contract as tests, for the strategies here and for yours; nothing is random, and pytest is not imported.

Hold your own strategy to it in a test file that pytest collects:

    from sim.miners.testing import StrategyContract

    class TestMine(StrategyContract):
        strategy = Mine
"""

import pickle
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import cache
from math import inf, isfinite, isnan, log1p, nan
from typing import Any, ClassVar
from unittest import SkipTest

import numpy as np

from policies import Policy, build
from policies.testing.cases import vectors
from sim.compiler import strategies as compiler
from sim.miners.population import BOUNDS
from sim.miners.strategies import build as build_strategy
from sim.miners.strategies import find, names
from sim.miners.strategy import VIEW, Decision, Strategy, View

FACTS: dict[str, tuple[Any, float, float]] = {
    "gain": (0.002, -0.02, 0.04),
    "doubt": (0.0, 0.0, 0.002),
    "noise": (0.0, 0.0, 0.002),
    "age": (0.0, 0.0, 216_000.0),
    "pace": (0.001, 0.0, 0.01),
    "rivals": (0.001, 0.0, 0.01),
    "share": (0.0, 0.0, 1.0),
    "cost": (100.0, 0.0, 10_000.0),
    "balance": (0.0, -100_000.0, 100_000.0),
    "draw": (0.5, 0.0, 0.999),
    "seed_sd": (2e-4, 0.0, 0.002),
    "idle": (1800.0, 1.0, 7_200.0),
    "live_gain": (-inf, -0.02, 0.04),
    "live_age": (inf, 0.0, 216_000.0),
}
"""Facts of a view: what a challenger without a committed model sees, noise off; the least and most that laws try."""

PLAIN = {key: plain for key, (plain, _, _) in FACTS.items()} | {
    "reign": 0.0, "king": False, "live": False, "value": 20_000.0, "fee": 300.0, "active": True
}  # fmt: skip
"""What that challenger sees, with the facts that the laws leave alone or derive from others."""

VIEWS = 500
"""Views that a law is tried on."""

FLAGS = ("submit", "copy", "train", "adopt", "active")
BOOLEANS, NUMBERS = (bool, np.bool_), (int, float, np.float64)


def look(policy: Policy | None = None, **given: Any) -> View:
    """A view made by hand: `PLAIN`, except for what is given, with the advantage that a policy gives the king.

    Args:
        policy: `linear` when left out.
        given: other facts of a `View`. A gain of inf says that there is no king.
    """
    facts: dict[str, Any] = {key: type(PLAIN[key])(value) for key, value in (PLAIN | given).items()}
    chosen = policy or build("linear")

    def later(blocks: float) -> float:
        return 0.0 if facts["gain"] == inf else chosen.advantage(facts["age"] + blocks)

    epsilon, floor = later(0.0), later(inf)
    facts |= {"epsilon": epsilon, "floor": floor, "bar": -log1p(-epsilon), "lowest_bar": -log1p(-floor)}
    return View(later=later, **facts)


class StrategyContract:
    """What every strategy promises; subclass it, name the strategy, and pytest does the rest."""

    strategy: ClassVar[type[Strategy]]  #: the class under test

    @classmethod
    def examples(cls) -> list[Strategy]:
        """The default, corners of the bounds and of the search range, and some parameters between."""
        return [cls.strategy(**values) for values in vectors(cls.strategy, 5)]

    @classmethod
    def cases(cls) -> Iterator[tuple[Strategy, View]]:
        """Every view of `views`, each for one of the examples."""
        examples = cls.examples()
        for number, view in enumerate(views()):
            yield examples[number % len(examples)], replace(view)

    @classmethod
    def decisions(cls) -> Iterator[tuple[Strategy, View, Decision]]:
        """The same cases, each with what is decided."""
        yield from ((strategy, view, strategy.decide(view)) for strategy, view in cls.cases())

    def test_parameters_are_declared(self) -> None:
        """Every parameter says what it does, its unit, its bounds, and where to search; the class says the rest."""
        for key, p in self.strategy.parameters().items():
            assert p.about, f"{key} does not say what it does"
            assert p.unit, f"{key} has no unit"
            assert isfinite(p.high - p.low), f"{key} has no bounds"
            assert p.low <= p.search[0] < p.search[1] <= p.high, f"{key} is searched out of its bounds"
            assert p.low <= p.default <= p.high, f"the default of {key} is out of its bounds"
            assert p.scale != "log" or p.search[0] > 0, f"{key} is searched on a log scale from {p.search[0]}"
        for what in ("about", "source", "__doc__"):
            assert getattr(self.strategy, what, ""), f"{self.strategy.__name__} has no {what}"

    def test_frozen_and_pickles(self) -> None:
        """It cannot be changed, and travels to a worker process with what it has prepared."""
        for strategy in self.examples():
            twin = pickle.loads(pickle.dumps(strategy))  # noqa: S301 - pickled right here
            assert twin == strategy, f"{strategy} came back as {twin}"
            for key, value in strategy.prepare().items():
                assert getattr(twin, key) == value, f"{strategy} lost {key}"
            try:
                strategy.anything = 1
            except AttributeError:
                continue
            raise AssertionError(f"{strategy} can be changed")

    def test_spec_builds_the_same(self) -> None:
        """What `spec` says is what YAML has to say."""
        name = self.strategy.name()
        if name not in names() or find(name) is not self.strategy:
            raise SkipTest(f"{self.strategy.__name__} is not in sim/miners/strategies, so YAML cannot name it")
        for strategy in self.examples():
            assert build_strategy(strategy.spec()) == strategy

    def test_decisions_are_plain(self) -> None:
        """Flags are booleans, all else is numbers and not NaN; runs are whole and from 1 on, perturbations 0 to 1."""
        for strategy, view, decision in self.decisions():
            assert isinstance(decision, Decision), f"{strategy} decided {decision!r} about {view}"
            for key, value in asdict(decision).items():
                sound = type(value) in (BOOLEANS if key in FLAGS else NUMBERS) and not isnan(value)
                assert sound, f"{key} is {value!r}: {strategy} about {view}"
            for key, (low, high) in BOUNDS.items():
                value = getattr(decision, key)
                assert low <= value <= high, f"{key} is {value!r}: {strategy} about {view}"
            assert decision.runs == int(decision.runs), f"runs is {decision.runs!r}: {strategy} about {view}"

    def test_same_view_same_decision(self) -> None:
        """Nothing is drawn, nothing remembered, and the view left alone."""
        for strategy, view in self.cases():
            before = _facts(view)
            _same(strategy.decide(view), strategy.decide(view), view)
            assert _facts(view) == before, f"{strategy} changed the view {view}"

    def test_compiled_decides_the_same(self) -> None:
        """Compiled, it decides the same to the last bit."""
        try:
            compiled = {strategy: compiler.compiled_decide(strategy) for strategy in self.examples()}
        except compiler.NotCompilable as error:
            raise SkipTest(f"it runs interpreted: {error}") from None
        for strategy, view in self.cases():
            _same(compiled[strategy](view), strategy.decide(view), view)

    def test_who_is_out_submits_nothing(self) -> None:
        """A miner that is out of the contest, or leaves it, commits no model."""
        for strategy, view, decision in self.decisions():
            assert view.active or not decision.submit, f"is out and submits: {strategy} about {view}"
            assert decision.active or not decision.submit, f"leaves and submits: {strategy} about {view}"

    def test_without_a_king_there_is_nothing_to_copy(self) -> None:
        """While there is no king no miner copies it."""
        for strategy, view, decision in self.decisions():
            copies = decision.submit and decision.copy
            assert view.gain < inf or not copies, f"copies a king that does not exist: {strategy} about {view}"

    def test_the_same_model_is_not_committed_again(self) -> None:
        """A new commitment costs the old one its block: the same model is not worth it, copies and new runs may be."""
        for strategy, view in self.cases():
            same = replace(view, live=True, live_gain=view.gain)
            decision = strategy.decide(same)
            new = decision.copy or decision.runs > 1
            assert new or not decision.submit, f"has nothing new and submits: {strategy} about {same}"

    def test_the_honest_wait_for_an_evaluation(self) -> None:
        """An honest miner leaves its commitment alone until that was evaluated."""
        for strategy, view, decision in self.decisions():
            replaces = strategy.honest and isnan(view.live_gain) and decision.submit
            assert not replaces, f"replaces what awaits its evaluation: {strategy} about {view}"


def _facts(view: View) -> bytes:
    """The facts of a view as bytes, by which NaN equals itself."""
    return np.array([tuple(getattr(view, name) for name in VIEW.names or ())], dtype=VIEW).tobytes()


def _same(found: Decision, expected: Decision, view: View) -> None:
    for key, value in asdict(expected).items():
        other = getattr(found, key)
        alike = np.float64(other).tobytes() == np.float64(value).tobytes()  # a sign of zero is a difference
        assert alike, f"{key} is {other!r}, not {value!r}, for {view}"


@cache
def views() -> tuple[View, ...]:
    """Views of one miner, under several policies."""
    policies = [build(spec) for spec in ("linear", "fixed", "grace", {"half-life": {"end": 0.0}})]
    return tuple(_view(policies, seed) for seed in range(VIEWS))


def _view(policies: list[Policy], seed: int) -> View:
    """A policy and facts by lot; a tenth of the facts at an end of their range."""
    random = np.random.default_rng(seed)
    lot, edge = random.random((2, len(FACTS)))
    lot = np.where(edge < 0.1, np.round(lot), lot)
    facts = {key: low + (high - low) * share for (key, (_, low, high)), share in zip(FACTS.items(), lot, strict=True)}
    vacant, king, live, waiting, active = random.random(5) < np.array([0.1, 0.3, 0.5, 0.3, 0.8])
    king = king and not vacant
    live = live or king
    measured = 0.0 if king else nan if waiting or vacant else facts["live_gain"]
    derived = {
        "gain": inf if vacant else facts["gain"],
        "age": 0.0 if vacant else facts["age"],
        "reign": 0.0 if vacant else facts["age"] / 2.0,
        "king": king,
        "live": live,
        "live_gain": measured if live else -inf,
        "live_age": facts["live_age"] if live else inf,
        "active": live or active,
    }
    return look(policies[random.integers(len(policies))], **facts | derived)
