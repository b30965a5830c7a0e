"""Which column of a file means what, and what a wrong header answers."""

import pytest
from race_files import fault, write

from experiments.submissions import read_race


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("miner,loss\nann,3.5\n", ["no column for the time or block", "'miner', 'loss'", "add the column"]),
        ("date,loss\n2026-03-01,3.5\n", ["no column for the miner", "hotkey"]),
        ("date,miner\n2026-03-01,ann\n", ["no column for the loss", "val_bpb"]),
        ("date,miner,final_loss\n2026-03-01,a,3\n", ["column for the loss", "'val_loss' by 'final_loss'"]),
        ("date;miner;loss\n2026-03-01;a;3\n", ["'date;miner;loss'", "separate the columns by commas"]),
        ("dat,miner,loss\n2026-03-01,a,3\n", ["'dat'", "did you mean 'date'"]),
        ("date,miner,loss,sampels\n2026-03-01,a,3,1\n", ["'sampels'", "did you mean 'samples'"]),
        ("date,miner,loss,build-on\n2026-03-01,a,3,\n", ["'build-on'", "did you mean 'builds_on'"]),
        ("date,block,miner,loss\n2026-03-01,0,a,3\n", ["'date' and 'block'", "exactly one"]),
        ("date,miner,uid,loss\n2026-03-01,a,1,3\n", ["'miner' and 'uid'", "the miner", "exactly one"]),
        ("date,miner,loss,bpb\n2026-03-01,a,3,1\n", ["'loss' and 'bpb'", "the loss", "exactly one"]),
    ],
)
def test_a_wrong_header(tmp_path, text, words):
    """A fault of the header names the file, what is there, the rule and what to do."""
    message = fault(write(tmp_path, text))
    for word in ("race.csv", *words):
        assert word in message


def test_a_column_like_one_that_is_there_is_no_misspelling(tmp_path):
    """A strange column is ignored where what it resembles is said already."""
    text = "date,holders,loss,n_holders\n2026-03-01,ann,3.5,1\n2026-03-02,bob,3.4,2\n"
    assert len(read_race(write(tmp_path, text))) == 2
