"""Submissions tables: what is read from CSV and JSON lines, and what each fault of a file answers."""

import numpy as np
import pytest
from race_files import GOOD, fault, write

from experiments.submissions import read_race


def test_a_plain_table(tmp_path):
    """Dates, miners and losses become a race in nats, named after the file; nothing else is known."""
    race = read_race(write(tmp_path, GOOD))
    assert (race.name, race.unit, race.source, race.observed) == ("race", "nats", "", None)
    assert race.miner == ("ann", "bob")
    assert race.block.tolist() == [0, 7200]
    assert race.block.dtype == np.int64
    assert race.loss.tolist() == [3.5, 3.4]
    assert race.loss.dtype == np.float64
    assert np.isnan(race.sd).all()
    assert race.builds_on == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        "# a comment\n\n#another, with commas\n" + GOOD,
        GOOD.replace("\n", "\n\n"),
        GOOD.rstrip("\n"),
        GOOD.replace(",", " , "),
        GOOD.replace("ann", '"ann"'),
        GOOD.replace("date,miner,loss", "TIME,Hotkey,Val-Loss"),
        GOOD.replace("date,miner,loss", "timestamp,uid, val loss "),
        GOOD.replace("date,miner,loss", "DateTime,holders,LOSS"),
        'note,date,miner,loss\n,2026-03-01,ann,3.5\n"a\nb",2026-03-02,bob,3.4\n',
    ],
)
def test_tolerated_spellings_of_one_table(tmp_path, text):
    """Byte order mark, CRLF, comments, blank lines, quotes, spaces, aliases, other columns change nothing."""
    race, plain = read_race(write(tmp_path, text)), read_race(write(tmp_path, GOOD, "plain.csv"))
    assert race.miner == plain.miner
    assert race.block.tolist() == plain.block.tolist()
    assert race.loss.tolist() == plain.loss.tolist()


def test_miners_keep_their_text(tmp_path):
    """A miner's text is not escaped: that is for the report to do."""
    text = GOOD.replace("ann", '"<b>Ann, of ""X""</b> é"')
    assert read_race(write(tmp_path, text)).miner[0] == '<b>Ann, of "X"</b> é'


def test_a_comment_names_the_source(tmp_path):
    """`# source:` before the header becomes the race's source."""
    assert read_race(write(tmp_path, "#  Source: a/b 12ab, MIT \n" + GOOD)).source == "a/b 12ab, MIT"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["is empty", "header line"]),
        ("# only a comment\n", ["is empty"]),
        ("\n\n", ["is empty"]),
        ("date,miner,loss\n", ["no rows", "at least one"]),
        ("date,miner,loss\n2026-03-01,a\n", ["row 1 (line 2)", "2 fields", "3"]),
        ("#\n\ndate,miner,loss\n2026-03-01,a,3,4\n", ["row 1 (line 4)", "4 fields", "2026-03-01,a,3,4"]),
        ('date,miner,loss\n2026-03-01,"a,3\n', ["no valid CSV", "quotation mark"]),
        ("date,miner,loss\n2026-03-01,a,3\n".encode("utf-16"), ["line 1", "byte ff", "UTF-8"]),
        (b"date,miner,loss\n2026-03-01,\xe9,3\n", ["line 2", "byte e9", "UTF-8"]),
        (b"\xef\xbb\xbfdate,miner,loss\n\xe9", ["line 2", "byte e9", "UTF-8"]),
    ],
)
def test_a_file_that_is_no_table(tmp_path, text, words):
    """A fault of the file or its header names the file, what is there, the rule and what to do."""
    message = fault(write(tmp_path, text))
    for word in ("race.csv", *words):
        assert word in message


def test_json_lines_are_a_table_too(tmp_path):
    """A row per line, under the names of a CSV file's header, is the same race."""
    rows = "2026-03-01,7,3.5,0.5,7,\n2026-03-02,8,3.4,,8,7\n2026-03-02,9,3.25,,9,7 8\n"
    plain = read_race(write(tmp_path, "date,miner,loss,sd,id,builds_on\n" + rows))
    lines = (
        '{"date": "2026-03-01", "miner": 7, "loss": 3.5, "sd": 0.5, "id": 7, "note": {"a": 1}}\n'
        '{"date": "2026-03-02", "miner": 8, "loss": 3.4, "id": 8, "builds_on": 7}\n\n'
        '{"date": "2026-03-02", "miner": "9", "loss": 3.25, "id": 9, "builds_on": [7, 8], "sd": null}\n'
    )
    race = read_race(write(tmp_path, lines, "race.jsonl"))
    assert (race.miner, race.builds_on) == (plain.miner, plain.builds_on) == (("7", "8", "9"), ((), (0,), (0, 1)))
    for name in ("block", "loss", "sd"):
        np.testing.assert_array_equal(getattr(race, name), getattr(plain, name))
    wrong = lines.replace("3.25", '"low"')
    assert "row 3, column 'loss': is 'low', but must be a finite positive number" in fault(
        write(tmp_path, wrong, "race.jsonl")
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,miner,loss" + ",x" * 1000 + "\n", "1,003 columns, but may have 1,000"),
        ("date,miner,loss\n" + "," * 5_000_000, "5,000,003 cells, but may have 5,000,000"),
        ('{"a": ' + " " * 2**22 + "1}", "line 1 has 4,194,312 bytes, but may have 4,194,304"),
    ],
)
def test_bounds_are_held_before_cells_become_objects(tmp_path, text, words):
    """Columns, cells and lines are counted in the bytes of the file."""
    assert words in fault(write(tmp_path, text))
