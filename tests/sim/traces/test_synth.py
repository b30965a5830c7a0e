"""Synthesised curves: ends, shapes, seeds and time."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from places import BESIDE

from policies.errors import InputError
from sim.traces.curve import read_library, write_library
from sim.traces.laws import datasets, throughput
from sim.traces.laws.published import LAWS, law
from sim.traces.synth import FIRST_LOSS, SHAPES, Spec, runs, spec_of, synthesise

SPEC = Spec(124e6, 10e9)
QUIET = replace(SPEC, noise=False)
OLMO = BESIDE / "traces" / "olmo_ladder"
C4 = "eval/c4_en-validation/CrossEntropyLoss"


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_last_point_is_the_scaling_laws(name, shape):
    """Under a cosine to a tenth the curve ends at L(N, D) of the data set, whatever the shape."""
    curve = synthesise(replace(QUIET, dataset=name, law=shape))
    assert curve.final_loss == pytest.approx(float(law(name).loss(124e6, 10e9)))
    assert curve.tokens[-1] == pytest.approx(10e9, rel=1e-4)
    assert len(curve) == 200


@pytest.mark.parametrize(("schedule", "low", "high"), [
    ("cosine", 0.0, 0.0), ("constant", 0.05, 0.08), ("wsd", -0.06, -0.02), ("wsd-linear", -0.05, -0.02),
])  # fmt: skip
def test_schedules_end_apart(schedule, low, high):
    """A constant rate ends above the cosine and a WSD below it, as in the 100M multi-power files (+0.056, -0.028)."""
    spec = replace(QUIET, parameters=100e6, tokens=24_000 * 524_288, schedule=schedule)
    ends = synthesise(spec).final_loss - synthesise(replace(spec, schedule="cosine")).final_loss
    assert low - 1e-9 <= ends <= high + 1e-9


def test_a_curve_falls_and_begins_at_what_a_fresh_model_loses():
    """No point is above the loss of guessing, and without noise the curve never rises."""
    curve = synthesise(QUIET)
    assert curve.loss.max() <= FIRST_LOSS
    assert np.all(np.diff(curve.loss) <= 0)
    assert np.all(np.diff(curve.seconds) > 0)


def test_seeds_differ_as_measured():
    """Final losses of 400 seeds: sd 0.0012 (6.2) and 0.00008 of the last validation, within 4 standard errors."""
    ends = np.array([curve.final_loss for curve in runs(replace(SPEC, points=1), 400)])
    mean = float(law("refinedweb").loss(124e6, 10e9))
    assert abs((ends.std() / np.hypot(0.0012, 0.00008) - 1) * np.sqrt(800)) < 4
    assert abs(ends.mean() - mean) < 4 * 0.0012 / 20


def test_a_run_is_decided_by_its_seed_and_number():
    """The same specification gives the same curve, alone or among others; another seed or number another one."""
    third = list(runs(SPEC, 3))[2]
    again = synthesise(replace(SPEC, run=2))
    np.testing.assert_array_equal(third.loss, again.loss)
    np.testing.assert_array_equal(third.seconds, again.seconds)
    assert third.seed == 2
    assert not np.array_equal(again.loss, synthesise(replace(SPEC, run=3)).loss)
    assert not np.array_equal(again.loss, synthesise(replace(SPEC, run=2, seed=1)).loss)


def test_training_loss_is_noisier_by_far():
    """Residuals of single-batch losses have sd 0.11, those of windows of 100 steps a tenth of it."""
    for points, sd in ((19_073, 0.11), (190, 0.011)):
        spec = replace(SPEC, kind="train", points=points)
        residual = (synthesise(spec).loss - synthesise(replace(spec, noise=False)).loss)[points // 2 :]
        assert residual.std() == pytest.approx(sd, rel=4 / np.sqrt(points))


def test_judged_on_moves_by_the_table():
    """Judged on code, a RedPajama-trained run ends at the line of RefinedWeb's plus the difference of its compute."""
    spec = replace(QUIET, dataset="redpajama", judged_on="code")
    home = float(law("refinedweb").loss(124e6, 10e9))
    expected = datasets.judged(home, 6 * 124e6 * 10e9, "redpajama", "code")
    assert synthesise(spec).final_loss == pytest.approx(float(expected))
    assert synthesise(spec).dataset == "code"
    with pytest.raises(InputError, match="trained on 'olmo'"):
        synthesise(replace(spec, dataset="olmo"))


def test_time_is_the_tables():
    """Without noise the time is tokens over throughput; more and faster GPUs need less of it."""
    assert synthesise(QUIET).seconds[-1] == pytest.approx(throughput.seconds(124e6, QUIET.steps * 524_288.0))
    hours = [
        synthesise(replace(QUIET, gpu=gpu, gpus=n)).seconds[-1] for gpu, n in (("a100", 8), ("h100", 8), ("h100", 16))
    ]
    assert hours == sorted(hours, reverse=True)
    assert synthesise(SPEC).seconds[-1] == pytest.approx(hours[1] * 1.007, rel=0.006)


@pytest.mark.parametrize("given", [
    {"parameters": 0.0}, {"parameters": float("nan")}, {"tokens": 1e30}, {"tokens": 1e6}, {"points": 0},
    {"points": 10**6}, {"schedule": "sine"}, {"law": "power"}, {"dataset": "pile"}, {"judged_on": "pile"},
    {"gpu": "tpu"}, {"gpus": 0}, {"failure": "fire"}, {"warmup": 10**6}, {"end": 2.0},
], ids=str)  # fmt: skip
def test_what_makes_no_run_is_refused(given):
    """Every fault of a specification is an input error, never another one."""
    with pytest.raises(InputError):
        synthesise(replace(SPEC, **given))


def test_stretched_laws_are_told():
    """A run outside the fits carries a warning for each law that it stretches; one inside none but the first."""
    assert len(synthesise(SPEC).warnings) == 1
    stretched = synthesise(replace(SPEC, parameters=14e9, tokens=1e12, tokens_per_step=4e6)).warnings
    assert [words for words in stretched if words.startswith("outside the scaling law: 1.4e+10 parameters")]
    assert [words for words in stretched if words.startswith("outside the shape law")]


def test_a_library_keeps_the_specification(tmp_path):
    """A synthesised curve comes back from disk with what it was made from."""
    spec = replace(SPEC, schedule="wsd", run=3)
    write_library(tmp_path / "l.parquet", [synthesise(spec)])
    assert spec_of(read_library(tmp_path / "l.parquet")[0]) == spec
    assert spec_of(replace(synthesise(spec), format="nanogpt")) is None


@pytest.mark.parametrize(("size", "parameters", "warmup", "shape", "end"), [
    ("190M", 190.6e6, 363, 0.010, 0.037), ("370M", 371.7e6, 472, 0.016, 0.021), ("760M", 758.9e6, 578, 0.021, 0.038),
    ("1B", 1.280e9, 813, 0.016, 0.011), ("3B", 3.171e9, 1008, 0.025, 0.063),
])  # fmt: skip
def test_curves_of_the_ladder(size, parameters, warmup, shape, end):
    """The OLMo ladder, another source than the shape's: the end within 0.063 nats, the last two thirds' shape 0.025."""
    files = sorted(OLMO.glob(f"{size}-*xC*.csv"))
    if not files:
        pytest.skip(f"needs {OLMO}: real curves")
    for path in files:
        with path.open(encoding="utf-8") as file:
            rows = [r for r in csv.DictReader(file) if r[C4]]
        names = ("_step", "throughput/total_tokens", C4)
        step, tokens, loss = np.array([[float(r[name]) for name in names] for r in rows]).T
        spec = Spec(parameters, tokens[-1], "olmo", tokens_per_step=tokens[-1] / step[-1], warmup=warmup, noise=False)
        curve = synthesise(replace(spec, points=min(spec.steps, 5000)))
        error = np.interp(step, curve.step, curve.loss) - loss
        assert abs(error[-1]) < end
        assert np.sqrt(np.mean((error - error[-1])[step > step[-1] / 3] ** 2)) < shape
