"""The contest by hand is the engine's: its constants are the engine's defaults, its rules those of the subnet."""

import math
from dataclasses import replace

import numpy as np
import pytest

from experiments.bench import by_hand as room
from experiments.bench.by_hand import ByHand, Model, fixed, linear
from policies import build
from sim.lanes import Lane
from sim.mechanism.rules import Rules
from sim.miners.progress.law import LawProgress
from sim.miners.strategies import build as strategy
from sim.scenario import Scenario
from sim.validators.noise import SENSITIVE


def judged(epsilon, *models, now=100_000):
    """A contest whose pool was judged once, with these true losses by block, and measurements without noise."""
    contest = ByHand(epsilon, days=1.0, miners=len(models))
    contest.judged = {name: Model(block, loss, loss) for name, (block, loss) in enumerate(models)}
    contest.average = {}
    contest.random.gauss = lambda mean, sd: mean
    contest.judge(now, list(contest.judged))
    return contest


def test_its_constants_are_the_defaults_of_the_engine():
    """Whoever changes a default of the engine changes it here."""
    scenario, rules, law = Scenario(), Rules(), LawProgress()
    how, level, fleet = scenario.validation, scenario.noise, scenario.fleet
    expected = {
        "MINERS": scenario.miners,
        "WAKE": scenario.wake_blocks,
        "PUBLIC": scenario.public_blocks,
        "STEP": how.step_blocks,
        "QUEUE": how.queue,
        "RETRY": how.retry_blocks,
        "LOAD_SECONDS": how.load_seconds,
        "MODEL_SECONDS": how.model_seconds,
        "DELAY": rules.delay,
        "KEEP": rules.keep,
        "TEMPERATURE": rules.temperature,
        "ALPHA": rules.alpha,
        "SIZE": law.parameters,
        "TOKENS": law.tokens,
        "COOLDOWN": law.cooldown,
        "REWARM_DAYS": law.rewarm_days,
        "SKILL": fleet.skill,
        "MOST_GPUS": fleet.most,
        "SEED_SD": scenario.seed_sd,
        "CERTAINTY": strategy("honest").certainty,
        "COMMON": level.common,
        "KIN": level.kin,
        "DOUBT": level.kin * math.sqrt(level.samples / scenario.local_samples),
        "SENSITIVE": SENSITIVE,
    }
    assert {name: getattr(room, name) for name in expected} == pytest.approx(expected, rel=1e-15)
    assert (how.window_blocks, fleet.least, dict(fleet.kinds)) == (how.step_blocks, 1, {"h100": 1.0})


@pytest.mark.parametrize(("name", "epsilon"), [("fixed", fixed), ("linear", linear)])
def test_its_policies_are_the_shelf_s(name, epsilon):
    """The same advantage to the last bit, after full decay too."""
    ages = [0.0, 1.0, 777.0, 14_399.0, 14_400.0, 1e6, math.inf]
    assert [epsilon(age) for age in ages] == build(name).epsilon(np.array(ages)).tolist()


def test_a_challenger_needs_the_margin():
    """Under 0.5 % a model that is 0.6 % better takes all weight of the step, one that is 0.4 % better takes none."""
    better = judged(fixed, (0, 2.5), (500, 2.5 * 0.994))
    close = judged(fixed, (0, 2.5), (500, 2.5 * 0.996))
    assert better.average == pytest.approx({0: 0.0, 1: 0.5}, abs=1e-12)
    assert close.average == pytest.approx({0: 0.5, 1: 0.0}, abs=1e-12)


def test_three_that_beat_each_other_share():
    """Three models 0.3 % apart under a fresh 0.5 %, with a low floor: each beats one, and each has a third."""
    circle = judged(linear, (99_700, 2.5), (99_800, 2.5 * 0.997), (99_900, 2.5 * 0.997**2))
    assert circle.average == pytest.approx(dict.fromkeys(range(3), 0.5 / 3), rel=1e-9)


def test_two_of_one_block_lose_the_step():
    """Two equal models of one block remove each other: nobody is left, no average moves, and all are kept."""
    lost = judged(fixed, (0, 2.5), (0, 2.5))
    assert (lost.average, lost.keep) == ({}, [0, 1])


def test_a_dropped_model_comes_back_when_the_bar_has_fallen():
    """Of seven models five are kept; a near miss is tried again once the winner's advantage is below its gain."""
    near = 2.4 * 0.999
    models = [(0, 2.6), (1, 2.59), (2, 2.58), (3, 2.57), (4, 2.56), (99_000, 2.4), (99_900, near)]
    contest = judged(linear, *models)
    assert contest.keep[0] in (5, 6)
    assert len(contest.keep) == 5
    contest.dropped = {6: (near, 2.4, 99_000)}
    assert contest.retried(99_000 + 1000) == []  # still 0.47 %
    assert contest.retried(99_000 + 14_400) == [6]  # 0.01 %
    assert contest.dropped == {}


def test_a_seed_gives_one_contest():
    """The same seed gives the same crowns and loss, another one others."""
    one, again, other = (ByHand(linear, days=5.0, miners=32, seed=seed).run() for seed in (3, 3, 4))
    assert (one.crowns, one.area) == (again.crowns, again.area)
    assert one.crowns
    assert one.area != other.area


def test_all_emission_is_paid():
    """In five days five days of emission are paid, and the area is that of a loss that falls."""
    contest = ByHand(linear, days=5.0, miners=32).run()
    assert sum(contest.paid.values()) == pytest.approx(5.0, rel=1e-12)
    assert 0 < contest.area < 5.0 * math.log(contest.first / contest.best)


@pytest.mark.parametrize(("name", "epsilon"), [("fixed", fixed), ("linear", linear)])
def test_it_is_the_same_contest(name, epsilon):
    """Crowns, submissions, evaluations, last loss and area agree with the engine's, in means over 24 worlds."""
    from experiments.results.measure import measure
    from sim.world import World

    days, miners, worlds = 15.0, 64, 24
    world = World(replace(Scenario(), days=days, miners=miners), [Lane(name, build(name))], 0, range(worlds))
    world.run()
    engine = measure(world)
    by_hand = [ByHand(epsilon, days, miners, seed).run() for seed in range(worlds)]
    pairs = {
        "crowns": [1 + len(each.crowns) for each in by_hand],
        "submissions": [each.submissions / days for each in by_hand],
        "evaluations": [each.evaluations / days for each in by_hand],
        "final_loss": [each.judged[each.king].loss for each in by_hand],
        "descent_area": [each.area / days for each in by_hand],
    }
    for metric, values in pairs.items():
        plain, ours = np.array(values, dtype=float), np.asarray(engine[metric])
        error = math.hypot(plain.std(ddof=1), ours.std(ddof=1)) / math.sqrt(worlds)
        assert abs(plain.mean() - ours.mean()) < 4 * error, f"{metric}: {plain.mean()} by hand, {ours.mean()}"
