"""What holds in every world, whatever the policy, the rules, the strategies and the luck."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from generators import policies
from hypothesis import given, settings
from hypothesis import strategies as st
from steady_world import QUIET

from experiments.world_metrics import WORLD_METRICS, measure_world
from sim.clock import BLOCKS_PER_DAY
from sim.data import Data
from sim.data.judging import judging
from sim.data.moving import Moving
from sim.lanes import Lane
from sim.mechanism.rules import Rules
from sim.miners.population import Population
from sim.miners.progress.course import Progress
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.miners.strategies import build, names
from sim.noise import NoiseLevel
from sim.scenario import Economy, Scenario, Validation
from sim.world import World

RELATIVE = ("ic_gap", "selfishness")
"""Metrics that compare a lane with its neighbours."""

IDEAS = IdeasProgress(per_day=6.0, gain=0.003)
LAW = LawProgress(tokens=5e10)
SWITCH = Data(judging([(0, "refinedweb"), (5000, "edu-stack")]), Moving(never=0.2, reaction_days=0.3, move_days=0.1), 1e9)


@dataclass(frozen=True)
class Contest:
    """What a world is made of.

    Attributes:
        scenario, lanes, seed: of the world.
    """

    scenario: Scenario
    lanes: tuple[Lane, ...]
    seed: int

    def world(self, lanes: tuple[Lane, ...] | None = None, worlds: tuple[int, ...] = (0,), device: str = "numpy") -> World:
        """The world, not yet run."""
        return World(self.scenario, lanes or self.lanes, self.seed, worlds, device)

    def ended(self, *args: Any, **kwargs: Any) -> World:
        """The world after its end."""
        world = self.world(*args, **kwargs)
        world.run()
        return world

    def but(self, **rules: Any) -> "Contest":
        """With these rules in every lane."""
        return replace(self, lanes=tuple(replace(lane, rules=replace(lane.rules, **rules)) for lane in self.lanes))


VALIDATIONS = st.builds(
    Validation,
    queue=st.sampled_from((2, 5, 25)),
    load_seconds=st.sampled_from((0.0, 30.0, 1000.0)),
    model_seconds=st.sampled_from((0.0, 60.0, 600.0)),
    retry_blocks=st.sampled_from((0, 300)),
    competitions=st.sampled_from((1, 1, 2)),
    validators=st.sampled_from((1, 1, 3)),
)
RULES = st.builds(
    Rules,
    alpha=st.sampled_from((0.0, 0.5, 0.9)),
    temperature=st.sampled_from((0.01, 0.1)),
    keep=st.sampled_from((1, 3, 5)),
    filtered=st.booleans(),
    delay=st.sampled_from((0, 250)),
    holds=st.booleans(),
    wins=st.sampled_from(("average", "average", "per-sample", "sample-champion")),
    semantics=st.sampled_from(("pool", "pool", "king", "running-best")),
)
SCENARIOS = st.builds(
    Scenario,
    days=st.sampled_from((1.0, 1.7, 3.0)),
    miners=st.integers(4, 8),
    progress=st.sampled_from((((IDEAS, 1.0),), ((LAW, 1.0),), ((IDEAS, 0.5), (LAW, 0.5)))),
    noise=st.sampled_from((QUIET, NoiseLevel(samples=40), NoiseLevel(samples=40))),
    validation=VALIDATIONS,
    economy=st.sampled_from((Economy(), Economy(entry_days=1.0))),
    data=st.sampled_from((None, None, SWITCH)),
    wake_blocks=st.sampled_from((600, 1800)),
    founded=st.booleans(),
)


@st.composite
def populations(draw: st.DrawFn) -> Population:
    """A mix of two strategies, and now and then a deviant."""
    kinds = draw(st.lists(st.sampled_from(names()), min_size=2, max_size=2, unique=True))
    share = draw(st.sampled_from((0.3, 0.5, 1.0)))
    deviants = draw(st.lists(st.sampled_from(names()), max_size=1))
    return Population(" ".join(kinds), tuple(zip(map(build, kinds), (share, 1.0 - share), strict=True)), tuple(map(build, deviants)))


@st.composite
def contests(draw: st.DrawFn, lanes: int = 3) -> Contest:
    """A tiny world of miners who decide, with lanes of any policy."""
    panel = tuple(Lane(f"lane {i}", draw(policies()), draw(RULES), draw(populations())) for i in range(lanes))
    return Contest(draw(SCENARIOS), panel, draw(st.integers(0, 1000)))


few = settings(max_examples=8)
