"""CMA-ES: it comes to the best point of a bowl, and its state is in the trials alone."""

import numpy as np
import optuna
from optuna.trial import TrialState, create_trial

from experiments.search.cma_es import CmaEs

SIZE = 8


def search(generations: int, least: float = 0.0) -> tuple[optuna.Study, np.ndarray]:
    """A search for (0.3, 0.7), where the first number must be at least `least`: the study, and all points."""
    study, sampler = optuna.create_study(direction="maximize"), CmaEs(2, 0, SIZE)
    points = []
    for number in range(generations * SIZE):
        points.append(sampler.point(study, number))
        x, y = points[-1]
        if number % SIZE == 3:
            study.add_trial(create_trial(state=TrialState.FAIL))
            continue
        trial = create_trial(value=-((x - 0.3) ** 2) - (y - 0.7) ** 2)
        trial.set_constraint("least", least - x)
        study.add_trial(trial)
    return study, np.array(points)


def test_it_finds_the_bottom_of_a_bowl() -> None:
    """In 25 generations of 8, one of which fails each time, and never outside of the cube."""
    _, points = search(25)
    assert ((points >= 0.0) & (points <= 1.0)).all()
    assert np.abs(points[-SIZE:].mean(axis=0) - [0.3, 0.7]).max() < 0.05


def test_it_keeps_to_the_limits() -> None:
    """Where points below 0.5 are not allowed it comes to the nearest one that is, however good the others are."""
    _, points = search(25, least=0.5)
    assert np.abs(points[-SIZE:].mean(axis=0) - [0.5, 0.7]).max() < 0.05


def test_its_state_is_in_the_trials() -> None:
    """A new one that is given the trials of an interrupted search goes on with the same points, bit for bit."""
    study, points = search(4)
    again = CmaEs(2, 0, SIZE)
    assert [again.point(study, number) for number in range(3 * SIZE, 4 * SIZE)] == points[3 * SIZE :].tolist()
