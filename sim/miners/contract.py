# ruff: noqa: S101 - a contract is a list of asserts
"""The contract as tests, for the strategies here and for yours; hypothesis makes the views, pytest is not imported.

Hold your own strategy to it in a test file that pytest collects:

    from sim.miners.contract import StrategyContract

    class TestMine(StrategyContract):
        strategy = Mine
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass, fields
from math import inf, isfinite
from typing import Any, ClassVar
from unittest import SkipTest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import Policy, build
from policies.arrays import Array
from policies.declared import RULES
from sim.backend import Backend, backend
from sim.miners.strategies import build as build_strategy
from sim.miners.strategies import find, names
from sim.miners.strategy import Decision, Strategy, View

PLAIN = {
    "gain": 0.002,
    "doubt": 0.0,
    "noise": 0.0,
    "age": 0.0,
    "reign": 0.0,
    "king": False,
    "live": False,
    "live_gain": -inf,
    "live_age": inf,
    "pace": 0.001,
    "rivals": 0.001,
    "share": 0.0,
    "cost": 100.0,
    "balance": 0.0,
    "active": True,
    "draw": 0.5,
    "seed_sd": 2e-4,
    "idle": 1800.0,
}
"""What a challenger without a committed model sees; noise off."""

RANGES = {
    "gain": (-0.02, 0.04),
    "doubt": (0.0, 0.002),
    "noise": (0.0, 0.002),
    "age": (0.0, 216_000.0),
    "pace": (0.0, 0.01),
    "rivals": (0.0, 0.01),
    "share": (0.0, 1.0),
    "cost": (0.0, 10_000.0),
    "balance": (-100_000.0, 100_000.0),
    "draw": (0.0, 0.999),
    "seed_sd": (0.0, 0.002),
    "idle": (1.0, 7_200.0),
    "live_gain": (-0.02, 0.04),
    "live_age": (0.0, 216_000.0),
}
"""From where to where the views of the laws go."""

NARROW = ("doubt", "cost", "draw", "seed_sd", "idle")
"""What may be the same in every column."""

MOST_RUNS = 10_000
"""Runs that a decision may ask for."""

EXAMPLES = 40
"""Views that a law is tried on."""

FLAGS = ("submit", "copy", "train", "adopt", "active")
POLICIES = tuple(build(spec) for spec in ("linear", "fixed", "grace", {"half-life": {"end": 0.0}}))


def look(
    policy: Policy | None = None,
    place: Backend | None = None,
    *,
    value: float = 20_000.0,
    fee: float = 300.0,
    **given: Any,
) -> View:
    """A view made by hand: `PLAIN` but for what is given, with the advantage that a policy gives the king.

    Args:
        policy: `linear` when left out.
        place: where the arrays go.
        value, fee: see `View`.
        given: other fields of `View`, as numbers or as arrays that broadcast to `[miners, columns]`. A gain of inf says
            that there is no king.
    """
    policy, place = policy or build("linear"), place or backend()
    flat = {key: np.asarray(v, dtype=type(PLAIN[key])) for key, v in (PLAIN | given).items()}
    seen = {key: place.array(np.atleast_2d(values)) for key, values in flat.items()}
    vacant, age = seen["gain"] == inf, seen["age"]

    def later(blocks: Array) -> Array:
        return place.xp.where(vacant, 0.0, policy.epsilon(age + blocks))

    floor = place.xp.where(vacant, 0.0, policy.epsilon(age + inf))
    return View(xp=place.xp, epsilon=later(0.0), floor=floor, later=later, value=value, fee=fee, **seen)


@dataclass(frozen=True)
class Scene:
    """What a view is made of, so that it can be made again: elsewhere, or of a part of it.

    Attributes:
        policy: gives the king's advantage.
        facts: fields of the view, arrays of numpy.
    """

    policy: Policy
    facts: dict[str, np.ndarray]

    @property
    def shape(self) -> tuple[int, int]:
        """Miners and columns."""
        miners, columns = self.facts["gain"].shape
        return miners, columns

    def view(self, place: str = "numpy") -> View:
        """The view, in new arrays."""
        facts: dict[str, Any] = {key: values.copy() for key, values in self.facts.items()}
        return look(self.policy, backend(place), **facts)

    def part(self, miner: int, column: int) -> "Scene":
        """One miner in one column."""
        at = {key: np.broadcast_to(v, self.shape)[miner, column].reshape(1, 1) for key, v in self.facts.items()}
        return Scene(self.policy, at)

    def but(self, **facts: np.ndarray) -> "Scene":
        """With other facts."""
        return Scene(self.policy, self.facts | facts)


class StrategyContract:
    """What every strategy promises; subclass it, name the strategy, and pytest does the rest.

    Attributes:
        strategy: the class under test.
    """

    strategy: ClassVar[type[Strategy]]

    @classmethod
    def examples(cls) -> list[Strategy]:
        """The default, and every parameter at its bounds and at the ends of its search range."""
        declared = cls.strategy.parameters()
        ends = [{key: end} for key, p in declared.items() for end in (p.low, p.high, *p.search)]
        default = {key: p.default for key, p in declared.items()}
        allowed = [
            values
            for values in ends
            if all(RULES[how]((default | values)[a], (default | values)[b]) for a, how, b in cls.strategy.rules)
        ]
        return [cls.strategy(**values) for values in ({}, *allowed)]

    def holds(self, law: Callable[[Strategy, Scene], None]) -> None:
        """Try a law on every kind of view."""
        settings(max_examples=EXAMPLES)(given(st.sampled_from(self.examples()), SCENES)(law))()

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
        """It cannot be changed, and travels to a worker process."""
        for strategy in self.examples():
            twin = pickle.loads(pickle.dumps(strategy))  # noqa: S301 - pickled right here
            assert twin == strategy, f"{strategy} came back as {twin}"
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

    def test_decisions_fit_the_view(self) -> None:
        """Every field of a decision broadcasts to `[miners, columns]`."""

        def law(strategy: Strategy, scene: Scene) -> None:
            for key, values in decided(strategy, scene).items():
                assert values.shape == scene.shape, f"{key}"

        self.holds(law)

    def test_flags_are_booleans_and_numbers_are_numbers(self) -> None:
        """Flags are booleans, no number is NaN, runs are whole and from 1 on, perturbations from 0 to 1."""

        def law(strategy: Strategy, scene: Scene) -> None:
            decision = decided(strategy, scene)
            for key, values in decision.items():
                if key in FLAGS:
                    assert values.dtype == np.bool_, f"{key} is {values.dtype}"
                else:
                    assert not np.isnan(values).any(), f"{key} is NaN"
            runs, size = decision["runs"], decision["perturbation"]
            assert ((runs >= 1) & (runs <= MOST_RUNS) & (runs == np.floor(runs))).all(), f"runs are {runs}"
            assert ((size >= 0) & (size <= 1)).all(), f"the perturbation is {size}"

        self.holds(law)

    def test_same_view_same_decision(self) -> None:
        """Nothing is drawn and nothing remembered."""

        def law(strategy: Strategy, scene: Scene) -> None:
            _same(decided(strategy, scene), decided(strategy, scene), scene)

        self.holds(law)

    def test_inputs_are_left_alone(self) -> None:
        """No array of the view is written into."""

        def law(strategy: Strategy, scene: Scene) -> None:
            view = scene.view()
            strategy.decide(view)
            for key, values in scene.facts.items():
                assert np.array_equal(getattr(view, key), values, equal_nan=True), f"{key} was changed"

        self.holds(law)

    def test_each_miner_and_column_decides_alone(self) -> None:
        """One miner in one column decides what he decides among others and beside other lanes."""

        def law(strategy: Strategy, scene: Scene) -> None:
            whole = decided(strategy, scene)
            for at in np.ndindex(scene.shape):
                part = {key: values[at].reshape(1, 1) for key, values in whole.items()}
                _same(decided(strategy, scene.part(*at)), part, scene)

        self.holds(law)

    def test_torch_decides_the_same(self) -> None:
        """The same flags, and the same numbers to a relative 1e-12."""
        try:
            import torch  # noqa: F401, PLC0415 - heavy
        except ImportError:
            raise SkipTest("needs torch") from None

        def law(strategy: Strategy, scene: Scene) -> None:
            _same(decided(strategy, scene, "torch"), decided(strategy, scene), scene, 1e-12)

        self.holds(law)

    def test_who_is_out_submits_nothing(self) -> None:
        """Neither who is not in the contest nor who leaves it commits a model."""

        def law(strategy: Strategy, scene: Scene) -> None:
            decision = decided(strategy, scene)
            assert not (decision["submit"] & ~scene.facts["active"]).any(), "is out and submits"
            assert not (decision["submit"] & ~decision["active"]).any(), "leaves and submits"

        self.holds(law)

    def test_without_a_king_there_is_nothing_to_copy(self) -> None:
        """While there is no king nobody copies him."""

        def law(strategy: Strategy, scene: Scene) -> None:
            decision = decided(strategy, scene)
            vacant = scene.facts["gain"] == inf
            assert not (decision["submit"] & decision["copy"] & vacant).any(), "copies nobody"

        self.holds(law)

    def test_the_same_model_is_not_committed_again(self) -> None:
        """A new commitment costs the old one its block: the same model is not worth it, copies and new runs may be."""

        def law(strategy: Strategy, scene: Scene) -> None:
            live = np.ones(scene.shape, dtype=bool)
            decision = decided(strategy, scene.but(live=live, live_gain=scene.facts["gain"]))
            other = decision["copy"] | (decision["runs"] > 1)
            assert not (decision["submit"] & ~other).any(), "has nothing new and submits"

        self.holds(law)

    def test_the_honest_wait_for_an_evaluation(self) -> None:
        """An honest miner leaves a commitment alone that was not evaluated yet."""

        def law(strategy: Strategy, scene: Scene) -> None:
            if strategy.honest:
                waiting = decided(strategy, scene)["submit"] & np.isnan(scene.facts["live_gain"])
                assert not waiting.any(), "replaces what awaits its evaluation"

        self.holds(law)


def decided(strategy: Strategy, scene: Scene, place: str = "numpy") -> dict[str, np.ndarray]:
    """What it decides, field by field, as arrays of numpy in the shape of the scene."""
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        decision = strategy.decide(scene.view(place))
    values = {f.name: getattr(decision, f.name) for f in fields(Decision)}
    return {
        key: np.broadcast_to(backend(place).numpy(v) if hasattr(v, "shape") else np.asarray(v), scene.shape)
        for key, v in values.items()
    }


def _same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray], scene: Scene, near: float = 0.0) -> None:
    for key, values in expected.items():
        close = np.isclose(found[key], values, rtol=near, atol=near) if key not in FLAGS else found[key] == values
        assert close.all(), f"{key} is {found[key]}, not {values}, for {scene}"


def _scene(policy: Policy, miners: int, columns: int, seed: int) -> Scene:
    """Facts by lot; a tenth of them at an end of their range."""
    random = np.random.default_rng(seed)
    cube, edge = random.random((2, len(RANGES), miners, columns))
    cube = np.where(edge < 0.1, np.round(cube), cube)
    masks = random.random((5, miners, columns)) < np.array([0.1, 0.3, 0.5, 0.3, 0.8])[:, None, None]
    facts = {key: low + (high - low) * cube[i] for i, (key, (low, high)) in enumerate(RANGES.items())}
    facts = {key: v[:, :1] if key in NARROW else v for key, v in facts.items()}
    vacant = masks[0, :1]
    king = masks[1] & ~vacant
    king = king & (np.cumsum(king, axis=0) == 1)  # one king to a column
    live = masks[2] | king
    was = np.where(king, 0.0, np.where(masks[3] | vacant, np.nan, facts["live_gain"]))
    derived = {
        "gain": np.where(vacant, inf, facts["gain"]),
        "age": np.where(vacant, 0.0, facts["age"]),
        "reign": np.where(vacant, 0.0, facts["age"] / 2.0),
        "king": king,
        "live": live,
        "live_gain": np.where(live, was, -inf),
        "live_age": np.where(live, facts["live_age"], inf),
        "active": live | masks[4],
    }
    return Scene(policy, facts | derived)


SCENES = st.builds(_scene, st.sampled_from(POLICIES), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2**32 - 1))
"""Views of one to three miners in one to three columns."""
