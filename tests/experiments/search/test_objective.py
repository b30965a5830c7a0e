"""Objectives and limits, from differences between candidates and baselines in the same worlds."""

import numpy as np
import pytest

from experiments.results.inference import UNKNOWN
from experiments.run.evaluator import Measured
from experiments.search.objective import Joint, Paired, level
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


def joint(first: Paired, **others: Paired) -> Joint:
    """A comparison in several families, in units of the first."""
    return Joint(first.recipe, {"first": first, **others}, first)


@pytest.mark.parametrize(("metric", "gain"), [("descent_area", 1.0), ("final_loss", -1.0)])
def test_gains_are_positive_where_it_is_better(metric: str, gain: float) -> None:
    """A candidate that is 1 higher gains 1 where higher is better, and loses 1 where lower is; its value stays 1."""
    found = paired(
        measured(**{metric: [[[1.0, 2.0, 3.0]]]}), measured(**{metric: [[[2.0, 3.0, 4.0]]]}), objectives=[metric]
    )
    assert joint(found).least_gains(0).tolist() == [gain] * 3
    assert joint(found).values(0) == [1.0]


def test_the_family_of_the_least_gain_counts() -> None:
    """As a share of what the baseline comes to: +1 of 10 here and -0.5 of 100 there are +1 and -0.05 of 10."""
    base, tenfold = ([[[factor * x for x in (9.9, 10.0, 10.1)]]] for factor in (1.0, 10.0))
    here = paired(measured(descent_area=base), measured(descent_area=[[[10.9, 11.0, 11.1]]]))
    there = paired(measured(descent_area=tenfold), measured(descent_area=[[[98.5, 99.5, 100.5]]]))
    both = joint(here, there=there)
    assert both.gains(0)["first"].tolist() == pytest.approx([1.0] * 3)
    assert both.least_gains(0).tolist() == pytest.approx([-0.05] * 3)
    assert both.values(0) == pytest.approx([-0.05])


@pytest.mark.parametrize(
    ("limit", "missed"), [(0.5, 0.1), (0.7, -0.1), ("baseline", 0.2)], ids=["broken", "kept", "baseline"]
)
def test_a_limit_on_what_does_not_vary_is_missed_by_the_distance(limit: float | str, missed: float) -> None:
    """Of a metric that is better low: 0.6 less 0.5, 0.7, or the 0.4 of the baseline; above 0 the limit is broken."""
    found = paired(
        measured(false_dethroning=[[[0.4, 0.4, 0.4]]]),
        measured(false_dethroning=[[[0.6, 0.6, 0.6]]]),
        constraints={"false_dethroning": limit},
    )
    assert joint(found).violations(0) == {"false_dethroning": pytest.approx(missed)}
    assert joint(found).feasible(0) == (missed <= 0)


def test_a_limit_is_kept_as_surely_as_asked_for_in_every_family() -> None:
    """Student's t with 2 degrees of freedom is below 1.8856 with a chance of 90 %: so many standard errors are kept."""
    row, base = np.array([0.5, 0.6, 0.7]), measured(false_dethroning=[[[0.4, 0.4, 0.4]]])
    edge = 0.6 + 1.885618 * 0.1 / 3**0.5
    for limit, kept in ((edge + 1e-6, True), (edge - 1e-6, False)):
        found = paired(base, measured(false_dethroning=[[row]]), constraints={"false_dethroning": limit})
        easy = paired(base, base, constraints={"false_dethroning": limit})
        assert joint(easy, hard=found).feasible(0) == kept
        assert joint(easy, hard=found).chances(0, "false_dethroning") == {
            "first": 1.0,
            "hard": pytest.approx(0.9, abs=1e-5),
        }


def test_a_metric_that_does_not_exist_keeps_no_limit() -> None:
    """NaN in all worlds is not feasible, and neither is a candidate that failed in a world."""
    none, one = measured(delay_p95=[[[np.nan] * 3]]), measured(("boom",), delay_p95=[[[1.0] * 3]])
    unknown = joint(paired(one, none, constraints={"delay_p95": 1.0}))
    assert unknown.violations(0) == {"delay_p95": UNKNOWN}
    assert not unknown.feasible(0)
    assert not joint(paired(one, one, constraints={"delay_p95": 2.0})).feasible(0)


def test_a_deviant_counts_where_it_gains_most() -> None:
    """`ic_gap` is the largest mean over populations, other metrics are those of the first population."""
    rows = [[[0.0] * 3, [1.0, 2.0, 3.0], [np.nan] * 3]]
    found = measured(ic_gap=rows, luck=rows)
    assert (level(found, 0, "ic_gap"), level(found, 0, "luck")) == (2.0, 0.0)
