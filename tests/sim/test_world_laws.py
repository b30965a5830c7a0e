"""What holds in every world, whatever the policy, the rules, the strategies and the luck."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from generators import policies
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from steady_world import QUIET

from experiments.results.measure import measure
from policies import Policy
from policies import build as build_policy
from policies import names as names_of_policies
from policies.rewards import build as build_reward
from policies.rewards import names as names_of_rewards
from sim.clock import BLOCKS_PER_DAY
from sim.compiler.functions import interpreted_only
from sim.data.data import Data, Moving
from sim.data.exposure import judged
from sim.data.judging import judging
from sim.lanes import Lane
from sim.mechanism.eras import names as names_of_eras
from sim.mechanism.eras import preset
from sim.mechanism.rules import Rules
from sim.miners.population import Population
from sim.miners.progress.draws import DrawsProgress
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.miners.progress.trace import TraceProgress
from sim.miners.strategies import build, names
from sim.scenario import Economy, Scenario, Validation
from sim.traces.curve import Curve
from sim.validators.noise import NoiseLevel
from sim.world import World

RELATIVE = ("ic_gap", "ic_pay", "selfishness")
"""Metrics that compare a lane with its neighbours."""

IDEAS = IdeasProgress(per_day=8.0, gain=0.005)
LAW = LawProgress(tokens=1e10)
LARGE = LawProgress(parameters=9e9)
SWITCH = Data(
    judging([(0, "refinedweb"), (3000, "edu-stack")]), Moving(never=0.2, reaction_days=0.3, move_days=0.1), 1e9
)


@dataclass(frozen=True)
class Contest:
    """What a world is made of.

    Attributes:
        scenario, lanes, seed: of the world.
    """

    scenario: Scenario
    lanes: tuple[Lane, ...]
    seed: int

    def world(self, lanes: tuple[Lane, ...] | None = None, worlds: tuple[int, ...] = (0,)) -> World:
        """The world, not yet run."""
        return World(self.scenario, lanes or self.lanes, self.seed, worlds)

    def ended(self, *args: Any, **kwargs: Any) -> World:
        """The world after its end."""
        world = self.world(*args, **kwargs)
        world.run()
        return world

    def but(self, **rules: Any) -> "Contest":
        """With these rules in every lane, and paid by weight."""
        lanes = (replace(lane, rules=replace(lane.rules, **rules), reward=None) for lane in self.lanes)
        return replace(self, lanes=tuple(lanes))


def _some(random: np.random.Generator, **choices: tuple[Any, ...]) -> dict[str, Any]:
    """One of the choices for each key, by lot."""
    return {key: values[random.integers(len(values))] for key, values in choices.items()}


def _lane(random: np.random.Generator, name: str, policy: Policy) -> Lane:
    """Rules by lot, and a mix of two strategies with a deviant now and then."""
    rules = _some(
        random,
        alpha=(0.0, 0.5, 0.9),
        temperature=(0.01, 0.1),
        keep=(1, 3, 5),
        filtered=(True, False),
        delay=(0, 250),
        holds=(False, True),
        wins=("average", "average", "per-sample", "sample-champion"),
        semantics=("pool", "pool", "king", "running-best"),
        sealed_days=(0.0, 0.0, 0.3),
    )
    if rules["wins"] == "average":
        rules |= _some(random, sample_factor=(1.0, 0.25, 3.0))
    one, other, deviant = (build(kind) for kind in random.choice(names(), 3, replace=False))
    share = _some(random, first=(0.3, 0.5, 1.0))["first"]
    deviants = (deviant,) if random.random() < 0.3 else ()
    mix = Population("own", ((one, share), (other, 1.0 - share)), deviants)
    reward = build_reward(random.choice(names_of_rewards())) if random.random() < 0.3 else None
    return Lane(name, policy, Rules(**rules), mix, reward)


def _scenario(random: np.random.Generator) -> Scenario:
    validation = _some(
        random,
        queue=(2, 5, 25),
        load_seconds=(0.0, 30.0, 1000.0),
        model_seconds=(0.0, 60.0, 600.0),
        limit_blocks=(600, 600, 250),
        retry_blocks=(0, 300),
        competitions=(1, 1, 2),
        validators=(1, 1, 3),
    )
    scenario = _some(
        random,
        days=(0.8, 1.0, 1.5),
        miners=(4, 5, 8),
        progress=(((IDEAS, 1.0),), ((LAW, 1.0),), ((IDEAS, 0.5), (LAW, 0.5)), ((IDEAS, 0.5), (LARGE, 0.5))),
        noise=(QUIET, NoiseLevel(samples=40), NoiseLevel(samples=40)),
        economy=(Economy(), Economy(entry_days=0.5)),
        data=(None, None, SWITCH),
        wake_blocks=(300, 600, 1800),
        founded=(True, True, False),
    )
    return Scenario(validation=Validation(**validation), **scenario)


@st.composite
def contests(draw: st.DrawFn) -> Contest:
    """A tiny world of miners who decide, with three lanes: two of policies that are in use, one of any policy."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    used = [preset(name)[1] for name in random.choice(names_of_eras(), 2, replace=False)]
    panel = tuple(_lane(random, f"lane {i}", policy) for i, policy in enumerate((*used, draw(policies()))))
    return Contest(_scenario(random), panel, int(random.integers(1000)))


few = settings(max_examples=15, phases=(Phase.explicit, Phase.generate))  # worlds are slow to shrink
fewer = settings(few, max_examples=6)


def crowns(world: World, columns: list[int]) -> list[list[tuple[Any, ...]]]:
    """All that is known of the crowns of some columns, one list each."""
    found = world.record.crowns()
    rows = list(zip(*(found[name].tolist() for name in found.dtype.names), strict=True))
    return [[(block, *rest) for block, at, *rest in rows if at == column] for column in columns]


def kept(world: World) -> dict[str, np.ndarray]:
    """What must not depend on a column's neighbours, arrays `[..., columns]`."""
    measured = {name: values for name, values in measure(world).items() if name not in RELATIVE}
    record, miners = world.record, world.miners
    own = {name: getattr(miners, name) for name in ("spent", "emission", "position", "since", "active")}
    own |= {name: getattr(record, name) for name in ("gpu_days", "registrations", "curves", "credit", "epsilon")}
    return measured | own | {"weights": world.weights.T, "measured": world.validators[0].history.measured.T}


def same(whole: World, part: World, columns: list[int]) -> None:
    """Some columns of one world are all columns of another, bit for bit."""
    assert crowns(whole, columns) == crowns(part, list(range(len(columns))))
    expected = kept(part)
    for name, values in kept(whole).items():
        np.testing.assert_array_equal(values[..., columns], expected[name], err_msg=name)


@few
@given(contests(), st.integers(0, 2))
def test_a_lane_alone_is_the_lane_among_others(contest: Contest, number: int) -> None:
    """Crowns, weights, miners and metrics of a lane are the same to the last bit without the other lanes."""
    same(contest.ended(), contest.ended((contest.lanes[number],)), [number])


@few
@given(contests())
def test_a_world_alone_is_the_world_in_a_pass(contest: Contest) -> None:
    """Crowns, weights, miners and metrics of a world are the same to the last bit without the other worlds."""
    same(contest.ended(worlds=(4, 0)), contest.ended(worlds=(0,)), [1, 3, 5])


@fewer
@given(contests())
def test_interpreted_is_compiled(contest: Contest) -> None:
    """A contest in which policies, strategies, rewards and progress run interpreted is the compiled, bit for bit."""
    with interpreted_only():
        interpreted = contest.ended()
    same(contest.ended(), interpreted, [0, 1, 2])


def test_the_whole_shelf_interpreted_is_compiled() -> None:
    """The same for every policy, strategy, reward rule and way of making progress that there is, in one world."""
    kinds, rewards = [build(name) for name in names()], [None, *map(build_reward, names_of_rewards())]
    crowd = Population("all", tuple((kind, 1.0 / len(kinds)) for kind in kinds))
    lanes = tuple(
        Lane(name, build_policy(name), Rules(), crowd, rewards[number % len(rewards)])
        for number, name in enumerate(names_of_policies())
    )
    tokens, none = np.geomspace(1e9, 1e14, 30), np.full(30, np.nan)
    falling = Curve("falling", np.arange(30.0), tokens, none, 2.0 + tokens**-0.1, "validation", "nats")
    ways = (LAW, IDEAS, TraceProgress((falling,), days=100.0), DrawsProgress(scale=0.01))
    progress = tuple((way, 1.0 / len(ways)) for way in ways)
    everything = Contest(Scenario(days=2.0, miners=2 * len(kinds), progress=progress, wake_blocks=900), lanes, 3)
    with interpreted_only():
        interpreted = everything.ended()
    compiled = everything.ended()
    same(compiled, interpreted, list(range(len(lanes))))
    assert not interpreted.columns.table["policy"].any()  # the addresses of compiled policies' numbers
    assert compiled.columns.table["policy"].all()
    assert len(compiled.record.crowns().block) > 2 * len(lanes)


class Watched:
    """What can only be seen while a world runs: who was ever evaluated, and since when there are weights."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen = np.zeros((world.scenario.miners, world.columns.width), dtype=bool)
        self.paid_since = np.full(world.columns.width, np.nan)
        world.run(self._watch)

    def _watch(self, now: int) -> None:
        for column in range(self.world.columns.width):
            for validator in self.world.validators:
                self.seen[validator.pool(column)["uid"], column] = True
        self.paid_since[np.isnan(self.paid_since) & (self.world.weights.sum(axis=1) > 0)] = now


@few
@given(contests())
def test_emission(contest: Contest) -> None:
    """From the first weights on all is paid to evaluated miners, burned or held; a balance is income less cost."""
    watched = Watched(contest.world())
    world, miners = watched.world, watched.world.miners
    days = (contest.scenario.horizon - watched.paid_since) / BLOCKS_PER_DAY
    all_of_it = miners.emission.sum(axis=0) + world.record.burned + world.record.held
    np.testing.assert_allclose(all_of_it, np.nan_to_num(days), rtol=1e-7)  # weights are float32
    assert (miners.emission >= 0).all()
    assert not miners.emission[~watched.seen].any()
    expected = miners.emission * contest.scenario.economy.usd_per_day - miners.spent
    np.testing.assert_array_equal(miners.balance, expected)
    assert measure(world)["profit"] * contest.scenario.days == pytest.approx(expected.sum(axis=0), rel=1e-9)


@few
@given(contests(), st.sampled_from(("king", "running-best")))
def test_winner_takes_all(contest: Contest, semantics: str) -> None:
    """Where a pair rule crowns and nothing is averaged, a miner earns while it is king, and nothing else."""
    how = replace(contest.scenario.validation, validators=1)
    contest = replace(contest, scenario=replace(contest.scenario, validation=how))
    world = contest.but(semantics=semantics, alpha=0.0, holds=False).ended()
    reigned = np.zeros_like(world.miners.emission)
    for column in range(world.columns.width):
        starts = [(block, miner) for block, miner, *_ in crowns(world, [column])[0]]
        ends = [block for block, _ in starts[1:]] + [contest.scenario.horizon]
        for (start, miner), end in zip(starts, ends, strict=False):
            reigned[miner, column] += (end - start) / BLOCKS_PER_DAY
    np.testing.assert_allclose(world.miners.emission, reigned, rtol=1e-7)


@few
@given(contests())
def test_credit(contest: Contest) -> None:
    """What miners are credited with sums to the true descent of the lowest king."""
    record = contest.ended().record
    fallen = np.nan_to_num(record.first - record.lowest)
    np.testing.assert_allclose(record.credit.sum(axis=0), fallen, rtol=1e-9, atol=1e-12)
    assert (record.credit >= 0).all()


@few
@given(contests())
def test_losses_are_in_order(contest: Contest) -> None:
    """The king's true loss is never below the best committed one, and that never below the best that anybody had."""
    world = contest.world()

    def watch(now: int) -> None:
        models, record, target_mix = world.validators[0].models, world.record, world.miners.target_mix
        for column in np.flatnonzero(world.kings >= 0).tolist():
            king = world.kings[column]
            loss = judged(float(models.loss[king, column]), models.training_mix[column, king], target_mix)
            assert loss >= record.published[column], now
        assert (record.published >= record.best).all(), now

    world.run(watch)
