"""Which trials are measured again."""

import numpy as np
import pytest
from noisy_study import FIXED, HALF_LIFE, LINEAR, point, spec, trials

from experiments.search.shortlist import front, shortlist

LIMIT = ("trials: 4", "trials: 4\nconstraints: {false_dethroning: 0.05}")
TWO = ("trials: 4", "trials: 4\nobjectives: [descent_area, misallocation]")


def numbers(folder, told, count, change=("", "")):
    """The trials of the list, in order."""
    study = spec(folder, *change, rerank=count)
    return [each.trial for each in shortlist(study, trials(study, told))]


def flat(epsilon):
    """A point of the simplest family."""
    return point("fixed", epsilon=epsilon)


def test_best_first(tmp_path):
    """By the value of the search, as many as are asked for."""
    told = [(flat(0.001), [1.0], {}), (flat(0.002), [3.0], {}), (flat(0.003), [2.0], {})]
    assert numbers(tmp_path, told, 2) == [1, 2]


def test_best_of_each_family_is_there(tmp_path):
    """However far behind it is; and only the best of it."""
    told = [(flat(0.001), [9.0], {}), (flat(0.002), [8.0], {}), (LINEAR, [1.0], {}), (HALF_LIFE, [2.0], {})]
    told.append((point("linear", start=0.01, end_share=0.1, decay_blocks=9000.0), [1.5], {}))
    assert numbers(tmp_path, told, 1) == [0, 3, 4]


def test_same_policy_counts_once(tmp_path):
    """Two trials of one policy are one candidate, and leave room for another one."""
    told = [(flat(0.001), [9.0], {}), (flat(0.001), [9.0], {}), (flat(0.002), [1.0], {})]
    assert numbers(tmp_path, told, 2) == [0, 2]


def test_kept_limits_come_first(tmp_path):
    """A trial that breaks one is behind all that keep it, and those go by how far they are from it."""
    told = [
        (flat(0.001), [9.0], {"false_dethroning": 0.2}),
        (flat(0.002), [1.0], {"false_dethroning": -0.1}),
        (flat(0.003), [5.0], {"false_dethroning": 0.1}),
    ]
    assert numbers(tmp_path, told, 3, LIMIT) == [1, 2, 0]


def test_front_comes_first(tmp_path):
    """Of several objectives the Pareto front by the first one, then the others by it; misallocation is better low."""
    told = [
        (flat(0.001), [5.0, 0.9], {}),
        (flat(0.002), [4.0, 0.95], {}),
        (flat(0.003), [1.0, 0.1], {}),
        (flat(0.004), [3.0, 0.5], {}),
    ]
    assert numbers(tmp_path, told, 4, TWO) == [0, 3, 2, 1]


def test_unfinished_and_failed_do_not_count(tmp_path):
    """Only a trial that was measured in all search worlds has a value that can be compared."""
    from optuna import create_study
    from optuna.trial import TrialState

    study = spec(tmp_path)
    asked = create_study(direction="maximize")
    for state in (TrialState.FAIL, TrialState.PRUNED):
        asked.enqueue_trial(FIXED)
        trial = asked.ask()
        study.space.suggest(trial)
        trial.report(9.0, 1)
        asked.tell(trial, state=state)
    asked.ask()
    assert shortlist(study, asked.get_trials()) == []


def test_who_was_stopped_but_keeps_the_limits_comes_second(tmp_path):
    """After whole trials that keep them, before those that break one, whatever it gains."""
    from optuna import create_study
    from optuna.trial import TrialState

    study = spec(tmp_path, *LIMIT)
    asked = create_study(direction="maximize")
    told = [(0.001, 9.0, 0.1, None), (0.002, 2.0, -0.1, TrialState.PRUNED), (0.003, 1.0, -0.1, None)]
    told += [(0.004, 8.0, 0.1, TrialState.PRUNED), (0.005, 3.0, -0.1, TrialState.PRUNED)]
    for epsilon, value, missed, state in told:
        asked.enqueue_trial(flat(epsilon))
        trial = asked.ask()
        study.space.suggest(trial)
        trial.set_constraint("false_dethroning", missed)
        trial.report(value, 2)
        asked.tell(trial, None if state else value, state=state)
    found = shortlist(study, asked.get_trials())
    assert [each.trial for each in found] == [2, 4, 1, 0]


def test_complexity_is_how_many_numbers_were_searched(tmp_path):
    """One of a fixed epsilon, three of a linear decay."""
    study = spec(tmp_path)
    asked = trials(study, [(FIXED, [1.0], {}), (LINEAR, [2.0], {})])
    found = shortlist(study, asked)
    assert [each.complexity for each in found] == [3, 1]
    assert [each.search.mean for each in found] == [2.0, 1.0]


@pytest.mark.parametrize("objectives", [1, 2, 3])
def test_front_is_what_no_point_beats(objectives):
    """The definition, point by point; ties and equal points included."""
    points = np.random.default_rng(7).integers(0, 6, (60, objectives)).astype(float)
    beaten = [any((other >= one).all() and (other > one).any() for other in points) for one in points]
    assert front(points).tolist() == [not each for each in beaten]
