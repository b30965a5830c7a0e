"""Policies that read history, in races: what they are told follows from the submissions alone."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from small_race import QUIET, crowns, finished, lane, small_race

from policies import build, names
from sim.race.race import NoiseLevel, Observed

DAY = 7200
AT_ONCE = {"delay": 0, "alpha": 0.0}
THEN = {"then": {"fixed": {"epsilon": 0.005}}}


def epsilon(race, policy, noise=QUIET, **rules):
    """The advantage of the last king at the end of a contest."""
    world = finished(race, lane(policy, **{**AT_ONCE, **rules}), noise=noise)
    return float(world.record.epsilon[-1, 0])


@pytest.mark.parametrize("loss", [3.3, 3.2])
def test_a_king_is_shielded_by_what_it_gained(loss):
    """bob won by ln(4 / 3.6) = 10.5 %: cid is crowned with 11.1 % and not with 8.3 %, however long it waits."""
    race = small_race((0, "ann", 4.0), (DAY, "bob", 3.6), (2 * DAY, "cid", loss))
    shield = {"descent-shield": {"half_life_blocks": 0, "most": 0.5}}
    world = finished(race, lane(shield, **AT_ONCE), tail=30.0)
    last = [(2 * DAY + 0, 2)] if 1 - loss / 3.6 > log(4 / 3.6) else []
    assert crowns(world) == [(0, 0), (DAY, 1), *last]


def test_slope_is_gain_by_time():
    """A king that won by g after two days has the bar kappa g (1 day / 2 days)."""
    race = small_race((0, "ann", 4.0), (2 * DAY, "bob", 3.9))
    policy = {"slope-shield": {"reference_blocks": DAY, "shortest_blocks": DAY, "most": 0.5, "half_life_blocks": 0}}
    assert epsilon(race, policy) == pytest.approx(log(4 / 3.9) / 2)


def test_a_learner_learns_from_each_crown():
    """Reigns of one and two days, of half a day aimed at: the factor is 1/2 and then 1/8."""
    race = small_race((0, "ann", 4.0), (DAY, "bob", 3.9), (3 * DAY, "cid", 3.8))
    policy = {"reign-controller": {"target_blocks": DAY // 2, "strength": 1, **THEN}}
    assert epsilon(race, policy) == pytest.approx(0.005 / 2 / 4)


def test_a_margin_in_nats_grows_as_the_loss_falls():
    """then * reference / measured loss of the king."""
    race = small_race((0, "ann", 4.0), (DAY, "bob", 3.2))
    assert epsilon(race, {"absolute-margin": {"reference_loss": 1.6, **THEN}}) == pytest.approx(0.005 / 2)


@pytest.mark.parametrize("last", [1.0, 45.0, 0.1])
def test_a_standard_error_is_the_share_that_the_recipe_gives(last):
    """Where rows are silent, s is `paired` whatever the losses and units are: no true loss shows through."""
    race = small_race((0, "ann", 45.5), (DAY, "bob", last))
    found = epsilon(race, {"standard-errors": {"errors": 2, "end": 0}}, NoiseLevel(paired=0.0005, common=0.01))
    assert found == 2 * 0.0005


def test_a_standard_error_is_the_rows_own():
    """A row with an sd has s = sd / measured loss, and so about sd / true loss."""
    race = small_race((0, "ann", 4.0), (DAY, "bob", 2.0), sd=[np.nan, 0.004])
    found = epsilon(race, {"standard-errors": {"errors": 1, "end": 0}}, NoiseLevel(paired=0.0005, common=0.01))
    assert found == pytest.approx(0.002, rel=0.02)
    assert found != 0.002


def test_without_noise_there_is_no_standard_error():
    """A floor of 1.645 standard errors of 0 is none."""
    race = small_race((0, "ann", 4.0), (DAY, "bob", 3.9))
    assert epsilon(race, {"noise-floor": {"errors": 20, **THEN}}) == 0.005


@pytest.mark.parametrize("late", [0, 75])
def test_a_clock_that_starts_with_the_crown(late):
    """Crowned at its own block a model has its age by `crown-age` too; one that waits for a step is younger by it."""
    race = small_race((0, "ann", 4.0), (DAY + late, "bob", 3.98))
    world = finished(race, lane("linear", **AT_ONCE), lane({"crown-age": {}}, **AT_ONCE), tail=1.0)
    plain, clock = world.record.epsilon[-1]
    wait = -late % 150
    assert clock == pytest.approx(plain + (0.005 - 0.0001) / 14_400 * wait, rel=1e-12)
    assert (clock == plain) == (late == 0)


@pytest.mark.parametrize(("built", "king"), [((), 1), ((0,), 0)])
def test_what_was_built_on_the_king_needs_more(built, king):
    """0.6 % clears a bar of 0.5 %, but not 1 %, which a tax of 1 asks of a model that has all of the king's in it."""
    race = small_race((0, "ann", 1.0), (DAY, "bob", 0.994), builds_on=((), built))
    world = finished(race, lane({"lineage": {"tax": 1, **THEN}}, **AT_ONCE))
    assert world.kings.tolist() == [king]


def test_half_a_line_is_half_the_tax():
    """bob builds on ann, cid on ann too: half of bob's line is in cid's, so the bar is 0.75 % and 0.8 % clears it."""
    rows = ((0, "ann", 1.0), (DAY, "bob", 0.98), (2 * DAY, "cid", 0.98 * 0.992))
    policy = {"lineage": {"tax": 1, **THEN}}
    half = finished(small_race(*rows, builds_on=((), (0,), (0,))), lane(policy, **AT_ONCE))
    whole = finished(small_race(*rows, builds_on=((), (0,), (1,))), lane(policy, **AT_ONCE))
    assert (half.kings.tolist(), whole.kings.tolist()) == ([2], [1])


def test_a_log_says_what_was_not_evaluated():
    """Where the old king could not be evaluated beside the new one, nobody knows the gain: the shield is at its end."""
    truth = small_race((0, "ann", 3.0), (1, "bob", 2.5))
    shield = {"descent-shield": {"end": 0.001, "most": 0.5, "half_life_blocks": 0}}
    found = []
    for ann in (3.0, np.inf):
        log_of = Observed(np.array([1, 101, 201]), np.array([[3.0, np.inf], [ann, 2.5], [ann, 2.5]]))
        world = finished(replace(truth, observed=log_of), lane(shield, alpha=0.0))
        assert crowns(world) == [(1, 0), (101, 1)]
        found.append(float(world.record.epsilon[-1, 0]))
    assert found == [pytest.approx(log(3.0 / 2.5), rel=1e-3), 0.001]


@pytest.mark.parametrize("observed", [False, True])
def test_every_policy_of_the_shelf_runs_in_a_race(observed):
    """All of them live through a noisy race with lineages, and through a log with gaps."""
    race = small_race(
        (0, "ann", 4.0), (DAY, "bob", 3.9), (DAY, "cid", 3.89), (2 * DAY, "ann", 3.8), builds_on=((), (0,), (), (1, 2))
    )
    if observed:
        loss = np.array([[4.0, np.inf, np.inf, np.inf], [4.1, 4.0, 3.9, np.inf], [np.inf, 3.9, 3.9, 3.8]])
        race = replace(race, observed=Observed(np.array([1, DAY + 1, 2 * DAY + 1]), loss))
    world = finished(race, *[lane(build(name).spec(), name) for name in names()], noise=NoiseLevel())
    assert (world.kings >= 0).all()
    assert np.isfinite(world.record.epsilon[-1]).all()
