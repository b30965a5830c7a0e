"""Objectives and limits, from differences between candidates and baselines in the same worlds."""

import numpy as np
import pytest

from experiments.run.evaluator import Measured
from experiments.search.objective import UNKNOWN, Paired, join_worlds, level, place_lanes
from experiments.search.recipe import StudyRecipe

WORLDS = np.array([0, 1, 2])
CASE = np.array(["only"] * 3)


def measured(errors: tuple[str | None, ...] = (None,), **values: list[list[list[float]]]) -> Measured:
    """Measurements in three worlds of one case: by metric a row for each population of each lane."""
    return Measured({name: np.array(rows) for name, rows in values.items()}, CASE, WORLDS, errors)


def paired(baselines: Measured, candidates: Measured, **keys: object) -> Paired:
    """A comparison under the objectives and limits of a recipe."""
    recipe = {"name": "any", "scenario": {"kind": "world"}, "search": {"policies": ["linear"]}}
    return Paired(StudyRecipe.model_validate({**recipe, **keys}), baselines, candidates)


@pytest.mark.parametrize(("metric", "gain"), [("descent_area", 1.0), ("final_loss", -1.0)])
def test_gains_are_positive_where_it_is_better(metric: str, gain: float) -> None:
    """A candidate that is 1 higher gains 1 where higher is better, and loses 1 where lower is; its value stays 1."""
    found = paired(
        measured(**{metric: [[[1.0, 2.0, 3.0]]]}), measured(**{metric: [[[2.0, 3.0, 4.0]]]}), objectives=[metric]
    )
    assert found.gains(0).tolist() == found.gains_by_world(0).tolist() == [gain] * 3
    assert [value.mean for value in found.values(0)] == [1.0]


@pytest.mark.parametrize(
    ("limit", "missed"), [(0.5, 0.1), (0.7, -0.1), ("baseline", 0.2)], ids=["broken", "kept", "baseline"]
)
def test_a_limit_is_missed_by_the_distance_of_the_means(limit: float | str, missed: float) -> None:
    """Of a metric that is better low: 0.6 less 0.5, 0.7, or the 0.4 of the baseline; above 0 the limit is broken."""
    found = paired(
        measured(false_dethroning=[[[0.3, 0.4, 0.5]]]),
        measured(false_dethroning=[[[0.5, 0.6, 0.7]]]),
        constraints={"false_dethroning": limit},
    )
    assert found.violations(0) == {"false_dethroning": pytest.approx(missed)}
    assert found.feasible(0) == (missed <= 0)


def test_a_metric_that_does_not_exist_keeps_no_limit() -> None:
    """NaN in all worlds is not feasible, and neither is a candidate that failed in a world."""
    none, one = measured(delay_p95=[[[np.nan] * 3]]), measured(("boom",), delay_p95=[[[1.0] * 3]])
    assert paired(one, none, constraints={"delay_p95": 1.0}).violations(0) == {"delay_p95": UNKNOWN}
    assert not paired(one, none, constraints={"delay_p95": 1.0}).feasible(0)
    assert not paired(one, one, constraints={"delay_p95": 2.0}).feasible(0)


def test_a_deviant_counts_where_it_gains_most() -> None:
    """`ic_gap` is the largest mean over populations, other metrics are those of the first population."""
    rows = [[[0.0] * 3, [1.0, 2.0, 3.0], [np.nan] * 3]]
    found = measured(ic_gap=rows, luck=rows)
    assert (level(found, 0, "ic_gap"), level(found, 0, "luck")) == (2.0, 0.0)


def test_lanes_are_placed_and_worlds_are_joined() -> None:
    """A lane that is measured on goes on with its own values, the others with NaN; the first error is kept."""
    before = measured(("boom", None), luck=[[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]])
    more = measured(("late",), luck=[[[7.0, 8.0, 9.0]]])
    whole = join_worlds(before, place_lanes(more, [([1], more)], 2))
    assert whole.values["luck"][1, 0].tolist() == [4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    assert whole.values["luck"][0, 0].tolist() == pytest.approx([1.0, 2.0, 3.0] + [np.nan] * 3, nan_ok=True)
    assert whole.errors == ("boom", "late")
    assert whole.world.tolist() == [0, 1, 2, 0, 1, 2]
