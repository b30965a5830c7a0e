"""Losses on one set of models trained on another, against the models that they were computed from."""

import csv
from collections import defaultdict

import numpy as np
import pytest
from places import BESIDE

from policies.errors import InputError
from sim.traces.laws import datasets

MLF = BESIDE / "traces" / "mlf_scaling" / "models.csv"
NAMES = {"c4": "c4_original", "redpajama": "rpj"}


@pytest.fixture(scope="module")
def models():
    """Loss by (size, tokens per parameter), training set and evaluation set, and the compute of each size."""
    if not MLF.is_file():
        pytest.skip(f"needs {MLF}: the models that the shifts were computed from")
    losses, compute = defaultdict(dict), {}
    with MLF.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = (row["params"], float(row["chinchilla_multiplier"]))
            losses[key][row["train_dataset"], row["eval_set"]] = float(row["loss_nats_per_token"])
            compute[key] = 6 * float(row["params_no_embed"]) * float(row["tokens"])
    return losses, compute


@pytest.mark.parametrize(("trained_on", "judged_on"), datasets.SHIFTS)
def test_shifts_are_those_of_the_models(models, trained_on, judged_on):
    """Mean and sd of the differences over pairs, and their slope per decade of compute."""
    losses, compute = models
    judge, other = datasets.JUDGES[judged_on], NAMES[trained_on]
    pairs = [key for key in losses if {(other, judge), ("rw_original", judge)} <= losses[key].keys()]
    found = np.array([losses[key][other, judge] - losses[key]["rw_original", judge] for key in pairs])
    stated = datasets.shift(trained_on, judged_on)
    assert len(pairs) == stated.pairs
    assert found.mean() == pytest.approx(stated.nats, abs=0.0006)
    assert found.std(ddof=1) == pytest.approx(stated.sd, abs=0.0006)
    slope, _ = np.polyfit(np.log10([compute[key] for key in pairs]), found, 1)
    assert slope == pytest.approx(stated.per_decade, abs=0.0006)


@pytest.mark.parametrize("judged_on", datasets.JUDGES)
def test_levels_are_those_of_the_models(models, judged_on):
    """RefinedWeb-trained models of the law's range lie within the stated rmse of their line."""
    losses, _ = models
    judge, home = datasets.JUDGES[judged_on], datasets.JUDGES["refinedweb"]
    wide = [runs for (size, times), runs in losses.items() if float(size) > 6e7 and times >= 1]
    rows = [(r["rw_original", home], r["rw_original", judge]) for r in wide if ("rw_original", judge) in r]
    x, y = np.array(rows).T
    start, slope = datasets.LEVELS[judged_on]
    most = {"refinedweb": 1e-12, "c4-validation": 0.0215, "c4-paloma": 0.0085, "redpajama": 0.0335, "code": 0.1245}
    assert len(x) == 16
    assert np.sqrt(np.mean((start + slope * x - y) ** 2)) < most[judged_on]


def test_shifts_fade_with_compute_and_stay_beyond_the_pairs():
    """RedPajama's lead on code halves from 1e16 to 1e21 FLOP, and is the same at 1e22 and 1e30."""
    lead = [
        datasets.judged(3.0, compute, "refinedweb", "code") - datasets.judged(3.0, compute, "redpajama", "code")
        for compute in (1e16, 1e21, 1e22, 1e30)
    ]
    assert lead[0] == pytest.approx(2.14, abs=0.01)
    assert lead[1] < lead[0] / 2
    assert lead[2] == lead[3]
    assert datasets.judged(3.0, 1e20, "refinedweb", "refinedweb") == 3.0


def test_judging_where_one_has_trained_pays():
    """C4 costs C4-trained models 0.066 less, code RedPajama's 1.6 less, at the pairs' mean compute."""
    at = {name: 10.0 ** datasets.REACH[name][0] for name in NAMES}
    for trained_on, judged_on, nats in (("c4", "c4-validation", -0.066), ("redpajama", "code", -1.608)):
        home = datasets.judged(3.0, at[trained_on], "refinedweb", judged_on)
        away = datasets.judged(3.0, at[trained_on], trained_on, judged_on)
        assert away - home == pytest.approx(nats, abs=1e-3)


def test_unknown_sets_are_refused():
    """A set that no model was trained or judged on is named with its neighbour."""
    with pytest.raises(InputError, match="trained on 'pile'"):
        datasets.shift("pile", "code")
    with pytest.raises(InputError, match="did you mean 'c4-paloma'"):
        datasets.judged(3.0, 1e20, "c4", "c4-palome")
