"""A validator's steps in worlds that can be counted: what they cost, and what a lost one changes."""

import numpy as np
import pytest
from steady_world import SEED, Steady, ended, kings, lane, steady

from sim.miners.progress.law import LawProgress
from sim.miners.progress.trace import TraceProgress
from sim.scenario import Scenario, Validation
from sim.traces.curve import Curve
from sim.validators.noise import NoiseLevel
from sim.validators.validator import Validator
from sim.world import World

DAY = 48
"""Steps of a day."""
STEP = 1.0 / DAY
"""A step, in days."""
NEVER = {"entrant": {"reserve": 1e6}}


def still(validation: Validation, *lanes, days: float = 1.0, **given) -> Validator:
    """The first validator of a contest in which nobody ever has anything new."""
    return ended(
        steady(0.0, 0.0, 0.0, days=days, validation=validation, **given), *(lanes or (lane("linear"),))
    ).validators[0]


def counted(validator: Validator, name: str) -> list[int]:
    """One of the counts of a validator, by column."""
    return validator.state[name].tolist()


def test_a_step_takes_its_time() -> None:
    """30 s and 60 s for one model are 7.5 blocks of 12 s, so the last step of the day ends 7.5 blocks after 7050."""
    found = still(Validation())
    assert found.busy.tolist() == [7057.5]
    assert counted(found, "evaluations") == [DAY]


@pytest.mark.parametrize(("seconds", "steps"), [(1800, DAY), (1801, DAY / 2), (3600, DAY / 2), (5400, DAY / 3)])
def test_a_long_step_skips_the_next(seconds: float, steps: int) -> None:
    """A step of 150 blocks leaves the next one in time; a second more and every other one begins."""
    found = still(Validation(load_seconds=0.0, model_seconds=seconds))
    assert counted(found, "evaluations") == [steps]


def test_lanes_are_busy_each_on_its_own() -> None:
    """A lane that keeps three models takes three times as long as one that keeps one, in the same pass."""
    lanes = [lane("fixed", *["publisher"] * 3, name=str(keep), keep=keep, filtered=False) for keep in (1, 3)]
    how = Validation(load_seconds=0.0, model_seconds=600.0)
    found = ended(steady(0.001, 0.001, 0.001, validation=how, days=1.0, wake_blocks=7200), *lanes).validators[0]
    assert (found.busy - 7050).tolist() == [50.0, 150.0]


def sized(rates: tuple[float, ...], sizes: tuple[float, ...], validation: Validation, **given):
    """A contest in which miner m's models have `sizes[m]` parameters."""
    return steady(*rates, progress=((Steady(rates, sizes=sizes), 1.0),), validation=validation, **given)


def test_sizes_take_their_time() -> None:
    """A step with models of 772M, 3B and 14B takes 30 s, and 60 s times (N / 3e9)^0.56 for each."""
    sizes = (0.772e9, 3e9, 14e9)
    everybody = lane("fixed", *["publisher"] * 3, keep=3, filtered=False)
    found = ended(sized((0.001,) * 3, sizes, Validation(), days=1.0, wake_blocks=7200), everybody).validators[0]
    seconds = 30.0 + 60.0 * ((0.772 / 3) ** 0.56 + 1.0 + (14 / 3) ** 0.56)
    assert (found.busy - 7050).tolist() == pytest.approx([seconds / 12], rel=1e-9)
    assert counted(found, "seconds") == pytest.approx([seconds], rel=1e-12)


def test_a_copy_is_as_large_as_its_original() -> None:
    """Two copies and the public model, whose owner's models have 14B, take three times what one of 14B takes."""
    how = Validation(load_seconds=0.0)
    plagiarists = lane({"fixed": {"epsilon": 0.0}}, "copycat", "copycat", keep=3, filtered=False)
    # noisy, so that copies seem worth a commitment; nobody has anything new
    noisy = NoiseLevel(sample_sd=0.0, page_sd=0.0, kin_sd=0.0125, stranger_sd=0.0125)
    found = ended(sized((0.0,) * 3, (1e9, 1e9, 14e9), how, days=2.0, noise=noisy), plagiarists).validators[0]
    assert found.models.facts["copied"][0, :2].tolist() == [True, True]
    assert len(found.pool(0)) == 3
    assert counted(found, "seconds") == pytest.approx([3 * 60.0 * (14 / 3) ** 0.56], rel=1e-12)


@pytest.mark.parametrize(("size", "lost"), [(3e9, False), (8e9, False), (9e9, True), (14e9, True)])
def test_large_models_time_out(size: float, lost: bool) -> None:
    """With 4000 s for 3B a step has 7200 s for one model: up to 3e9 * 1.8^(1 / 0.56) = 8.6B parameters."""
    how = Validation(load_seconds=0.0, model_seconds=4000.0)
    found = ended(sized((0.0,) * 2, (size,) * 2, how, days=1.0), lane("linear")).validators[0]
    steps = counted(found, "evaluations")
    assert steps[0] > 0
    assert counted(found, "timeouts") == (steps if lost else [0])


def test_sizes_of_all_ways() -> None:
    """Each miner's models are as large as its law or its curve says; a curve that says nothing counts as usual."""
    tokens, loss, none = np.array([1.0, 1e15]), np.array([3.0, 2.0]), np.full(2, np.nan)
    curves = tuple(
        Curve(str(size), np.arange(2.0), tokens, none, loss, "validation", "nats", parameters=size)
        for size in (1e8, 4e8, np.nan)
    )
    ways = ((TraceProgress(curves), 0.5), (LawProgress(parameters=7e9), 0.5))
    world = World(Scenario(days=1.0, miners=24, progress=ways), [lane("linear")], SEED, [0])
    courses, effort = world.miners.courses, world.validators[0].effort
    assert {*courses.sizes[courses.kind == 1]} == {7e9}
    along = courses.sizes[courses.kind == 0]
    assert {*along[~np.isnan(along)]} == {1e8, 4e8}
    unknown = np.isnan(courses.sizes)
    assert unknown.any()
    assert effort[unknown].tolist() == [1.0] * unknown.sum()
    assert effort[~unknown] == pytest.approx((courses.sizes[~unknown] / 3e9) ** 0.56, rel=1e-12)


def test_a_time_out_loses_the_step() -> None:
    """A step of more than 600 blocks changes no weight and no king, takes the 600, and is counted."""
    how = Validation(load_seconds=30.0, model_seconds=4000.0)  # one model: 336 blocks; two: 670
    found = ended(steady(0.004, 0.0, 0.0, validation=how, days=2.0), lane("linear"))
    first = found.validators[0]
    assert kings(found) == [(0, 2)]
    assert first.weights[0].tolist() == [0.0, 0.0, 1.0]
    # steps of one model begin every 450 blocks until m0's model of 7200 is let in at 7650; then every 600
    alone, late = 7650 // 450, len(range(7650, 14_400, 600))
    assert counted(first, "timeouts") == counted(first, "losses") == [late]
    assert counted(first, "evaluations") == [alone + 2 * late]


def test_competitions_in_turn() -> None:
    """Of three competitions this one has every third step; the others' take their time with `keep` models each."""
    assert counted(still(Validation(competitions=3)), "evaluations") == [DAY / 3]
    how = Validation(load_seconds=0.0, model_seconds=600.0, competitions=3)
    lanes = [lane("linear", name=str(keep), keep=keep) for keep in (1, 3, 6)]
    # one model takes 50 blocks, three 150, six 300: rounds of 150 + 150 + 150, or 150 + 300 + 300
    assert counted(still(how, *lanes), "evaluations") == [DAY / 3, DAY / 3, round(7200 / 750)]


def test_no_step_begins_without_a_model() -> None:
    """Where nobody is in the contest nothing is evaluated and nobody is busy, whatever the other lane does."""
    how = Validation(load_seconds=3000.0, competitions=2)
    scenario = steady(0.004, 0.004, validation=how, days=1.0, founded=False)
    found = ended(scenario, lane("linear"), lane("linear", NEVER, NEVER)).validators[0]
    assert counted(found, "evaluations")[0] > 0
    assert (counted(found, "evaluations")[1], found.busy[1]) == (0, 0.0)
    assert not found.weights[1].any()
