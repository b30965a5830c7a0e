"""Noise of synthesised curves: sizes as measured, by Monte Carlo, and nothing that hangs on the order of drawing."""

import json

import numpy as np
import pytest
from places import BESIDE

from sim.streams import stream
from sim.traces.laws import noise

RUNS = 4000
MIDDLES = np.arange(0.05, 1.0, 0.1)
GOLDEN = BESIDE / "traces" / "megatron_golden"
MULTIPOWER = BESIDE / "traces" / "multipowerlaw"


def z_of_sd(sample, sd):
    """By how many standard errors the sd of a normal sample misses the expected one."""
    return (np.std(sample) / sd - 1) * np.sqrt(2 * len(sample))


@pytest.fixture(scope="module")
def offsets():
    """Offsets of many seeds at fine shares of the run, `[runs, points]`."""
    progress = np.linspace(0.0, 1.0, 201)
    return progress, np.array([noise.seed_offset(progress, 0.0012, stream(1, "seed", i)) for i in range(RUNS)])


@pytest.mark.parametrize(("parameters", "sd"), [(0.124e9, 0.0012), (0.3e9, 0.0005), (3e9, 0.0005), (175e9, 0.0002)])
def test_seed_sd_by_size(parameters, sd):
    """Sd 0.0012 at 0.1B, 0.0005 from 0.3 to 3B, 0.0002 for very large models; in between it falls."""
    assert noise.seed_sd(parameters) == pytest.approx(sd)
    assert noise.seed_sd(1e6) == pytest.approx(0.0012)
    assert 0.0005 < noise.seed_sd(0.2e9) < 0.0012


def test_seed_sd_by_tenth(offsets):
    """The sd over runs at the middle of each of the first seven tenths, within 4 standard errors."""
    progress, drawn = offsets
    for middle, sd in list(zip(MIDDLES, noise.TENTHS, strict=True))[:7]:
        at = int(np.argmin(np.abs(progress - middle)))
        assert abs(z_of_sd(drawn[:, at], sd)) < 4, middle


def test_seed_sd_between_the_tenths(offsets):
    """Between two tenths the sd lies between theirs: mixing two independent numbers does not lose variance."""
    progress, drawn = offsets
    for share in (0.1, 0.2, 0.33, 0.5):
        at = int(np.argmin(np.abs(progress - share)))
        assert abs(z_of_sd(drawn[:, at], 0.0012 * noise.seed_factor(np.array([share]))[0])) < 4


def test_a_seed_stays_over_the_last_third(offsets):
    """From two thirds on every run keeps its offset to the last digit; its sd is the final one, its mean 0."""
    progress, drawn = offsets
    late = drawn[:, progress >= 2 / 3 + 1e-9]
    np.testing.assert_array_equal(late, np.broadcast_to(late[:, -1:], late.shape))
    assert abs(z_of_sd(late[:, -1], 0.0012)) < 4
    assert abs(late[:, -1].mean()) < 4 * 0.0012 / np.sqrt(RUNS)


def test_early_offsets_foretell_little(offsets):
    """The early wandering is independent of the final offset: correlation 0.0012 / 0.0069 in the first tenth."""
    progress, drawn = offsets
    at = int(np.argmin(np.abs(progress - 0.05)))
    expected = 0.0012 / 0.0069
    assert np.corrcoef(drawn[:, at], drawn[:, -1])[0, 1] == pytest.approx(expected, abs=4 / np.sqrt(RUNS))


def test_validation_noise_is_white_and_falls_with_the_rate():
    """sd 0.0008 at the peak, 0.00008 at a tenth of it; differences of neighbours correlate with -0.5."""
    drawn = noise.validation(np.repeat([1.0, 0.1], RUNS), stream(2, "validation"))
    assert abs(z_of_sd(drawn[:RUNS], 0.0008)) < 4
    assert abs(z_of_sd(drawn[RUNS:], 0.00008)) < 4
    steps = np.diff(drawn[:RUNS])
    assert np.corrcoef(steps[1:], steps[:-1])[0, 1] == pytest.approx(-0.5, abs=4 / np.sqrt(RUNS))


@pytest.mark.parametrize(("file", "low", "high"), [
    ("csv_100/constant_24000.csv", 0.0004, 0.0010), ("csv_400/constant_24000.csv", 0.0004, 0.0013),
])  # fmt: skip
def test_validation_noise_of_real_curves(file, low, high):
    """Second differences of a constant-rate curve give about 0.0008; those of a cosine's end a quarter or less."""
    path = MULTIPOWER / file
    if not path.is_file():
        pytest.skip(f"needs {path}: a real curve")
    table = np.genfromtxt(path, delimiter=",", names=True)
    decayed = np.genfromtxt(path.with_name("cosine_24000.csv"), delimiter=",", names=True)
    hot = np.diff(table["loss"][table["step"] > 6000], 2).std() / np.sqrt(6)
    cold = np.diff(decayed["loss"][decayed["step"] > 22_000], 2).std() / np.sqrt(6)
    assert low < hot < high
    assert cold < hot / 4


@pytest.mark.parametrize(("parameters", "tokens", "sd"), [(124e6, 524_288, 0.11), (15e9, 1_572_864, 0.024)])
def test_batch_noise(parameters, tokens, sd):
    """Sd of one batch's loss; four times the tokens halve it, and so does a window of four steps."""
    assert noise.batch_sd(parameters, tokens) == pytest.approx(sd)
    assert noise.batch_sd(parameters, 4 * tokens) == pytest.approx(sd / 2)
    drawn = noise.batches(sd, np.repeat([1.0, 4.0], RUNS), stream(3, "batches"))
    assert abs(z_of_sd(drawn[:RUNS], sd)) < 4
    assert abs(z_of_sd(drawn[RUNS:], sd / 2)) < 4


def test_clock_of_runs():
    """The time of runs has sd 0.11 % and what the chance of long steps adds, 4.3 % per step."""
    ends = np.array([noise.step_seconds(0.2, 2000, stream(4, "clock", i)).sum() / 400 for i in range(400)])
    assert abs(z_of_sd(ends, np.hypot(0.0011, 0.043 / np.sqrt(2000)))) < 4
    assert 1.003 < ends.mean() < 1.010


def test_steps_on_the_clock():
    """Ordinary steps have sd 0.1 %; 95th percentile 1.02 to 1.16 medians, longest 1.1 to 4.3."""
    steps = noise.step_seconds(1.5, 50_000, stream(5, "clock"))
    steps /= np.median(steps)
    assert 1.02 < np.quantile(steps, 0.95) < 1.16
    assert 1.1 < steps.max() <= 4.31
    ordinary = steps[steps < 1.004]
    assert np.std(ordinary) == pytest.approx(0.001, rel=0.1)


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("gpt3_15b*")) or [None], ids=lambda p: p.stem if p else "none")
def test_steps_on_real_clocks(file):
    """The 15B runs after their start: 95th percentile 1.01 to 1.17 medians, longest 1.1 to 4.3."""
    if file is None:
        pytest.skip(f"needs {GOLDEN}: real step times")
    found = json.loads(file.read_text())["iteration-time"]["values"]
    seconds = np.array([value for step, value in found.items() if value != "nan" and int(step) > 25])
    seconds /= np.median(seconds)
    assert 1.01 < np.quantile(seconds, 0.95) < 1.17
    assert 1.1 < seconds.max() < 4.3
