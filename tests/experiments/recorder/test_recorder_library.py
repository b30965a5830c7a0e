"""The shipped traces: two corpora of one text without leaks between them, and what was recorded from them."""

import json

import numpy as np
import pytest
from places import ROOT

from experiments.recorder import library
from experiments.recorder.cleaning import clean, clusters, shared, shingles, splits
from experiments.recorder.docstrings import PACKAGES, texts
from experiments.recorder.job import Job
from experiments.recorder.library import effects, jobs
from sim.streams import stream
from sim.traces.curve import read_library

BEGINNINGS, ENDINGS = ["the", "of", "and", "with", "that", "have", "be", "to"], ["", "re", "ing", "able", "ness", "ish"]
VOCABULARY = [beginning + ending for beginning in BEGINNINGS for ending in ENDINGS]


def prose(number, words=60):
    """A document of common words that no other number shares."""
    drawn = stream(0, "prose", number).integers(0, len(VOCABULARY), words)
    return " ".join(VOCABULARY[place] for place in drawn)


def test_shingles_ignore_case_and_punctuation():
    """What is compared is runs of five words."""
    assert shingles(b"One two, three FOUR five.").tolist() == shingles(b"one two three four five").tolist()
    assert len(shingles(b"one two three four five six seven")) == 3
    assert len(shingles(b"short")) == 1


def test_near_copies_are_one_cluster_and_others_are_not():
    """A document with two words changed is found; documents of the same words in another order are not."""
    words = prose(0).split()
    near = " ".join([*words[:20], "other", *words[21:50], "word", *words[51:]])
    sets = [shingles(text.encode()) for text in (prose(1), prose(0), near, prose(2))]
    assert clusters(sets).tolist() == [0, 1, 1, 3]
    assert shared(sets[2], sets[1]) > 0.75
    assert shared(sets[0], sets[1]) < 0.05


def test_cleaning_keeps_prose_and_drops_the_rest():
    """Legal texts, examples, tables, code, repeated lines and second copies go."""
    good = prose(0)
    boiler = "this line stands in many of the documents and says nothing"
    many = [f"{prose(10 + n)}\n{boiler}" for n in range(7)]
    rich = f"{good}\n\n    >>> f(1)\n    some output\n\n+----+\n| a  |\nx = f(1)"
    given = [text.encode() for text in (rich, good, "too short", f"Copyright {prose(1)}", *many)]
    cleaned = [text.decode() for text in clean(given, np.array([0, 0, 2, 3, *range(4, 11)]))]
    assert cleaned[:4] == [good, "", "", ""]
    assert cleaned[4:] == [prose(10 + n) for n in range(7)]


def test_no_near_copy_of_a_held_out_document_is_learnt_from():
    """In neither corpus does a training document share half its shingles with any held-out document of either."""
    given = []
    for n in range(600):
        words = prose(n).split()
        given += [" ".join(words), " ".join([*words[:30], "changed", *words[31:]]), " ".join([*words, "the end"])]
    raw, pure, counts = splits([text.encode() for text in given])
    held = np.unique(np.concatenate([shingles(text) for text in (*raw.held, *pure.held)]))
    assert len(raw.held) == pytest.approx(90, abs=60)
    assert len(pure.held) <= len(raw.held) / 3
    assert counts["clusters"] == 600
    assert max(shared(shingles(text), held) for text in (*raw.training, *pure.training)) <= 0.5


def test_texts_are_there_on_every_machine():
    """A package gives its docstrings, the same each time."""
    first = next(texts("numpy"))
    assert first == next(texts("numpy"))
    assert set(PACKAGES) >= {"python", "numpy", "torch"}


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
