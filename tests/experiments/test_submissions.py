"""Submissions tables: what is read, and what each fault answers."""

import math
from pathlib import Path

import numpy as np
import pytest

from experiments.submissions import RaceError, find, read, read_race, shipped
from experiments.submissions.limits import MOST_ROWS
from policies.errors import InputError
from sim.race.race import Observed, Race

GOOD = "date,miner,loss\n2026-03-01,ann,3.5\n2026-03-02,bob,3.4\n"


def write(folder: Path, text: str | bytes, name: str = "race.csv") -> Path:
    """A file of that content."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def fault(path: Path, **options: object) -> str:
    """The message of the error that reading the file must end in."""
    with pytest.raises(RaceError) as caught:
        read_race(path, **options)
    assert isinstance(caught.value, InputError)
    assert "\n" not in str(caught.value)
    return str(caught.value)


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


def test_the_name_can_be_given(tmp_path):
    """A given name wins over the file's."""
    assert read_race(write(tmp_path, GOOD), name="mine").name == "mine"


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


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("2026-03-02,,3.4", "miner", ["is empty", "fill it in"]),
        ("2026-03-02,  ,3.4", "miner", ["is empty"]),
        ("2026-03-02,bob,", "loss", ["is empty"]),
        (",bob,3.4", "date", ["is empty"]),
        ("2026-03-02,bob,low", "loss", ["'low'", "must be a number"]),
        ("2026-03-02,bob,3_4", "loss", ["'3_4'", "must be a number"]),
        ('2026-03-02,bob,"3,4"', "loss", ["'3,4'", "must be a number"]),
        ("2026-03-02,bob,-3.4", "loss", ["'-3.4'", "finite positive number"]),
        ("2026-03-02,bob,0", "loss", ["'0'", "finite positive number"]),
        ("2026-03-02,bob,nan", "loss", ["'nan'", "finite positive number"]),
        ("2026-03-02,bob,inf", "loss", ["'inf'", "finite positive number"]),
        ("2026-03-02,bob,1e999", "loss", ["'1e999'", "finite positive number"]),
        ("yesterday,bob,3.4", "date", ["'yesterday'", "ISO 8601", "2026-03-18T09:30:00Z"]),
        ("2026-02-30,bob,3.4", "date", ["'2026-02-30'", "ISO 8601"]),
        ("1772323200,bob,3.4", "date", ["'1772323200'", "ISO 8601"]),
        ("0001-01-01T00:00+09:00,bob,3.4", "date", ["ISO 8601"]),
        ("2026-02-28,bob,3.4", "date", ["'2026-02-28'", "row 1 (line 2)", "'2026-03-01'", "must be sorted"]),
        ("2026-03-01,ann,3.50", "loss", ["'3.50'", "row 1 (line 2)", "duplicate rows"]),
        (f"2026-03-02,{'b' * 1001},3.4", "miner", ["1,001 characters", "1,000"]),
    ],
)
def test_a_row_that_breaks_a_rule(tmp_path, row, column, words):
    """A fault of a row names the file, the row, the line, the column, the value, the rule and what to do."""
    message = fault(write(tmp_path, f"date,miner,loss\n2026-03-01,ann,3.5\n{row}\n"))
    for word in ("race.csv", "row 2 (line 3)", f"column {column!r}", "; ", *words):
        assert word in message


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("sd", "-0.1", ["'-0.1'", "0 or more"]),
        ("sd", "inf", ["'inf'", "finite"]),
        ("paired_sd", "wide", ["'wide'", "must be a number"]),
        ("samples", "0", ["'0'", "whole number from 1"]),
        ("samples", "2.5", ["'2.5'", "whole number"]),
        ("samples", "9" * 999, ["whole number"]),
        ("samples", "9" * 5000, ["5,000 characters", "1,000"]),
        ("unit", "", ["is empty"]),
        ("loss_unit", "byte", ["'byte'", "nats, bpb, minutes"]),
        ("id", "a b", ["'a b'", "spaces"]),
        ("id", "a;b", ["'a;b'", "semicolons"]),
    ],
)
def test_an_optional_cell_that_breaks_a_rule(tmp_path, name, value, words):
    """Optional columns are held to their rules as well."""
    message = fault(write(tmp_path, f"date,miner,loss,{name}\n2026-03-01,ann,3.5,{value}\n"))
    for word in ("race.csv", "row 1 (line 2)", f"column {name!r}", *words):
        assert word in message


def test_only_the_first_fault_is_told(tmp_path):
    """Of two faulty rows the first is named."""
    message = fault(write(tmp_path, "date,miner,loss\n2026-03-01,ann,-1\nnever,bob,-2\n"))
    assert "row 1" in message
    assert "row 2" not in message


def test_a_column_like_one_that_is_there_is_no_misspelling(tmp_path):
    """A strange column is ignored where what it resembles is said already."""
    text = "date,holders,loss,n_holders\n2026-03-01,ann,3.5,1\n2026-03-02,bob,3.4,2\n"
    assert len(read_race(write(tmp_path, text))) == 2


@pytest.mark.parametrize(
    ("sd", "samples", "expected"),
    [
        ("0.01", "", 0.01),
        ("0", "", 0.0),
        ("0.08", "64", 0.01),
        ("", "64", math.nan),
        ("", "", math.nan),
    ],
)
def test_sd_of_one_evaluation(tmp_path, sd, samples, expected):
    """The sd is of one evaluation, or of one of the samples if these are given; alone they say nothing."""
    path = write(tmp_path, f"date,miner,loss,sd,samples\n2026-03-01,ann,3.5,{sd},{samples}\n")
    assert read_race(path).sd.tolist() == pytest.approx([expected], nan_ok=True)


@pytest.mark.parametrize(
    ("text", "argument", "unit"),
    [
        (GOOD, None, "nats"),
        (GOOD, "bpb", "bpb"),
        ("# unit: Bits per byte\n" + GOOD, None, "bpb"),
        (GOOD.replace("loss", "val_bpb"), None, "bpb"),
        (GOOD.replace("loss", "minutes"), None, "minutes"),
        (GOOD.replace("loss", "minutes"), "minutes", "minutes"),
        ("date,miner,loss,unit\n2026-03-01,ann,3.5,nats/token\n2026-03-02,bob,3.4,nats\n", None, "nats"),
        ("# unit: bpb\ndate,miner,bpb,loss_unit\n2026-03-01,ann,3.5,bits-per-byte\n", "bpb", "bpb"),
    ],
)
def test_the_unit(tmp_path, text, argument, unit):
    """The unit comes from whatever says one, in several spellings, and is nats where nothing does."""
    assert read_race(write(tmp_path, text), unit=argument).unit == unit


@pytest.mark.parametrize(
    ("text", "argument", "words"),
    [
        (GOOD.replace("loss", "bpb"), "nats", ["argument", "'nats'", "column name 'bpb'", "'bpb'"]),
        ("# unit: bpb\n" + GOOD, "nats", ["argument", "comment"]),
        ("# unit: nats\n" + GOOD.replace("loss", "minutes"), None, ["comment", "column name 'minutes'"]),
        ("date,miner,loss,unit\n2026-03-01,a,3,nats\n2026-03-02,a,2,bpb\n", None, ["row 1 (line 2)", "row 2 (line 3)"]),
        ("date,miner,loss,unit\n2026-03-01,a,3,bpb\n", "minutes", ["argument", "row 1 (line 2), column 'unit'"]),
    ],
)
def test_mixed_units(tmp_path, text, argument, words):
    """Whatever says a unit must say the same one."""
    message = fault(write(tmp_path, text), unit=argument)
    for word in ("race.csv", "mixed units", "one unit", *words):
        assert word in message


def test_an_unknown_unit(tmp_path):
    """A unit that is none is answered with the nearest spelling."""
    assert "did you mean 'nats'" in fault(write(tmp_path, GOOD), unit="nast")
    assert "comment '# unit:' is 'parsec'" in fault(write(tmp_path, "# unit: parsec\n" + GOOD))


def test_paths_that_are_no_race(tmp_path):
    """A missing file and a folder are faults of the path."""
    assert "no such file" in fault(tmp_path / "none.csv")
    assert "is a folder" in fault(tmp_path)


def test_a_file_over_the_bounds(tmp_path):
    """A file of more than 64 MB, or of more rows than the most, is refused before it fills the memory."""
    path = write(tmp_path, GOOD)
    with path.open("ab") as file:
        file.truncate(64 * 2**20 + 1)
    assert "67,108,865 bytes" in fault(path)
    rows = "".join(f"{block},a,3\n" for block in range(MOST_ROWS + 1))
    assert "200,000 rows" in fault(write(tmp_path, "block,miner,loss\n" + rows))


@pytest.mark.parametrize(
    ("name", "rows", "first", "last", "unit"),
    [
        ("slowrun-limited", 20, 3.402, 3.195, "nats"),
        ("slowrun-tiny", 14, 3.428, 3.307, "nats"),
        ("slowrun-unlimited", 12, 3.402, 2.987, "nats"),
        ("parameter-golf", 44, 1.2244, 1.0611, "bpb"),
        ("speedrun", 89, 45.0, 1.23, "minutes"),
    ],
)
def test_shipped_races(name, rows, first, last, unit):
    """Every shipped race loads, with as many records as its source has, and names that source."""
    race = read_race(shipped()[name])
    assert (race.name, len(race), race.loss[0], race.loss[-1], race.unit) == (name, rows, first, last, unit)
    assert race.source.endswith(("records", "track", "times)"))
    assert (np.diff(race.block) > 0).all()


def test_what_shipped_races_keep():
    """Five races ship; golf keeps its row that is no improvement and links requests that are earlier rows."""
    assert " ".join(shipped()) == "parameter-golf slowrun-limited slowrun-tiny slowrun-unlimited speedrun"
    golf = read_race(shipped()["parameter-golf"])
    assert np.flatnonzero(golf.loss > golf.best()).tolist() == [19]
    assert golf.builds_on[20] == (18,)
    assert golf.builds_on[39] == (38, 34)
    assert "unknown" in read_race(shipped()["speedrun"]).miner


def test_finding_a_race(tmp_path):
    """A name finds a shipped race, all else is a path from the given folder; a miss names the nearest."""
    path = write(tmp_path, GOOD, "mine.csv")
    assert find("speedrun", None) == shipped()["speedrun"]
    assert find("parameter_golf", tmp_path) == shipped()["parameter-golf"]
    assert find("mine.csv", tmp_path) == path
    assert find(str(path), None) == path
    for wrong in ("slowrun-tyni", "slowrun_tyni", "sub/slowrun-tyni"):
        with pytest.raises(RaceError, match="did you mean 'slowrun-tiny'"):
            find(wrong, tmp_path)
    for nothing in ("", "\0", "x" * 5000):
        with pytest.raises(RaceError, match="no shipped race"):
            find(nothing, tmp_path)


def test_alike_rows_of_different_ids_are_two_submissions(tmp_path):
    """The same miner, date and loss under two ids is no duplicate; the same without ids, or under none, is."""
    rows = "date,miner,loss,id\n2026-03-01,ann,3.5,a\n2026-03-01,ann,3.5,{}\n"
    assert read_race(write(tmp_path, rows.format("b"))).loss.tolist() == [3.5, 3.5]
    assert "duplicate rows" in fault(write(tmp_path, rows.format("a")))
    assert "duplicate rows" in fault(write(tmp_path, rows.replace(",a\n", ",\n").format("")))


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
    assert "row 3, column 'loss': is 'low', but must be a number" in fault(write(tmp_path, wrong, "race.jsonl"))


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


def test_lineages_are_bounded(tmp_path):
    """A race whose rows build on others has at most 20,000 of them; without builds_on it may have more."""
    rows = "block,miner,loss,builds_on\n0,a,3,\n1,b,2,{}\n" + "".join(f"{i},a,3,\n" for i in range(2, 20_001))
    said = fault(write(tmp_path, rows.format(1)))
    assert "20,001 rows, but a race whose rows build on others may have 20,000" in said
    assert len(read_race(write(tmp_path, rows.format("")))) == 20_001


def test_a_race_is_read_once(tmp_path, monkeypatch):
    """What was read is kept under the file's content and the question; what is damaged is read again."""
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "kept"))
    path = write(tmp_path, GOOD)
    race, real = read_race(path), read._read
    asked = []

    def counted(*given):
        asked.append(given)
        return real(*given)

    monkeypatch.setattr(read, "_read", counted)
    again = read_race(path)
    assert (again.name, again.miner, again.block.tolist()) == (race.name, race.miner, race.block.tolist())
    assert not asked
    assert read_race(path, days_per_day=2).block.tolist() == [0, 14_400]
    assert read_race(path, name="other").name == "other"
    assert read_race(path, unit="bpb").unit == "bpb"
    write(tmp_path, GOOD.replace("3.4\n", "3.3\n"))
    assert read_race(path).loss.tolist() == [3.5, 3.3]
    assert len(asked) == 4
    for file in (tmp_path / "kept" / "races").iterdir():
        file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert read_race(path).loss.tolist() == [3.5, 3.3]
    assert len(asked) == 5
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "file"))
    assert read_race(path).loss.tolist() == [3.5, 3.3]


def test_no_more_than_the_newest_races_are_kept(tmp_path, monkeypatch):
    """The folder of races that were read does not grow without end."""
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(read, "MOST_KEPT", 3)
    for number in range(5):
        read_race(write(tmp_path, GOOD), name=f"race {number}")
    assert len(list((tmp_path / "kept" / "races").iterdir())) == 3


def test_what_is_kept_of_a_race_is_exact():
    """A race with links, unknown sds and a validator's measurements comes back from JSON to the last bit."""
    seen = Observed(np.array([0, 30]), np.array([[0.1, np.inf], [1 / 3, 2e-17]]))
    facts = (np.array([0, 7]), ("ann", "b\u00f6b"), np.array([0.1 + 0.2, 1e-5]), np.array([np.nan, 1 / 7]), ((), (0,)))
    race = Race("small", "nats", *facts, "somewhere", seen)
    again = read._of_json(read._as_json(race))
    assert (again.name, again.unit, again.source) == ("small", "nats", "somewhere")
    assert (again.miner, again.builds_on) == (race.miner, race.builds_on)
    pairs = ((race.block, again.block), (race.loss, again.loss), (race.sd, again.sd))
    for one, other in (*pairs, (seen.block, again.observed.block), (seen.loss, again.observed.loss)):
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes()
