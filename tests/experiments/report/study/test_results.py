"""Trials as points: their gains, and where those stand that were stopped early."""

import pytest
from study_results import as_results, spec, trial


def test_stopped_trials_stand_beside_the_best_in_their_own_worlds(tmp_path):
    """In two kind worlds it gained 3 %, but the best one, whose mean is 2 %, gained 4 % there: it stands at 1 %."""
    of = spec(tmp_path)
    best = trial(of, {}, [0.02], family="linear", gains=[0.04, 0.04, 0.0, 0.0])
    stopped = trial(of, {}, [0.03], state="PRUNED", family="fixed", gains=[0.03, 0.03])
    points = as_results(of, [best, stopped]).points

    assert [point.gains[0] for point in points] == pytest.approx([0.02, 0.01])


def test_lower_is_better_is_turned_round(tmp_path):
    """Less misallocation is a gain."""
    of = spec(tmp_path, objectives="[misallocation]")
    (point,) = as_results(of, [trial(of, {}, [-0.02], family="fixed")]).points

    assert point.gains.tolist() == [0.02]
