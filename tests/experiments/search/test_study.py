"""A whole study in small worlds: searched, selected, and selected again from what is on disk."""

import json

import pytest

from experiments.recipe.resolved import lane_plain
from experiments.run.evaluator import Evaluator
from experiments.run.pool import Pool
from experiments.search.samplers import proposer
from experiments.search.search import Search
from experiments.search.select import Selection
from experiments.search.spec import load

RECIPE = """\
name: little
scenario:
  kind: world
  days: 6
  miners: 8
  cases: {quiet: {noise: {samples: 1000}}, loud: {noise: {samples: 100}}}
families:
  usual: {}
  played: {population: {play: {among: [honest, copycat], rounds: 2, worlds: 1}}}
heldout:
  many: {miners: 12}
baselines: [sn9-2025-03, {name: sn9-2024-01, policy: {fixed: {epsilon: 0.005}}}]
search:
  policies: [fixed, linear]
  scenario: {public_delay_hours: [2, 12]}
constraints: {false_dethroning: 0.5}
trials: 8
generation: 4
sampler: random
worlds: {search: 2, rerank: 3, final: 6, heldout: 4}
rerank: 4
finalists: 1
race: false
seed: 3
"""


class Stopped(Pool):
    """Computes so many tasks, and then nothing more."""

    def __init__(self, tasks):
        super().__init__(1)
        self.left = tasks

    def results(self, tasks):
        """See `Pool`."""
        for task in tasks:
            if not self.left:
                raise ChildProcessError("killed")
            self.left -= 1
            yield from super().results([task])


class Counted(Pool):
    """Computes, and knows which lane has lived in which world of which case."""

    def __init__(self):
        super().__init__(1)
        self.lived = []

    def results(self, tasks):
        """See `Pool`."""
        for task in tasks:
            lanes = [json.dumps({**lane_plain(lane), "name": ""}) for lane in task.lanes]
            self.lived += [(task.contest, lane, world) for lane in lanes for world in task.worlds]
            yield from super().results([task])


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """The study, its finished trials, and the folder of its worlds."""
    return searched_in(tmp_path_factory.mktemp("study"), Pool(1))


def searched_in(folder, pool):
    """The same in a folder, with the worlds computed by a pool."""
    from optuna import create_study

    (folder / "little.yaml").write_text(RECIPE, encoding="utf-8")
    spec = load(folder / "little.yaml")
    evaluator = Evaluator(folder / "worlds", pool, spec.recipe.seed)
    study = create_study(directions=spec.recipe.directions)
    sampler = proposer(spec.recipe.sampler, spec.space, spec.recipe.seed, spec.recipe.generation, 1)
    Search(spec, study, sampler, evaluator).run(spec.recipe.trials, lambda done, wanted: None)
    return spec, study.get_trials(), folder / "worlds"


def selected(searched, pool):
    """The verdict, computed by a pool."""
    spec, trials, worlds = searched
    return Selection(spec, Evaluator(worlds, pool, spec.recipe.seed)).verdict(trials)


def test_killed_selection_goes_on(searched):
    """Stopped after some pieces of work and begun again it comes to a verdict, and then has nothing left to compute."""
    with pytest.raises(ChildProcessError):
        selected(searched, Stopped(3))
    found = selected(searched, Pool(1)).document()
    again = selected(searched, Stopped(0)).document()
    assert json.dumps(found, allow_nan=False) == json.dumps(again, allow_nan=False)


def test_no_lane_lives_twice_in_a_world(tmp_path):
    """Neither do the baselines, which all generations and all stages are compared with."""
    pool = Counted()
    selected(searched_in(tmp_path, pool), pool)
    assert len(pool.lived) == len({(case.name, lane, world) for case, lane, world in pool.lived})
    baselines = {lane for case, lane, world in pool.lived[:1]}
    worlds = {(case.name, world) for case, lane, world in pool.lived if lane in baselines}
    assert worlds == {(case.name, world) for case, lane, world in pool.lived}


def test_verdict_holds_what_was_measured(searched):
    """A finalist of each family that finished, in six final worlds, however many cases there are.

    Its difference to the first baseline is its own level less that one's; the worst family counts; regret is known
    where miners play.
    """
    found = selected(searched, Pool(1))
    finished = {trial.user_attrs["family"] for trial in searched[1] if trial.state.name == "COMPLETE"}
    assert {each.candidate.family for each in found.best} == finished
    assert {gain.n for each in found.best for gain in each.difference.families.values()} == {6}
    assert {each.heldout.families["many"].n for each in found.best} == {4}
    assert set(found.baselines) == {"sn9-2025-03", "sn9-2024-01"}
    assert found.baselines["sn9-2025-03"]["descent_area"] > 0
    for each in found.best:
        level, usual = each.objectives["descent_area"].level, each.difference.families["usual"]
        assert usual.mean == pytest.approx(level - found.baselines["sn9-2025-03"]["descent_area"], abs=1e-12)
        assert each.difference.lo == min(gain.lo for gain in each.difference.families.values())
        assert each.baselines["sn9-2025-03"].lo == each.difference.lo
        assert usual.regret is None
        assert each.difference.families["played from even"].regret.n == 2 * 6
    assert all(each.error is None for each in found.reranked)
