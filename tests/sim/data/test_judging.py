"""Schedules of mixtures: which phase a block is in, and what each phase charges for each set."""

import numpy as np
import pytest
from gaps import gap
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import InputError
from sim.clock import block_at
from sim.data.judging import MIXTURES, Judging, judging
from sim.data.sets import JUDGES, SETS, TABLES

names = st.sampled_from(sorted(MIXTURES))
HISTORY = TABLES["history"]
schedules = st.lists(st.tuples(st.integers(0, 1000), names), min_size=1, max_size=5, unique_by=lambda entry: entry[0])


@given(schedules.map(sorted), st.integers(-10, 1010))
def test_phase_is_the_last_begun(schedule, block):
    """The phase of a block is the last that has begun by then; before all of them it is the first."""
    begun = [number for number, (first, _) in enumerate(schedule) if first <= block]
    assert judging(schedule).phase(block) == (begun[-1] if begun else 0)


def test_a_phase_begins_with_its_block():
    """At its first block a mixture is in force, a block earlier it is not."""
    made = judging([(0, "refinedweb"), (100, "six-tasks")])
    assert [made.phase(block) for block in (0, 99, 100, 101)] == [0, 0, 1, 1]


@given(schedules.map(sorted))
def test_penalties_are_weighted_gaps(schedule):
    """A phase's penalty of a set is the weighted mean of its gaps; the reference is the same in all phases."""
    made = judging(schedule)
    for phase, (_, name) in enumerate(schedule):
        for row, trained_on in enumerate(SETS):
            expected = sum(weight * gap(trained_on, judge) for judge, weight in MIXTURES[name].weights.items())
            assert made.penalty[phase, row] == pytest.approx(expected, abs=1e-12)
    assert (made.penalty >= 0.0).all()
    assert made.weights.shape == (len(schedule), len(JUDGES))


def test_each_mixture_has_its_best_set():
    """What is best to train on is the judged set itself, or the recipe made for the mixture."""
    order = ("refinedweb", "fineweb", "fineweb-edu", "edu-stack", "six-tasks")
    made = judging(enumerate(order))
    assert [SETS[best] for best in made.best] == ["refinedweb", "fineweb", "fineweb-edu", "edu-code", "six-mix"]
    assert (made.penalty[range(3), made.best[:3]] == 0.0).all()


def test_the_last_switch_by_pencil():
    """From RefinedWeb to six tasks, a RefinedWeb model pays 0.436 nats: code is most of it, tenths of nats in all."""
    made = judging([(0, "refinedweb"), (100, "six-tasks")])
    expected = 0.30 * 0.07 + 0.25 * 0.10 + 0.35 * 1.00 + 0.05 * 0.45 + 0.03 * 0.35 + 0.02 * 0.35
    assert made.penalty[:, SETS.index("refinedweb")] == pytest.approx([0.0, expected])
    assert made.penalty[1].min() == pytest.approx(0.104, abs=0.001)


def test_history_can_be_judged():
    """Every competition's schedule is one; the six tasks began about 2025-01-18, FineWeb-Edu about 2024-07-04."""
    from datetime import datetime

    for schedule in HISTORY.values():
        assert judging(schedule).blocks == tuple(block for block, _ in schedule)
    assert abs(HISTORY["14B"][1][0] - block_at(datetime(2025, 1, 18))) < 7200
    assert abs(HISTORY["7B"][1][0] - block_at(datetime(2024, 7, 4))) < 7200


def test_own_mixtures():
    """A mixture may be given by its weights; data weights have a row for each judge with a say."""
    made = judging([(0, {"stack": 0.5, "pes2o": 0.5}), (10, "fineweb")])
    assert [data_weights.shape for data_weights in made.data_weights] == [(2, len(SETS)), (1, len(SETS))]
    assert made.penalty[0, SETS.index("code")] == pytest.approx(0.5 * 0.70)
    assert np.array_equal(made.weights.sum(axis=1), [1.0, 1.0])


@pytest.mark.parametrize(
    ("schedule", "says", "path"),
    [
        ([], "there is no mixture to judge on", ()),
        (
            [(5, "fineweb"), (5, "edu-stack")],
            "block 5 comes after block 5, but the blocks of mixtures must rise",
            (1, 0),
        ),
        ([(0, "fineweb"), (9, "stack")], "there is no mixture 'stack'", (1, 1)),
        ([(0, {"stack": 0.9})], "sum to 0.9", (0, 1, "weights")),
    ],
)
def test_wrong_schedules_are_named(schedule, says, path):
    """A wrong schedule is answered with what was given, the rule, and the path to it."""
    with pytest.raises(InputError) as caught:
        judging(schedule)
    assert says in str(caught.value)
    assert caught.value.path == path


def test_a_schedule_is_a_value():
    """Equal schedules are equal, and asking for their tables does not change them."""
    one, two = judging([(0, "fineweb")]), Judging(((0, MIXTURES["fineweb"]),))
    assert one.penalty.shape == (1, len(SETS))
    assert one == two
