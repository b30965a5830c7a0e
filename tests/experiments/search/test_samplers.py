"""Samplers: what Optuna asks of every sampler, and a search of several families with each."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import optuna
import pytest
from noisy_study import Noisy, by_family, spec
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, GPSampler, TPESampler
from optuna.testing.pytest_samplers import (
    BasicSamplerTestCase,
    MultiObjectiveSamplerTestCase,
    RelativeSamplerTestCase,
)
from optuna.trial import TrialState, create_trial

from experiments.recipe.panel import rules_of
from experiments.search.recipe import SearchKeys
from experiments.search.samplers import SAMPLERS, ByChoice, CmaEs, proposer
from experiments.search.search import Search
from experiments.search.space import build_space
from policies import InputError

RULES = rules_of("sn9-2025-03")
TWO, ONE = (build_space(SearchKeys(policies=names), RULES) for names in (["linear", "fixed"], ["linear"]))


def slow_gp(names: list[str]) -> list[object]:
    """The names as parameters; a Gaussian process takes a second for every trial."""
    return [pytest.param(name, marks=[pytest.mark.slow] if name == "gp" else []) for name in names]


class TestChoices(BasicSamplerTestCase, MultiObjectiveSamplerTestCase):
    """Optuna's tests of samplers, for those that know choices."""

    @pytest.fixture(params=slow_gp(["tpe", "gp", "nsga2", "nsga3", "random"]))
    def sampler(self, request: pytest.FixtureRequest) -> Callable[[], BaseSampler]:
        """The sampler of a first trial."""
        return lambda: proposer(request.param, TWO, 0, 8, 1)(optuna.create_study(), 0)


class TestByChoice(RelativeSamplerTestCase):
    """Optuna's tests of samplers that draw numbers together."""

    @pytest.fixture(params=slow_gp(["tpe", "gp"]))
    def sampler(self, request: pytest.FixtureRequest) -> Callable[[], BaseSampler]:
        """One that needs at most one random trial to start with."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            kinds = {
                "tpe": lambda: TPESampler(seed=0, multivariate=True, constant_liar=True, n_startup_trials=0),
                "gp": lambda: GPSampler(seed=0, n_startup_trials=1),
            }
            inner = kinds[request.param]()
        return lambda: ByChoice(inner, inner, TWO)


def test_a_process_does_not_see_trials_without_choices() -> None:
    """Choices are then drawn as in a study that begins; Optuna's own Gaussian process stops at a missing parameter."""
    study = optuna.create_study()
    numbers = {"x": optuna.distributions.FloatDistribution(0.0, 1.0)}
    for _ in range(10):
        study.add_trial(create_trial(params={"x": 0.5}, distributions=numbers, value=0.0))
    sampler, trial = proposer("gp", TWO, 0, 8, 1)(study, 10), study.ask()
    frozen = study.get_trials()[trial.number]
    assert sampler.sample_relative(study, frozen, sampler.infer_relative_search_space(study, frozen)) == {}


class TestCube(BasicSamplerTestCase):
    """Optuna's tests of samplers, for those that have a point for each number of a trial."""

    @pytest.fixture(params=["qmc", "cma-es"])
    def sampler(self, request: pytest.FixtureRequest) -> Callable[[], BaseSampler]:
        """The sampler of a study."""
        return lambda: proposer(request.param, ONE, 0, 50, 1)(optuna.create_study(), 0)


LIMITS = "[fixed, linear]\nobjectives: [descent_area, misallocation]\nconstraints: {false_dethroning: 0.05}"
WANTED = {"one family": "[linear]", "families": "[fixed, linear]", "limits": LIMITS}


@pytest.mark.parametrize("name", slow_gp([name for name in SAMPLERS if name != "auto"]))
@pytest.mark.parametrize("wanted", WANTED)
def test_a_search(tmp_path: Path, name: str, wanted: str) -> None:
    """Each sampler searches one family and several, with one objective and with two and a limit, beyond its start.

    Few points come twice.
    """
    if name == "cma-es" and wanted != "one family":
        pytest.skip("refused: it knows neither choices nor several objectives")
    study_spec = spec(tmp_path, "[fixed, linear, half-life]", WANTED[wanted])
    others = dict.fromkeys(("false_dethroning", "misallocation"), lambda lane: 10 * float(lane.policy.epsilon(7200.0)))
    objectives = study_spec.recipe.objectives
    study = optuna.create_study(directions=["maximize", "minimize"][: len(objectives)])
    propose = proposer(name, study_spec.space, 0, 4, len(objectives))
    Search(study_spec, study, propose, Noisy(by_family(linear=1.0), other=others)).run(20, lambda done, wanted: None)
    assert [trial.state.name for trial in study.trials] == ["COMPLETE"] * 20
    assert len({tuple(trial.params.items()) for trial in study.trials}) >= 15


@pytest.mark.parametrize(
    ("name", "space", "size", "objectives", "message"),
    [
        ("tpee", TWO, 8, 1, "no sampler 'tpee'; did you mean 'tpe'"),
        ("cma-es", TWO, 8, 1, "a choice of family"),
        ("cma-es", ONE, 8, 2, "knows one objective"),
        ("cma-es", ONE, 3, 1, "at least 4 trials, not of 3"),
    ],
)
def test_what_a_sampler_cannot_search_is_refused(name, space, size, objectives, message) -> None:
    """With what to do, before anything is computed."""
    with pytest.raises(InputError, match=message):
        proposer(name, space, 0, size, objectives)


SIZE = 8


def search_bowl(generations: int, least: float = 0.0) -> tuple[optuna.Study, np.ndarray]:
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
    _, points = search_bowl(25)
    assert ((points >= 0.0) & (points <= 1.0)).all()
    assert np.abs(points[-SIZE:].mean(axis=0) - [0.3, 0.7]).max() < 0.05


def test_it_keeps_to_the_limits() -> None:
    """Where points below 0.5 are not allowed it comes to the nearest one that is, however good the others are."""
    _, points = search_bowl(25, least=0.5)
    assert np.abs(points[-SIZE:].mean(axis=0) - [0.5, 0.7]).max() < 0.05


def test_its_state_is_in_the_trials() -> None:
    """A new one that is given the trials of an interrupted search goes on with the same points, bit for bit."""
    study, points = search_bowl(4)
    again = CmaEs(2, 0, SIZE)
    assert [again.point(study, number) for number in range(3 * SIZE, 4 * SIZE)] == points[3 * SIZE :].tolist()
