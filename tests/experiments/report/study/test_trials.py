"""Pictures of all trials of a search, and the Pareto front."""

import pytest
from study_results import as_results, named, spec, trial

from experiments.report.study.trials import front, history


def test_best_so_far_is_of_those_that_count(tmp_path):
    """By hand: a broken limit and an early stop do not count, and it never falls."""
    of = spec(tmp_path)
    trials = [
        trial(of, {}, [0.001], family="linear"),
        trial(of, {}, [0.009], missed=0.5, family="linear"),
        trial(of, {}, [0.008], state="PRUNED", family="fixed"),
        trial(of, {}, [-0.002], family="fixed"),
        trial(of, {}, [0.003], family="linear"),
    ]
    made = history(as_results(of, trials))
    (best,) = named(made, "best so far")

    assert best["x"] == [0, 3, 4, 4]
    assert best["y"] == pytest.approx([0.1, 0.1, 0.3, 0.3])
    assert [trace["marker"]["symbol"] for trace in named(made, "linear") if len(trace["x"])] == [
        "circle",
        "circle-open",
    ]
    assert [trace["x"] for trace in named(made, "fixed") if len(trace["x"])] == [[3], [2]]


def test_legends_name_every_family(tmp_path):
    """A family whose trials all broke a limit has an entry too: plotly leaves out traces without a point."""
    of = spec(tmp_path)
    trials = [trial(of, {}, [0.001], family="linear"), trial(of, {}, [0.009], missed=0.5, family="fixed")]
    entries = [trace for trace in named(history(as_results(of, trials)), "fixed") if trace["showlegend"]]
    assert [trace["x"] for trace in entries] == [[None]]


def test_failed_trials_are_marked(tmp_path):
    """A trial without a value stands in the picture with its error."""
    of = spec(tmp_path)
    made = history(as_results(of, [trial(of, {}, [0.0], family="fixed"), trial(of, {}, state="FAIL", error="broke")]))
    (failed,) = named(made, "failed")

    assert (failed["x"], failed["text"]) == ([1], ["broke"])


def test_front_is_of_those_that_nobody_beats(tmp_path):
    """By hand: of four trials two are on the front, one is beaten, and one broke a limit; lower waste is a gain."""
    of = spec(tmp_path, "[linear]", "[descent_area, waste]")
    values = [[0.01, -0.1], [0.02, 0.1], [0.005, 0.0], [0.05, -0.5]]
    trials = [trial(of, {}, value, missed=float(i == 3)) for i, value in enumerate(values)]
    large = [trace for trace in named(front(as_results(of, trials)), "linear") if trace["marker"]["size"] > 10]

    assert [trace["x"] for trace in large] == [pytest.approx([1.0, 2.0])]
    assert [trace["y"] for trace in large] == [pytest.approx([10.0, -10.0])]
    assert not front(as_results(spec(tmp_path), [])).panels
