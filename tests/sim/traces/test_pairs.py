"""Plain `step loss` pairs."""

import pytest
from places import BESIDE
from text_logs import curve

from sim.traces.read import Refusal, read_file
from sim.traces.tidy import Given

REAL = BESIDE / "traces" / "torchtitan"


def test_pairs(tmp_path):
    """Two columns are a training loss, and a validation loss on the user's word."""
    found = curve(tmp_path / "log.txt", ["# step loss", "1 8.049097061157227", "2 7.75183629989624", "3\t7.03"])
    assert (found.format, found.kind, found.loss.tolist()) == (
        "pairs",
        "train",
        [8.049097061157227, 7.75183629989624, 7.03],
    )
    (told,) = read_file(tmp_path / "log.txt", Given(kind="validation"))
    assert told.kind == "validation"


@pytest.mark.parametrize(
    "text", ["1 2\n", "1 2\n3 4\nhello\n5 6\n7 8\n", "1 2 3\n4 5 6\n7 8 9\n", "1.5 2\n2.5 3\n3.5 4\n", ""]
)
def test_other_numbers_are_no_pairs(tmp_path, text):
    """Few lines, other lines, more columns, steps that are no whole numbers: not this format."""
    (tmp_path / "log.txt").write_text(text)
    (found,) = read_file(tmp_path / "log.txt")
    assert isinstance(found, Refusal) or found.format != "pairs"


def test_the_real_pairs():
    """torchtitan's regression files have a hundred steps."""
    paths = sorted(REAL.glob("*.txt"))
    if not paths:
        pytest.skip("the real logs stand beside the checkout, and are not there")
    for path in paths:
        (found,) = read_file(path)
        first, last = (line.split() for line in (path.read_text().splitlines()[place] for place in (0, -1)))
        assert (found.format, len(found), found.flags) == ("pairs", 100, ())
        assert (found.loss[0], found.loss[-1]) == (float(first[1]), float(last[1]))
