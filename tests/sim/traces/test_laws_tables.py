"""Measured tables behind synthesised curves: data sets and throughput, against the files they were computed from."""

import csv
from collections import defaultdict

import numpy as np
import pytest
from places import BESIDE

from policies.errors import InputError
from sim.traces.laws import datasets, throughput

MLF = BESIDE / "traces" / "mlf_scaling" / "models.csv"
MPT = BESIDE / "traces" / "throughput" / "mpt_fsdp_benchmarks.csv"
NAMES = {"c4": "c4_original", "redpajama": "rpj"}
GPUS = {"a100_40gb": "a100-40", "a100_80gb": "a100", "h100_80gb": "h100"}


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
    lead = [-datasets.difference("redpajama", "code", compute) for compute in (1e16, 1e21, 1e22, 1e30)]
    assert lead[0] == pytest.approx(2.14, abs=0.01)
    assert lead[1] < lead[0] / 2
    assert lead[2] == lead[3]
    assert datasets.difference("refinedweb", "code", 1e20) == 0.0


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


@pytest.mark.parametrize(("size", "a100_40", "a100", "h100"), [
    (1.316e9, (15_600, 19_300), (17_800, 20_500), (38_500, 46_000)),
    (2.652e9, (8_800, 10_100), (9_500, 10_800), (21_000, 24_100)),
    (6.659e9, (3_400, 3_700), (3_700, 4_600), (8_600, 10_600)),
    (12.85e9, (1_600, 2_000), (2_060, 2_260), (4_700, 5_080)),
])  # fmt: skip
def test_rows_of_the_table(size, a100_40, a100, h100):
    """Least and most tokens per second and GPU; the estimate is between them."""
    for gpu, stated in (("a100-40", a100_40), ("a100", a100), ("h100", h100)):
        assert throughput.measured(size, gpu) == pytest.approx(stated)
        assert stated[0] < throughput.per_gpu(size, gpu) < stated[1]


def test_every_measured_row_is_near():
    """All bf16 rows of the MPT tables at sequences of 2,048 and 4,096 within 16 %, half of them within 8 %."""
    if not MPT.is_file():
        pytest.skip(f"needs {MPT}: the measured table")
    with MPT.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["precision"] == "amp_bf16" and r["seq_len"] in ("2048", "4096")]
    ratios = {r: throughput.per_gpu(float(row["params"]), GPUS[row["gpu"]], int(row["n_gpu"]))
              / float(row["tokens_per_s_per_gpu"]) for r, row in enumerate(rows)}  # fmt: skip
    off = np.abs(np.log(list(ratios.values())))
    assert len(off) > 60
    assert off.max() < 0.16
    assert np.median(off) < 0.08


def test_ratios_of_the_15b_run():
    """A100, H100 and GB200 do the same steps at 1 : 2.35 : 3.7; the table's H100 is 2.2 A100 at 13B."""
    speed = {gpu: throughput.per_gpu(15e9, gpu) for gpu in ("a100", "h100", "h200", "gb200")}
    assert speed["gb200"] / speed["h100"] == pytest.approx(3.7 / 2.35)
    assert speed["h100"] / speed["a100"] == pytest.approx(2.35, rel=0.05)
    assert 1.0 <= speed["h200"] / speed["h100"] <= 1.15


def test_cost_frame():
    """The 3B model (2.65B parameters) on 100B tokens takes 53 H100-days; the table has 48 to 55."""
    assert 8 * throughput.seconds(2.652e9, 100e9) / 86_400 == pytest.approx(53, rel=0.035)
    assert 8 * throughput.seconds(12.85e9, 100e9) / 86_400 == pytest.approx(236, rel=0.01)


def test_usual_mfu():
    """0.35 to 0.45 on H100 and 0.45 to 0.60 on A100 with attention counted, a tenth less without."""
    for size in (1.316e9, 2.652e9, 6.659e9, 12.85e9):
        assert 0.31 < 6 * size * throughput.per_gpu(size, "h100") / throughput.GPUS["h100"][2] < 0.45
        assert 0.45 < 6 * size * throughput.per_gpu(size, "a100") / throughput.GPUS["a100"][2] < 0.60


def test_more_gpus_lose_a_few_per_cent_per_doubling():
    """From 128 to 512 H100 the tables lose 3.5 % per doubling: the mean of 7B, 1B, 3B and 13B."""
    factor = throughput.per_gpu(7e9, "h100", 512) / throughput.per_gpu(7e9, "h100", 128)
    assert factor == pytest.approx(
        np.mean([9_670 / 10_475, 39_837 / 44_123, 21_664 / 23_422, 4_952 / 5_080]), abs=0.002
    )
    assert throughput.per_gpu(7e9, "h100", 128) == throughput.per_gpu(7e9, "h100", 8)


def test_beyond_the_table_the_arithmetic_stays():
    """Ten times the largest size does a tenth of the tokens, and time is tokens over all GPUs' speed."""
    assert throughput.per_gpu(648.6e9) == pytest.approx(throughput.per_gpu(64.86e9) / 10)
    assert throughput.seconds(1e9, 1e12, "h100", 8) == pytest.approx(1e12 / (8 * throughput.per_gpu(1e9)))


@pytest.mark.parametrize(("gpu", "gpus"), [("h1000", 8), ("h100", 0)])
def test_machines_that_do_not_exist_are_refused(gpu, gpus):
    """An unknown GPU, or none."""
    with pytest.raises(InputError):
        throughput.per_gpu(1e9, gpu, gpus)
