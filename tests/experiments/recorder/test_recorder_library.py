"""The shipped traces: the planned runs, their manifest, and the card that describes them."""

import json

import numpy as np
import pytest
from places import ROOT

from experiments.recorder import library
from experiments.recorder.docstrings import PACKAGES
from experiments.recorder.job import Job
from experiments.recorder.library import effects, jobs
from sim.traces.curve import read_library


def test_the_effect_of_the_text_is_clean_less_raw():
    """By hand: two seeds whose differences are -0.1 and -0.3 on the first evaluation, 0.2 and 0.2 on the second."""
    made = [
        (text, Job(f"a-{text}-s{seed}", "20k", "cosine", "adamw", 1e5)) for seed in (0, 1) for text in ("raw", "clean")
    ]
    losses = {
        "a-raw-s0": [[1.0, 1.2], [1, 1]],
        "a-clean-s0": [[0.9, 1.1], [1.2, 1.2]],
        "a-raw-s1": [[1.0, 1.2], [1, 1]],
        "a-clean-s1": [[0.7, 0.9], [1.2, 1.2]],
    }
    found = effects(made, {name: np.array(each) for name, each in losses.items()}, ["raw", "clean"])
    assert found["raw"]["mean"] == pytest.approx(-0.2)
    assert found["raw"]["seeds"] == pytest.approx([-0.2 - 12.7062 * 0.1, -0.2 + 12.7062 * 0.1], rel=1e-4)  # t, 1 degree
    assert found["clean"]["windows"] == pytest.approx([0.2, 0.2])
    assert found["clean"]["by_shape"] == pytest.approx({"a": 0.2})


@pytest.fixture(scope="module")
def shipped():
    """The library that is shipped."""
    return read_library(library.OUT)


def test_the_shipped_traces_are_the_planned_runs(shipped):
    """Every run is there on both evaluations: both texts, both seeds, at least 24 runs, and all came to their end."""
    planned = [f"{job.name}/{held}" for _, job in jobs() for held in ("raw", "clean")]
    assert [curve.run for curve in shipped] == planned
    assert len(shipped) >= 2 * 24
    for (_, job), curve in zip([each for each in jobs() for _ in range(2)], shipped, strict=True):
        assert (curve.seed, curve.step[-1], curve.kind, curve.unit) == (job.seed, job.steps, "validation", "nats")
        assert curve.hardware.startswith("CPU, 1 thread")
        assert 0.5 < curve.final_loss < curve.loss[0] < 6.0
        assert "diverged" not in curve.flags


def test_the_manifest_belongs_to_the_shipped_traces(shipped):
    """Settings, hashes of the texts, versions and the effect of the text are beside the numbers."""
    found = json.loads(library.OUT.with_suffix(".json").read_text(encoding="utf-8"))
    assert set(found["settings"]) == {curve.run.partition("/")[0] for curve in shipped}
    assert found["cuda"] is False
    assert {name: len(each["sha256"]) for name, each in found["corpora"].items()} == dict.fromkeys(
        ("raw-training", "raw-held", "clean-training", "clean-held"), 64
    )
    assert set(found["sources"]) == set(PACKAGES)
    assert set(found["effect"]) == {"raw", "clean"}
    assert library.OUT.stat().st_size < 3e6


def test_the_data_card_says_what_is_shipped(shipped):
    """Its tables of final losses and of the effect are those of the files, to the last digit that is printed."""
    card = (ROOT / "docs" / "data-recorded.md").read_text(encoding="utf-8")
    final = {curve.run: curve.final_loss for curve in shipped}
    for shape in dict.fromkeys(f"{job.size}-{job.schedule}-{job.optimiser}" for _, job in jobs()):
        cells = []
        for text, held in (("raw", "raw"), ("raw", "clean"), ("clean", "raw"), ("clean", "clean")):
            first, second = (final[f"{shape}-{text}-s{seed}/{held}"] for seed in (0, 1))
            cells.append(f"{(first + second) / 2:.3f} ({second - first:+.3f})")
        assert f"| `{shape}` | {' | '.join(cells)} |" in card
    effect = json.loads(library.OUT.with_suffix(".json").read_text(encoding="utf-8"))["effect"]
    for held, found in effect.items():
        (low, high), (lowest, highest) = found["seeds"], found["windows"]
        row = f"| {held} | {found['mean']:+.3f} | {low:+.3f} to {high:+.3f} | {lowest:+.3f} to {highest:+.3f} |"
        assert row in card
