"""What a study measures is computed once, and refused before it is begun where it cannot be."""

from pathlib import Path

import pytest
from small_study import recipe

from experiments.results.store import StoreError
from experiments.run.evaluator import Evaluator, Group
from experiments.run.pool import Pool
from experiments.search.spec import StudySpec, load
from experiments.search.study import tune
from policies import InputError


@pytest.fixture
def spec(tmp_path: Path) -> StudySpec:
    """A small study."""
    return load(recipe(tmp_path, "days: 6", "days: 2"))


def evaluator(spec: StudySpec, folder: Path) -> Evaluator:
    """Measures in this process."""
    return Evaluator(folder / "worlds", Pool(1), spec.recipe.seed)


def kept(folder: Path) -> dict[str, int]:
    """The files of worlds, and when they were written."""
    return {str(path): path.stat().st_mtime_ns for path in folder.glob("worlds/*/*.parquet")}


def test_worlds_are_computed_once(tmp_path: Path, spec: StudySpec) -> None:
    """A second evaluator on the same folder reads what is there, under any name of a lane, and adds what is missing."""
    group = Group(spec.baselines, spec.cases(), spec.kinds[0].populations)
    (first,) = evaluator(spec, tmp_path).measure([group], [0, 1])
    before = kept(tmp_path)
    assert len(before) == 2
    (again,) = evaluator(spec, tmp_path).measure([group], [0, 1, 2])
    after = kept(tmp_path)
    assert {path: after[path] for path in before} == before
    assert len(after) == 3
    assert again.values["descent_area"][..., :2].tobytes() == first.values["descent_area"].tobytes()
    assert again.world.tolist() == [0, 1, 2]


def test_a_damaged_world_is_said(tmp_path: Path, spec: StudySpec) -> None:
    """With the file and what to do."""
    group = Group(spec.baselines, spec.cases(), spec.kinds[0].populations)
    evaluator(spec, tmp_path).measure([group], [0])
    (path,) = tmp_path.glob("worlds/*/*.parquet")
    path.write_bytes(b"PAR1 half")
    with pytest.raises(StoreError, match=rf"{path} is damaged .* delete it and run the same command again, it goes on"):
        evaluator(spec, tmp_path).measure([group], [0])


def test_what_does_not_fit_is_refused(tmp_path: Path, spec: StudySpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a measurement nor a whole study is begun that needs more memory than there is."""
    monkeypatch.setattr("experiments.run.memory.free", lambda workers: 10_000)
    group = Group(spec.baselines, spec.cases(), spec.kinds[0].populations)
    with pytest.raises(InputError, match=r"small: 1 lane of 8 miners need about .* take fewer lanes or miners"):
        evaluator(spec, tmp_path).measure([group], [0])
    with pytest.raises(InputError, match=r"small: 4 lanes of 8 miners need about .* in each of 2 processes"):
        tune(spec, tmp_path / "runs", workers=2)
    assert not list(tmp_path.glob("**/worlds/*/*.parquet"))
