"""Recordings: they learn, a seed decides them, and a killed one goes on as if nothing had happened."""

import math
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from experiments.recorder import checkpoint
from experiments.recorder.job import Job
from experiments.recorder.model import spread
from experiments.recorder.recording import record
from experiments.recorder.text import CorpusError, corpus, split
from sim.streams import stream

WORDS = ["crown", "epsilon", "king", "loss", "miner", "model", "page", "reign", "step", "weight"]
JOB = Job("toy", "20k", "cosine", "adamw", tokens=8 * 32 * 150, batch=8, context=32, rate=1e-2, every=25)
KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[3])
from dataclasses import replace
from pathlib import Path
from test_recording import JOB, toy
from experiments.recorder.recording import record
kill = lambda step, total: step == 60 and os.kill(os.getpid(), signal.SIGKILL)
record(replace(JOB, optimiser=sys.argv[2]), *toy(), folder=Path(sys.argv[1]), progress=kill)
"""


def toy():
    """A language of ten words: the text to learn from, and one held-out text."""
    lines = [" ".join(WORDS[i] for i in stream(0, "toy", n).integers(0, 10, 40)).encode() for n in range(300)]
    training, held = split(lines)
    return corpus("toy", training), [corpus("held", held)]


@pytest.fixture(scope="module")
def whole():
    """One recording from beginning to end, for each optimiser."""
    return {kind: record(replace(JOB, optimiser=kind), *toy())[0] for kind in ("adamw", "muon")}


@pytest.mark.parametrize("kind", ["adamw", "muon"])
def test_a_model_learns_more_than_how_frequent_bytes_are(whole, kind):
    """The loss falls from ln 257 to well below the entropy of single bytes."""
    curve, text = whole[kind], toy()[1][0].symbols
    share = np.bincount(text[text < 256]) / (text < 256).sum()
    entropy = -sum(p * math.log(p) for p in share if p)
    assert curve.loss[0] == pytest.approx(math.log(257), abs=0.1)
    assert curve.final_loss < entropy / 2


def test_a_curve_says_what_was_measured(whole):
    """Every 25 steps and at both ends; bytes, rising time, and the facts of the run."""
    curve = whole["adamw"]
    assert curve.step.tolist() == [0, 25, 50, 75, 100, 125, 150]
    assert curve.tokens.tolist() == (curve.step * 8 * 32).tolist()
    assert (np.diff(curve.seconds) > 0).all()
    assert (curve.run, curve.kind, curve.unit, curve.dataset) == ("toy/held", "validation", "nats", "held")
    assert (curve.seed, curve.parameters) == (0, 20_112)
    assert curve.hardware.startswith("CPU, 1 thread, ")
    assert (curve.flags, curve.warnings) == ((), ())


def test_a_seed_decides_the_losses(whole):
    """The same seed gives the same losses to the last bit, another one others."""
    assert record(JOB, *toy())[0].loss.tolist() == whole["adamw"].loss.tolist()
    other = record(replace(JOB, seed=1, tokens=JOB.tokens / 3), *toy())[0].loss
    assert not set(other.tolist()) & set(whole["adamw"].loss.tolist())


@pytest.mark.parametrize("kind", ["adamw", "muon"])
def test_a_killed_recording_goes_on_from_its_checkpoint(whole, kind, tmp_path, request):
    """kill -9 at step 60, started again: at step 50, to the same losses bit for bit, and the trace says so."""
    command = [sys.executable, "-c", KILLED, str(tmp_path), kind, str(request.path.parent)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    seen = []
    job = replace(JOB, optimiser=kind)
    (curve,) = record(job, *toy(), folder=tmp_path, progress=lambda step, total: seen.append(step))
    assert seen[0] == 50
    assert curve.loss.tolist() == whole[kind].loss.tolist()
    assert curve.step.tolist() == whole[kind].step.tolist()
    assert curve.flags == ("restarted",)
    assert curve.warnings == ("restarted from the checkpoint of step 50; what came after it is done again",)
    (again,) = record(job, *toy(), folder=tmp_path)
    assert (again.loss.tolist(), again.seconds.tolist()) == (curve.loss.tolist(), curve.seconds.tolist())


def test_a_checkpoint_of_another_recording_is_refused(tmp_path):
    """Other settings must not go on from it."""
    short = replace(JOB, tokens=8 * 32 * 2)
    record(short, *toy(), folder=tmp_path)
    with pytest.raises(checkpoint.CheckpointError, match="belongs to a recording with other settings"):
        record(replace(short, rate=1e-3), *toy(), folder=tmp_path)


def test_a_recording_that_diverges_ends_and_is_flagged(tmp_path):
    """An absurd learning rate: the curve keeps its finite points, and to ask again starts nothing."""
    job = replace(JOB, rate=1e30, schedule="constant")
    for _ in range(2):
        (curve,) = record(job, *toy(), folder=tmp_path)
        assert curve.flags == ("diverged",)
        assert np.isfinite(curve.loss).all()
        assert curve.step[-1] < 150


def test_a_text_without_one_window_is_refused():
    """The message says how much there is and how much is needed."""
    text, held = toy()
    with pytest.raises(CorpusError, match="small has 5 bytes of text, but one window takes 32"):
        record(JOB, text, [corpus("small", [b"hello"])])
    with pytest.raises(CorpusError, match="empty has 0 bytes"):
        record(JOB, corpus("empty", []), held)


def test_evaluation_windows_are_spread_and_share_no_target():
    """From the first to the last, at most as many bytes as asked for."""
    windows = spread(np.arange(1001), 10, 200)
    assert windows.shape == (20, 11)
    assert (windows[0, 0], windows[-1, -1]) == (0, 1000)
    assert len(np.unique(windows[:, 1:])) == 200
