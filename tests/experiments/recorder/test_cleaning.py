"""Two corpora of one text: near copies are found, prose is kept, and nothing held out is learnt from."""

import numpy as np
import pytest

from experiments.recorder.cleaning import clean, clusters, shared, shingles, splits
from sim.streams import stream

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
