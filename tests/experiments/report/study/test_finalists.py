"""Pictures of the finalists: the schedules that were found, and each with its numbers a quarter off."""

import numpy as np
import pytest
from report_page import numbers
from study_results import LINEAR, MANIFEST, document, finalist, named, reranked, spec, study_page, trial

from experiments.report.study.finalists import AGES, find_similar, schedules, shifts
from experiments.report.study.results import StudyResults


def test_schedules_are_the_policies(tmp_path):
    """The deployed line from 0.5 % to 0.01 % in two days, and a band from the least to the most of the good ones."""
    low, high = {**LINEAR, "start": 0.002}, {**LINEAR, "start": 0.008}
    shortlist = [reranked(0, 0.002, parameters=low), reranked(1, 0.0018, parameters=high), reranked(2, 0.001)]
    told = document([finalist()], 0, shortlist)
    made = schedules(StudyResults(spec(tmp_path), (), told, MANIFEST))
    expected = np.where(AGES < 2, 0.5 - 0.245 * AGES, 0.01)
    (line,) = named(made, "linear, trial 0 ◂ recommended")
    (deployed,) = named(made, "sn9-2025-03")
    (band,) = named(made, "2 that may be as good")

    assert numbers(line["y"]) == pytest.approx(expected, abs=1e-6)
    assert numbers(deployed["y"]) == pytest.approx(expected, abs=1e-6)
    assert numbers(band["y"])[0] == pytest.approx(0.8)
    assert "spans, age by age, the 2 candidates" in study_page(tmp_path, told)[0].text


def test_as_good_are_those_whose_interval_reaches_the_best(tmp_path):
    """Who broke a limit does not count, however good."""
    shortlist = [
        reranked(0, 0.009, feasible=False),
        reranked(1, 0.003),
        reranked(2, 0.002, half=0.001),
        reranked(3, 0.002, half=0.0009),
    ]
    told = StudyResults(spec(tmp_path), (), document([], shortlist=shortlist), MANIFEST)

    assert [each["trial"] for each in find_similar(told)] == [1, 2]


def test_policies_that_read_history_are_said_to(tmp_path):
    """They are drawn for an empty history."""
    inner = {"then": {"linear": LINEAR}}
    each = finalist(policy="crown-age", parameters=inner)
    of = spec(tmp_path, "[crown-age]")
    seen, _ = study_page(tmp_path, document([each]), of, [trial(of, {}, [0.001])])

    assert "crown-age, trial 0: these read public history, and are drawn for an empty one" in seen.text


def test_shifts_begin_with_the_schedule_as_found(tmp_path):
    """A row for the finalist itself, then one for each number a quarter off."""
    moved = [{"value": value, "difference": finalist()["difference"]} for value in (0.00375, 0.00625)]
    sensitivity = {"worst": 0.002, "mean": 0.002, "robust": True, "numbers": {"start": moved}}
    (panel,) = shifts(
        StudyResults(spec(tmp_path), (), document([finalist(sensitivity=sensitivity)], 0), MANIFEST)
    ).panels

    assert panel.layout["yaxis"]["ticktext"] == ["as it was found", "start = 0.00375", "start = 0.00625"]
    assert not shifts(StudyResults(spec(tmp_path), (), document([finalist()]), MANIFEST)).panels
