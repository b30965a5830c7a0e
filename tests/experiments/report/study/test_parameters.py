"""Pictures of the numbers that were searched."""

import numpy as np
import optuna
import pytest
from study_results import as_results, spec, trial

from experiments.report.study.page import render
from experiments.report.study.parameters import FEWEST, compute_importances, importance, slices


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_importance_is_of_what_makes_trials_good(tmp_path, sign):
    """The best depend on one number and the worst on another: it is the first one that matters."""
    of = spec(tmp_path, "[linear]", "[descent_area]" if sign > 0 else "[misallocation]")
    places = [(a, b) for a in np.linspace(0.02, 0.98, 8) for b in np.linspace(0.02, 0.98, 8)]
    values = [10.0 * (a > 0.9) - 10.0 * (b > 0.9) + 1e-3 * i for i, (a, b) in enumerate(places)]
    trials = [
        trial(of, {"linear.start": a, "linear.decay_blocks": b}, [sign * value])
        for (a, b), value in zip(places, values, strict=True)
    ]
    shares = compute_importances(as_results(of, trials).points)

    assert max(shares, key=shares.get) == "linear.start"
    assert sum(shares.values()) == pytest.approx(1.0)


def test_importance_of_few_or_equal_trials_is_not_drawn(tmp_path):
    """Fewer trials than it takes, or no difference between them: there is nothing to see."""
    of = spec(tmp_path, "[linear]")
    few = [trial(of, {"linear.start": i / FEWEST}, [float(i)]) for i in range(FEWEST - 1)]
    equal = [trial(of, {"linear.start": i / FEWEST}, [1.0]) for i in range(FEWEST)]

    assert not importance(as_results(of, few)).panels
    assert not importance(as_results(of, equal)).panels
    assert importance(as_results(of, [*few, trial(of, {}, [3.5])])).panels


def test_importance_of_numbers_that_hardly_matter_is_a_sentence(tmp_path):
    """Only the start decides, so the others have no bar; the note counts them."""
    of = spec(tmp_path, "[linear]")
    places = [(i / 40, i * 7 % 40 / 40) for i in range(40)]
    trials = [trial(of, {"linear.start": a, "linear.decay_blocks": b}, [float(a > 0.89)]) for a, b in places]
    shares = compute_importances(as_results(of, trials).points)
    (panel,) = importance(as_results(of, trials)).panels
    drawn = sum(share >= 0.005 for share in shares.values())
    assert len(panel.data[0]["y"]) == drawn
    assert ("Less than 0.5 % each, and not drawn" in render(as_results(of, trials))) == (drawn < len(shares))


def test_slices_show_parameters_and_not_shares(tmp_path):
    """The end of a linear decay is searched as a share of its start, and drawn as what it comes to."""
    of = spec(tmp_path, "[{linear: {start: {low: 0.001, high: 0.003, scale: linear}, end: {low: 0.0, high: 0.003}}}]")
    trials = [trial(of, {"linear.start": u, "linear.end_share": u}, [u]) for u in (0.0, 0.5, 1.0)]
    panel = slices(as_results(of, trials)).panels[0]
    titles = {key: ax["title"]["text"] for key, ax in panel.layout.items() if key.startswith("xaxis")}
    drawn = {titles[f"xaxis{trace['xaxis'][1:]}"]: trace for trace in panel.data}

    assert drawn["start"]["x"] == pytest.approx([0.001, 0.002, 0.003])
    assert drawn["end"]["x"] == pytest.approx([0.0, 0.5 * 0.002, 0.003])
    assert drawn["end"]["y"] == pytest.approx([0.0, 50.0, 100.0])


def test_optuna_goes_on_as_loud_as_it_was(tmp_path):
    """Computing importances leaves Optuna's own level of messages alone."""
    of = spec(tmp_path, "[linear]")
    before = optuna.logging.get_verbosity()
    compute_importances(as_results(of, [trial(of, {"linear.start": i / 9}, [float(i)]) for i in range(9)]).points)

    assert optuna.logging.get_verbosity() == before
