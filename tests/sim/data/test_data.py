"""Miners who move: when they do, where to, and that a world does not depend on its neighbours."""

import pickle
from itertools import pairwise
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import InputError
from sim.data.data import Data, Moving, no_migration
from sim.data.judging import judging
from sim.data.sets import SETS

SWITCH = 100_000
JUDGED = judging([(0, "refinedweb"), (SWITCH, "fineweb-edu"), (SWITCH + 20_000, "six-tasks")])
MINERS = 40
movings = st.builds(
    Moving,
    start=st.sampled_from([{}, {"code": 1.0}, {"refinedweb": 0.5, "fineweb": 0.3, "six-mix": 0.2}]),
    reaction_days=st.floats(0.0, 20.0),
    never=st.sampled_from([0.0, 0.3, 1.0]),
    notice_days=st.floats(0.0, 12.0),
)
blocks = st.integers(0, 300_000)


def migration(moving, judged=JUDGED, miners=MINERS, worlds=(0, 1, 2), seed=5):
    """The moves of some miners in some worlds."""
    return Data(judged, moving).migration(miners, seed, worlds)


@given(movings, blocks)
def test_worlds_do_not_touch_each_other(moving, block):
    """A world's miners are the same alone or beside others, and more miners do not change those who were there."""
    together, more = migration(moving), migration(moving, miners=MINERS + 9)
    for place, world in enumerate((0, 1, 2)):
        alone = migration(moving, worlds=[world])
        assert np.array_equal(alone.set_at(block)[:, 0], together.set_at(block)[:, place])
        assert np.array_equal(alone.moves_between(0, block)[:, 0], together.moves_between(0, block)[:, place])
    assert np.array_equal(more.set_at(block)[:MINERS], together.set_at(block))


@given(movings, st.lists(blocks, min_size=3, max_size=3, unique=True).map(sorted))
def test_moves_are_changes_of_set(moving, times):
    """A set changes by a move only; moves of two spans are those of both together."""
    first, middle, last = times
    made = migration(moving)
    changed = made.set_at(first) != made.set_at(last)
    moved = made.moves_between(first, last)
    assert (moved | ~changed).all()
    assert np.array_equal(moved, made.moves_between(first, middle) | made.moves_between(middle, last))


@given(movings, st.floats(0.1, 12.0), blocks)
def test_notice_never_delays(moving, notice, block):
    """Announced earlier, a switch never finds a miner on an older set than it would have found it on else."""
    values = {name: getattr(moving, name) for name in ("start", "reaction_days", "never")}
    late = migration(Moving(**values), judging([(0, "refinedweb"), (SWITCH, "six-tasks")]))
    soon = migration(Moving(**values, notice_days=notice), judging([(0, "refinedweb"), (SWITCH, "six-tasks")]))
    best = SETS.index("six-mix")
    assert ((soon.set_at(block) == best) | (late.set_at(block) != best)).all()


@given(movings, blocks)
def test_some_never_move(moving, block):
    """The share that never moves keeps its first set; without it everybody ends on the last mixture's best set."""
    made = migration(moving)
    if moving.never == 1.0:
        assert np.array_equal(made.set_at(block), made.set_at(0.0))
        assert not made.moves_between(0, block).any()
    if moving.never == 0.0:
        assert (made.set_at(1e9) == SETS.index("six-mix")).all()


def test_reactions_by_pencil():
    """An exponential reaction: after its mean all but 1 / e of the movers have moved, and nobody before the switch."""
    judged = judging([(0, "refinedweb"), (SWITCH, "six-tasks")])
    made = migration(Moving(reaction_days=3.0, never=0.2), judged, miners=2000, worlds=range(5))
    assert not made.moves_between(-1e9, SWITCH - 1).any()
    moved = made.moves_between(SWITCH - 1, SWITCH + 3 * 7200).mean()
    assert moved == pytest.approx(0.8 * (1.0 - exp(-1.0)), abs=5 * 0.005)  # standard error 0.005
    assert made.moves_between(SWITCH, 1e9).mean() == pytest.approx(0.8, abs=5 * 0.004)


def test_notice_by_pencil():
    """With an instant reaction everybody moves at the announcement: so many days before the switch."""
    judged = judging([(0, "refinedweb"), (SWITCH, "six-tasks")])
    made = migration(Moving(reaction_days=0.0, never=0.0, notice_days=2.0), judged)
    assert (made.set_at(SWITCH - 2 * 7200 - 1) == SETS.index("refinedweb")).all()
    assert (made.set_at(SWITCH - 2 * 7200) == SETS.index("six-mix")).all()
    assert made.moves_between(SWITCH - 2 * 7200 - 1, SWITCH - 2 * 7200).all()
    assert not made.moves_between(SWITCH - 2 * 7200, SWITCH).any()


def test_a_late_miner_skips_a_switch():
    """A miner that has not moved when the next switch moves it goes there at once: one move, not two."""
    made = migration(Moving(reaction_days=30.0, never=0.0), miners=500, worlds=[0])
    middle = SETS.index("fineweb-edu")
    times = range(SWITCH, SWITCH + 3_000_000, 500)
    steps = [made.set_at(block) for block in times]
    changes = np.sum([one != other for one, other in pairwise(steps)], axis=0)
    moves = np.sum([made.moves_between(one, other) for one, other in pairwise(times)], axis=0)
    assert np.array_equal(changes, moves)
    skipped = ~np.any([now == middle for now in steps], axis=0)
    assert 0.2 < skipped.mean() < 0.8
    assert (steps[-1] == SETS.index("six-mix")).mean() > 0.99


def test_beginnings_are_drawn_by_shares():
    """Miners begin on the sets of the scenario in its shares, or on the first mixture's best one."""
    shares = {"refinedweb": 0.5, "code": 0.3, "six-mix": 0.2}
    first = migration(Moving(start=shares), miners=4000, worlds=[0]).set_at(0)
    for name, share in shares.items():
        assert (first == SETS.index(name)).mean() == pytest.approx(share, abs=0.04)
    assert np.isin(first, [SETS.index(name) for name in shares]).all()
    assert (migration(Moving()).set_at(0) == SETS.index("refinedweb")).all()


def test_staying_has_nothing_to_do_with_the_beginning():
    """Of those who begin on any set, the same share never moves."""
    made = migration(Moving(start={"refinedweb": 0.5, "code": 0.5}, never=0.5), miners=4000, worlds=[0])
    stays = ~made.moves_between(-1e9, 1e9)
    for name in ("refinedweb", "code"):
        assert stays[made.set_at(0) == SETS.index(name)].mean() == pytest.approx(0.5, abs=0.05)


def test_no_miner_moves_to_where_it_is():
    """Without a switch, or on the new mixture's best set already, there is nothing to move for."""
    assert not migration(Moving(), judging([(0, "six-tasks")])).moves_between(-1e9, 1e9).any()
    there = migration(Moving(start={"six-mix": 1.0}), judging([(0, "refinedweb"), (9, "six-tasks")]))
    assert not there.moves_between(-1e9, 1e9).any()


def test_without_data_nobody_moves():
    """What stands for a migration where data do not matter has one set and no moves."""
    assert not no_migration(3, 2).moves_between(-1e9, 1e9).any()
    assert no_migration(3, 2).set_at(5.0).tolist() == [[0, 0]] * 3


def test_data_travel():
    """What a scenario says about data goes through pickle, and makes the same migration there."""
    data = Data(JUDGED, Moving(start={"code": 1.0}))
    back = pickle.loads(pickle.dumps(data))  # noqa: S301 - made here
    assert back == data
    assert [len(data.weights(block)) for block in (0, SWITCH + 20_000)] == [1, 6]
    assert np.array_equal(back.migration(9, 1, [4]).set_at(2e5), data.migration(9, 1, [4]).set_at(2e5))


@pytest.mark.parametrize(
    ("make", "says", "path"),
    [
        (
            lambda: Moving(reaction_days=-1.0),
            "reaction_days is -1, but must be from 0 to 3650",
            ("reaction_days",),
        ),
        (lambda: Moving(notice_days=float("nan")), "notice_days is nan", ("notice_days",)),
        (lambda: Moving(move_usd=float("inf")), "move_usd is inf", ("move_usd",)),
        (lambda: Moving(never=1.5), "never is 1.5, but must be from 0 to 1", ("never",)),
        (lambda: Moving(start={"fineweb_edu": 1.0}), "did you mean 'fineweb-edu'?", ("start", "fineweb_edu")),
        (lambda: Moving(start={"code": -1.0, "maths": 2.0}), "'code' is -1", ("start", "code")),
        (lambda: Moving(start={"code": 0.4}), "the shares of start sum to 0.4, but must sum to 1", ("start",)),
        (lambda: Data(memory=0.0), "memory is 0 tokens, but must be a number above 0", ("memory",)),
    ],
)
def test_wrong_habits_are_named(make, says, path):
    """A wrong number or set is answered with what was given, the rule, the nearest name, and the path to it."""
    with pytest.raises(InputError) as caught:
        make()
    assert says in str(caught.value)
    assert caught.value.path == path
