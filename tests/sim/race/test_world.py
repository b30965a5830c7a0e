"""The world by hand: noise off, one step every 150 blocks, every crown counted on paper."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_race import QUIET, crowns, finished, lane, small_race

from experiments.results.measure import measure
from policies import build, names
from sim.race.race import NoiseLevel, Observed, Setting
from sim.race.world import RaceWorld

FIXED = {"fixed": {"epsilon": 0.005}}
LINEAR = {"linear": {"start": 0.005, "end": 0.0005, "decay_blocks": 50_400}}
DAY = 7200


def challenge(loss, *more, tail=2.0, policy=FIXED, **rules):
    """A world in which a king of loss 1.0 meets a challenger a day later."""
    race = small_race((0, "ann", 1.0), (DAY, "bob", loss), *more)
    return finished(race, lane(policy, **rules), tail=tail)


def test_a_step_below_epsilon_is_never_crowned():
    """Fixed 0.5 %: a model that is 0.4 % better never dethrones."""
    assert crowns(challenge(0.996, tail=20.0)) == [(300, 0)]


def test_a_step_above_epsilon_is_crowned():
    """0.6 % better: evaluated at 7500, 250 blocks on; then it has half the weight, and is crowned at 7650."""
    assert crowns(challenge(0.994)) == [(300, 0), (7650, 1)]


def test_the_bar_itself_is_not_enough():
    """Exactly on the bar is a tie, and ties lose; an ulp below wins."""
    bar = (1 - 0.005) * 1.0
    assert crowns(challenge(bar)) == [(300, 0)]
    assert crowns(challenge(np.nextafter(bar, 0.0))) == [(300, 0), (7650, 1)]


def test_a_decaying_epsilon_lets_a_small_step_through():
    """0.3 % better wins once 0.005 - 0.0045 age / 50400 < 0.003: after 22,400 blocks; crowned a step later."""
    assert crowns(challenge(0.997, policy=LINEAR, tail=5.0)) == [(300, 0), (22_650, 1)]


@pytest.mark.parametrize("semantics", ["pool", "king", "running-best"])
@pytest.mark.parametrize("policy", ["linear", FIXED, {"fixed": {"epsilon": 0}}, {"half-life": {"end": 0}}])
def test_copies_are_never_crowned(policy, semantics):
    """An exact later copy never beats its original, even where epsilon is 0."""
    assert crowns(challenge(1.0, policy=policy, tail=10.0, semantics=semantics)) == [(300, 0)]


@pytest.mark.parametrize(
    ("delay", "first", "second"), [(0, 0, 7350), (150, 150, 7500), (250, 300, 7650), (1000, 1050, 8400)]
)
def test_the_delay_is_waited_for(delay, first, second):
    """Evaluation begins with the first step `delay` blocks after the commitment; the crown comes a step later."""
    assert crowns(challenge(0.9, delay=delay)) == [(first, 0), (second, 1)]


def emissions(world_of, count):
    """Weights of the challenger after each of its first steps."""
    race, given_lane = world_of
    world, seen = RaceWorld(race, [given_lane], Setting(QUIET, 150, 1.0), 1, [0]), []
    world.run(lambda now: seen.append(world.weights[0, 1]) if now >= DAY else None)
    return [float(w) for w in seen[:count]]


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [(0.5, [0.5, 0.75, 0.875, 0.9375]), (0.9, [0.1, 0.19, 0.271, 0.3439]), (0.0, [1.0, 1.0, 1.0, 1.0])],
)
def test_the_moving_average_pays_a_new_winner_by_halves(alpha, expected):
    """After k steps a new winner's share is 1 - alpha^k."""
    world_of = small_race((0, "ann", 1.0), (DAY, "bob", 0.9)), lane(FIXED, delay=0, alpha=alpha)
    assert emissions(world_of, 4) == pytest.approx(expected, abs=2e-7)


def test_the_old_king_is_paid_one_step_in_all():
    """alpha / (1 - alpha) = 1 step for alpha 0.5: 48 steps of the first day and one more."""
    world = challenge(0.9, delay=0)
    assert world.miners.emission[0, 0] == pytest.approx(49 * 150 / DAY, rel=1e-6)


def test_an_average_begins_with_the_lanes_own_first_step():
    """The first evaluation is the average, also in a lane that waits for it; at alpha 0.9 the next adds a tenth."""
    race = small_race((0, "ann", 1.0), (150, "bob", 0.9))
    world = RaceWorld(
        race,
        [lane("fixed", delay=0), lane("cosine", delay=300, alpha=0.9, threshold=0.01)],
        Setting(QUIET, 150, 1.0),
        1,
        [0],
    )
    seen = {}
    world.run(lambda now: seen.update({now: world.weights[1].tolist()}))
    assert [seen[now] for now in (150, 300, 450)] == [[0, 0], [1, 0], pytest.approx([0.9, 0.1])]


def test_a_blocker_saves_a_king_under_a_fixed_epsilon():
    """1.0, then 0.997 and 0.9945: 0.55 % better, yet not by 0.5 % than the near-miss in between."""
    with_blocker = challenge(0.997, (DAY + 150, "cid", 0.9945), tail=20.0)
    without = finished(small_race((0, "ann", 1.0), (DAY + 150, "cid", 0.9945)), lane(FIXED))
    assert crowns(with_blocker) == [(300, 0)]
    assert crowns(without) == [(300, 0), (7800, 1)]


def test_a_cycle_of_three_shares_by_thirds():
    """The same three under a fresh linear decay beat each other in a circle: a third each."""
    race = small_race((0, "ann", 1.0), (0 + 150, "bob", 0.997), (300, "cid", 0.9945))
    world = finished(race, lane(LINEAR, delay=0, alpha=0.0), tail=0.05)
    np.testing.assert_allclose(world.weights[0], 1 / 3, rtol=1e-6)


def test_two_copies_in_one_block_lose_every_step():
    """They remove each other (P2): 48 steps from 300 to 7350 are lost, both stay, and the next model takes all."""
    race = small_race((0, "ann", 1.0), (0, "bob", 1.0), (DAY, "cid", 0.99))
    world = finished(race, lane("linear"), tail=1.0)
    state = world.validators[0].state
    assert crowns(world) == [(7500, 2)]
    assert state["losses"].tolist() == [48]
    assert world.miners.emission[:, 0].tolist() == pytest.approx([0, 0, (2 * DAY - 7500) / DAY])
    assert state["evaluations"].tolist() == [48 * 2 + 46 * 3]


def test_one_hotkey_inherits_its_average():
    """A miner's next model takes the old one's place and weight: the king reigns on with it, and nothing is lost."""
    race = small_race((0, "ann", 1.0), (DAY, "bob", 0.99), (2 * DAY, "bob", 0.98))
    shared = finished(race, lane(FIXED), one_model_per_miner=True)
    apart = finished(race, lane(FIXED))
    assert crowns(shared) == [(300, 0), (7650, 1)]
    assert crowns(apart) == [(300, 0), (7650, 1), (14_850, 2)]
    assert measure(shared)["final_loss"].tolist() == measure(apart)["final_loss"].tolist() == [0.98]
    ann, bob, bob_too = apart.miners.emission[:, 0]
    np.testing.assert_allclose(shared.miners.emission[:, 0], [ann, bob + bob_too, 0.0])


def test_one_hotkey_gives_its_old_model_up():
    """A worse commitment replaces a better one all the same: another miner is king again a step after the tie."""
    race = small_race((0, "ann", 1.0), (DAY, "bob", 0.99), (2 * DAY, "bob", 1.1))
    world = finished(race, lane(FIXED), one_model_per_miner=True)
    assert crowns(world) == [(300, 0), (7650, 1), (14_850, 0)]


def test_a_dropped_better_model_comes_back_after_decay():
    """With a keep-set of one, the 0.3 % better model is dropped at once and retried at 22,500."""
    world = challenge(0.997, policy=LINEAR, tail=5.0, keep=1, alpha=0.0)
    state = world.validators[0].state
    assert crowns(world) == [(300, 0), (22_500, 1)]
    steps = range(300, 6 * DAY, 150)
    assert state["evaluations"].tolist() == [len(steps) + 2]  # alone but for its two evaluations


def test_king_semantics_ignore_everyone_but_the_king():
    """The near-miss that blocks running-best does not block a challenger of the king."""
    rows = (0.997, (DAY + 150, "cid", 0.9945))
    assert crowns(challenge(*rows, tail=9.0, semantics="king")) == [(300, 0), (7650, 2)]
    assert crowns(challenge(*rows, tail=9.0, semantics="running-best")) == [(300, 0)]


def test_a_validators_own_losses_are_taken_as_they_are():
    """A log's measurements decide who is king, not the true losses; what was not evaluated has a loss of inf."""
    truth = small_race((0, "ann", 3.0), (1, "bob", 3.1))
    log = Observed(np.array([1, 101, 201]), np.array([[3.0, np.inf], [3.0, 2.9], [3.0, 3.2]]))
    race = replace(truth, observed=log)
    world = finished(race, lane(FIXED, alpha=0.0))
    assert world.scenario.horizon == 202
    assert crowns(world) == [(1, 0), (101, 1), (201, 0)]


RULES = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.sampled_from((0.01, 0.25)),
        "alpha": st.sampled_from((0.0, 0.5, 0.9)),
        "keep": st.integers(1, 6),
        "filtered": st.booleans(),
        "delay": st.sampled_from((0, 250)),
        "threshold": st.sampled_from((0.0, 0.18)),
        "winner_takes_all": st.booleans(),
        "alone": st.sampled_from((0.0, 1.0)),
        "holds": st.booleans(),
        "semantics": st.sampled_from(("pool", "king", "running-best")),
        "wins": st.sampled_from(("average", "average", "per-sample", "sample-champion")),
    },
)
READERS = tuple(name for name in names() if build(name).reads)
POLICIES = st.sampled_from(("linear", "half-life", "cosine", "power", "knots", {"fixed": {"epsilon": 0.0}}, *READERS))
ROWS = st.lists(
    st.tuples(st.integers(0, 20).map(lambda i: i * 100), st.sampled_from("abc"), st.integers(0, 40)),
    min_size=1,
    max_size=8,
)


@st.composite
def lives(draw):
    """A small noisy race, and lanes of any rules."""
    rows = sorted(draw(ROWS))
    built = tuple((draw(st.integers(0, i - 1)),) if i and draw(st.booleans()) else () for i in range(len(rows)))
    race = small_race(*[(block, miner, 3.0 * (1 - 0.0004 * step)) for block, miner, step in rows], builds_on=built)
    lanes = [lane(draw(POLICIES), str(i), **draw(RULES)) for i in range(draw(st.integers(2, 4)))]
    return race, lanes, draw(st.booleans())


@given(lives(), st.randoms(use_true_random=False))
def test_lanes_and_worlds_never_see_each_other(life, random):
    """Alone, in any company, in any order and with any other worlds a lane has the same life, to the last bit."""
    race, lanes, shared = life
    noise = NoiseLevel(paired=0.001, samples=4)
    together = finished(race, *lanes, worlds=(0, 1, 2), noise=noise, tail=0.5, one_model_per_miner=shared)
    shuffled = random.sample(lanes, len(lanes))
    world = random.randrange(3)
    again = finished(race, *shuffled, worlds=(world,), noise=noise, tail=0.5, one_model_per_miner=shared)
    alone = finished(race, lanes[0], worlds=(world,), noise=noise, tail=0.5, one_model_per_miner=shared)
    for i, one in enumerate(lanes):
        same(together, i * 3 + world, again, shuffled.index(one))
    same(together, world, alone, 0)


def same(one, i, other, j):
    """Two columns agree in everything that is kept of them."""
    for name in ("area", "eligibility", "luck"):
        assert getattr(one.record, name)[i] == getattr(other.record, name)[j], name
    np.testing.assert_array_equal(one.miners.emission[:, i], other.miners.emission[:, j])
    np.testing.assert_array_equal(one.weights[i], other.weights[j])
    assert crowns(one, i) == crowns(other, j)
    for name in ("losses", "evaluations"):
        assert one.validators[0].state[name][i] == other.validators[0].state[name][j], name


@given(lives())
def test_what_is_kept_is_finite_and_adds_up(life):
    """No NaN ever; emission is never negative and never more than the days there were; blocks of crowns never fall."""
    race, lanes, shared = life
    world = finished(race, *lanes, worlds=(0, 1), noise=NoiseLevel(), tail=0.5, one_model_per_miner=shared)
    record, emission = world.record, world.miners.emission
    for values in (emission, record.area, record.eligibility, record.luck, world.weights):
        assert np.isfinite(values).all()
    assert (emission >= 0).all()
    assert (emission.sum(axis=0) <= world.scenario.days * (1 + 1e-6)).all()
    assert (record.luck <= emission.sum(axis=0) + 1e-12).all()
    assert (np.diff(record.crowns().block) >= 0).all()
