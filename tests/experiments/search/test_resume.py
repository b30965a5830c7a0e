"""A study that was stopped at any step equals one that was not, value for value, with every sampler."""

from pathlib import Path
from typing import Any

import pytest
from small_study import recipe

from experiments.run.evaluator import Evaluator
from experiments.run.pool import Pool
from experiments.search.samplers import SAMPLERS, proposer
from experiments.search.search import Search
from experiments.search.spec import StudySpec, load
from experiments.search.storage import open_study

TRIALS, SIZE = 16, 4


def searched(spec: StudySpec, folder: Path, worlds: Path) -> list[tuple[Any, ...]]:
    """All that is kept of the trials of a study, begun or gone on with."""
    propose = proposer(spec.recipe.sampler, spec.space, spec.recipe.seed, SIZE, 1)
    evaluator = Evaluator(worlds, Pool(1), spec.recipe.seed)
    with open_study(None, folder, "small", spec.digest(), spec.recipe.directions) as study:
        Search(spec, study, propose, evaluator).run(TRIALS, lambda done, wanted: None)
        return [(t.number, t.state, t.params, t.values, t.constraints, t.user_attrs) for t in study.trials]


def study(folder: Path, sampler: str) -> StudySpec:
    """The small study with two families, where the sampler knows choices."""
    families = "[linear]" if sampler == "cma-es" else "[linear, fixed]"
    text = f"policies: {families}\nsampler: {sampler}\nconstraints: {{false_dethroning: 0.05}}"
    return load(recipe(folder, "policies: [linear]", text), trials=TRIALS)


def assert_resumes(folder: Path, sampler: str, every: int) -> None:
    """A journal that ends after any number of steps, of those looked at, is gone on with to the same trials."""
    spec = study(folder, sampler)
    whole = searched(spec, folder / "whole", folder / "worlds")
    steps = (folder / "whole" / "journal.log").read_bytes().splitlines(keepends=True)
    assert len(whole) == TRIALS
    for count in range(0, len(steps), every):
        cut = folder / f"{count}"
        cut.mkdir()
        (cut / "journal.log").write_bytes(b"".join(steps[:count]))
        assert searched(spec, cut, folder / "worlds") == whole, steps[count]


def test_resumes(tmp_path: Path) -> None:
    """Killed after any step, also between two numbers of one point, the study comes to the same trials (every 31st)."""
    assert_resumes(tmp_path, "tpe", 31)


@pytest.mark.slow
@pytest.mark.parametrize("sampler", [name for name in SAMPLERS if name != "auto"])
def test_resumes_after_every_step(tmp_path: Path, sampler: str) -> None:
    """The same after each single step, for every sampler."""
    assert_resumes(tmp_path, sampler, 1)
