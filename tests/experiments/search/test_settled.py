"""Finalists settle in families in which miners play, and fresh worlds measure them there."""

from pathlib import Path

import numpy as np
from small_study import recipe

from experiments.run.evaluator import Evaluator
from experiments.run.pool import Pool
from experiments.search.kinds import Kind
from experiments.search.measure import measure
from experiments.search.objective import Joint
from experiments.search.spec import StudySpec, load

PLAY = "{play: {among: [honest, copycat, idle], rounds: 3, worlds: 2}}"


def settled(spec: StudySpec, folder: Path, kinds: tuple[Kind, ...]) -> Joint:
    """The baseline itself as a candidate, in three worlds of these families."""
    point = {"linear.start": 0.005, "linear.end_share": 1.0, "linear.decay_blocks": 7200.0}
    return measure(Evaluator(folder / "worlds", Pool(1), 7), spec, [spec.space.candidate(point)] * 2, range(3), kinds)


def test_finalists_settle_and_are_measured_in_the_same_worlds(tmp_path: Path) -> None:
    """Equal candidates settle alike, to a mix of their own, in worlds that the search never saw; regret is known.

    A second call computes nothing: it finds the folders of the runs, of the baselines and of the candidates.
    """
    spec = load(recipe(tmp_path, "days: 6", "days: 3").rename(tmp_path / "a.yaml"))
    text = (tmp_path / "a.yaml").read_text(encoding="utf-8")
    (tmp_path / "b.yaml").write_text(f"{text}families: {{usual: {{}}, played: {{population: {PLAY}}}}}\n", "utf-8")
    spec = load(tmp_path / "b.yaml")
    usual, played = spec.kinds
    both = settled(spec, tmp_path, (usual, played))
    there = both.parts["played from even"]
    one, two = (there.candidates.values["descent_area"][lane, 0] for lane in (0, 1))
    assert np.isfinite(one).all()
    assert one.tolist() == two.tolist()
    assert there.candidates.errors == (None, None)
    assert there.crowds[0] == there.crowds[1]
    assert there.crowds[0] is not None
    assert np.isfinite(there.crowds[0].regret.mean)
    assert both.parts["usual"].crowds == (None, None)
    assert set(both.gains(0)) == {"usual", "played from even"}
    tables = {path: path.stat().st_mtime_ns for path in tmp_path.glob("settled/*/*.parquet")}
    assert len({path.parent for path in tables}) == 2
    again = settled(spec, tmp_path, (usual, played))
    assert again.gains(0)["played from even"].tobytes() == both.gains(0)["played from even"].tobytes()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("settled/*/*.parquet")} == tables
