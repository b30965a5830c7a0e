"""What cells say, how rows are laid on the subnet's clock, and which rows they build on."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from race_files import GOOD, fault, write

from experiments.submissions import RaceError, read_race

START = datetime(2026, 3, 1, tzinfo=UTC)


def race_of(folder, rows, head="date,miner,loss", **options):
    """The race of these lines."""
    path = folder / "race.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return read_race(path, **options)


def test_dates_spread_over_their_day(tmp_path):
    """The k-th of n rows of one date stands at (k+1)/(n+1) of the day, and block 0 is the first row."""
    days = [0, 0, 0, 1, 4, 4]
    race = race_of(tmp_path, [f"{START + timedelta(d):%Y-%m-%d},m,{9 - i}" for i, d in enumerate(days)])
    places = [d + p for d, p in zip(days, [1 / 4, 2 / 4, 3 / 4, 1 / 2, 1 / 3, 2 / 3], strict=True)]
    assert race.block.tolist() == [round((p - places[0]) * 7200) for p in places]


def test_times_of_day(tmp_path):
    """A time stands where it is, to 12 s; a naive one is UTC, an offset is taken off, a tie is allowed."""
    rows = [
        "2026-03-01T00:00:00,a,9",
        "2026-03-01 00:02:00Z,b,8",
        "2026-03-01T02:02:00+02:00,c,8",
        "2026-03-02T00:00:13,a,7",
    ]
    assert race_of(tmp_path, rows).block.tolist() == [0, 10, 10, 7201]


@pytest.mark.parametrize("days_per_day", [0.1, 0.5, 1, 3])
def test_days_per_day(tmp_path, days_per_day):
    """One day of the race lasts `days_per_day` subnet days, for times and for blocks."""
    times = [f"{START + timedelta(hours=h):%Y-%m-%dT%H:%M},m,{100 - h}" for h in (0, 7, 30, 99)]
    expected = [round(h / 24 * 7200 * days_per_day) for h in (0, 7, 30, 99)]
    assert race_of(tmp_path, times, days_per_day=days_per_day).block.tolist() == expected
    blocks = [f"{5000 + h * 300},m,{100 - h}" for h in (0, 7, 30, 99)]
    got = race_of(tmp_path, blocks, "block,miner,loss", days_per_day=days_per_day)
    assert got.block.tolist() == expected


def test_dates_never_share_a_block(tmp_path):
    """Rows with a date but no time of day are pushed to the next block where two would be in one."""
    race = race_of(tmp_path, [f"2026-03-01,m,{9 - i}" for i in range(5)], days_per_day=1e-4)
    assert race.block.tolist() == [0, 1, 2, 3, 4]


def test_dates_and_times_mix(tmp_path):
    """A date among times of the same day is in order anywhere in it; blocks never fall."""
    rows = ["2026-03-01,a,9", "2026-03-01T06:00,b,8", "2026-03-01T18:00,c,7", "2026-03-02,a,6"]
    assert race_of(tmp_path, rows).block.tolist() == [0, 1, 1800, 7200]


@pytest.mark.parametrize(
    "rows",
    [
        ["2026-03-01T06:00,a,9", "2026-03-01T05:59,b,8"],
        ["2026-03-01T06:00,a,9", "2026-03-01,c,8.5", "2026-03-01T05:59,b,8"],
        ["2026-03-02T06:00,a,9", "2026-03-01,b,8"],
        ["2026-03-02,a,9", "2026-03-01T23:59,b,8"],
    ],
)
def test_unsorted_times(tmp_path, rows):
    """Rows that are out of order are found, by the time of day where it is known."""
    with pytest.raises(RaceError, match=r"row 1 \(line 2\).*must be sorted by time; sort the file"):
        race_of(tmp_path, rows)


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("block,miner,loss", "7,a,9", "7,a,8"),
        ("time,miner,loss", "2026-03-01T06:00:00,a,9", "2026-03-01T06:00:02,a,8"),
    ],
)
def test_one_commitment_per_block(tmp_path, head, first, second):
    """A miner has one row in a block; two miners may share it."""
    with pytest.raises(RaceError, match=r"row 2 \(line 3\).*row 1 \(line 2\).*'a'.*one commitment per block"):
        race_of(tmp_path, [first, second], head)
    assert race_of(tmp_path, [first, second.replace(",a,", ",b,")], head).block.tolist() == [0, 0]


def test_compression_can_break_one_commitment_per_block(tmp_path):
    """Where compression puts a miner's two rows into one block, the message says what to change."""
    rows = ["2026-03-01T06:00:00,a,9", "2026-03-01T06:05:00,a,8"]
    assert len(race_of(tmp_path, rows)) == 2
    with pytest.raises(RaceError, match=r"larger days_per_day than 0\.01"):
        race_of(tmp_path, rows, days_per_day=0.01)


@pytest.mark.parametrize("block", ["-1", "1.5", "x", "1e3", "99999999999999999999"])
def test_blocks_are_whole(tmp_path, block):
    """A block is a whole number from 0."""
    with pytest.raises(RaceError, match=r"column 'block': is .*, but must be a whole number from 0"):
        race_of(tmp_path, [f"{block},a,3"], "block,miner,loss")


def test_blocks_unsorted(tmp_path):
    """Blocks must not fall, and both rows are named."""
    with pytest.raises(RaceError, match=r"row 2 \(line 3\).*'6', but row 1 \(line 2\).*'7'.*sorted by block"):
        race_of(tmp_path, ["7,a,9", "6,b,8"], "block,miner,loss")


@pytest.mark.parametrize("days_per_day", [0, -1, float("nan"), float("inf"), "1"])
def test_days_per_day_is_positive(tmp_path, days_per_day):
    """`days_per_day` is finite and above 0."""
    with pytest.raises(RaceError, match=r"days_per_day is .*, but must be a finite number above 0"):
        race_of(tmp_path, ["2026-03-01,a,3"], days_per_day=days_per_day)


@pytest.mark.parametrize("days_per_day", [1e9, 1e300])
def test_a_race_has_a_longest_length(tmp_path, days_per_day):
    """A stretched race ends in a message, not in an overflow."""
    with pytest.raises(RaceError, match=r"may last 1,000,000,000; choose a smaller days_per_day"):
        race_of(tmp_path, ["2026-03-01,a,3", "2026-03-02,a,2"], days_per_day=days_per_day)


def test_builds_on_ids(tmp_path):
    """`builds_on` names ids of earlier rows, between spaces or semicolons, each once; ids may be empty."""
    rows = ["0,a,9,x1,", "1,a,8,x2,x1", "2,a,7,,x2; x1", "3,a,6,x3,x1 x1;"]
    assert race_of(tmp_path, rows, "block,miner,loss,id,builds-on").builds_on == ((), (0,), (1, 0), (0,))


def test_builds_on_row_numbers(tmp_path):
    """Without ids `builds_on` names rows by their number from 1."""
    rows = ["0,a,9,", "1,a,8,1", "2,a,7,1 2"]
    assert race_of(tmp_path, rows, "block,miner,loss,builds_on").builds_on == ((), (0,), (0, 1))


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("alpah", r"'alpah', but must name ids of earlier rows; did you mean 'alpha'"),
        ("beta", r"'beta', row 2 \(line 3\), but a row builds on earlier rows only"),
        ("gamma", r"'gamma', row 3 \(line 4\), but a row builds on earlier rows only"),
        ("1", r"'1', but must name ids"),
    ],
)
def test_builds_on_earlier_rows_only(tmp_path, cell, words):
    """A row cannot build on itself, on a later row or on none."""
    rows = ["0,a,9,alpha,", f"1,a,8,beta,{cell}", "2,a,7,gamma,"]
    with pytest.raises(RaceError, match=r"row 2 \(line 3\), column 'builds_on': is " + words):
        race_of(tmp_path, rows, "block,miner,loss,id,builds_on")


def test_builds_on_a_row_that_is_not_there(tmp_path):
    """Row numbers go from 1 to the number of rows."""
    with pytest.raises(RaceError, match=r"is '0', but must name numbers of earlier rows"):
        race_of(tmp_path, ["0,a,9,", "1,a,8,0"], "block,miner,loss,builds_on")


def test_ids_are_unique(tmp_path):
    """Two rows must not have one id."""
    with pytest.raises(RaceError, match=r"row 2 \(line 3\), column 'id': is 'x', as in row 1 \(line 2\)"):
        race_of(tmp_path, ["0,a,9,x", "1,a,8,x"], "block,miner,loss,id")


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("2026-03-02,,3.4", "miner", ["is empty", "fill it in"]),
        ("2026-03-02,  ,3.4", "miner", ["is empty"]),
        ("2026-03-02,bob,", "loss", ["is empty"]),
        (",bob,3.4", "date", ["is empty"]),
        ("2026-03-02,bob,low", "loss", ["'low'", "must be a finite positive number"]),
        ("2026-03-02,bob,3_4", "loss", ["'3_4'", "must be a finite positive number"]),
        ('2026-03-02,bob,"3,4"', "loss", ["'3,4'", "must be a finite positive number"]),
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
        ("paired_sd", "wide", ["'wide'", "must be a finite number, 0 or more"]),
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


def test_alike_rows_of_different_ids_are_two_submissions(tmp_path):
    """The same miner, date and loss under two ids is no duplicate; the same without ids, or under none, is."""
    rows = "date,miner,loss,id\n2026-03-01,ann,3.5,a\n2026-03-01,ann,3.5,{}\n"
    assert read_race(write(tmp_path, rows.format("b"))).loss.tolist() == [3.5, 3.5]
    assert "duplicate rows" in fault(write(tmp_path, rows.format("a")))
    assert "duplicate rows" in fault(write(tmp_path, rows.replace(",a\n", ",\n").format("")))


def test_lineages_are_bounded(tmp_path):
    """A race whose rows build on others has at most 20,000 of them; without builds_on it may have more."""
    rows = "block,miner,loss,builds_on\n0,a,3,\n1,b,2,{}\n" + "".join(f"{i},a,3,\n" for i in range(2, 20_001))
    said = fault(write(tmp_path, rows.format(1)))
    assert "20,001 rows, but a race whose rows build on others may have 20,000" in said
    assert len(read_race(write(tmp_path, rows.format("")))) == 20_001


LOSSES = st.floats(1e-6, 1e6)
TIMES = st.integers(0, 10**7).map(lambda s: START + timedelta(seconds=s))
DATES = st.booleans()


@given(st.lists(st.tuples(TIMES, DATES, LOSSES), min_size=1, max_size=30), st.floats(0.01, 10))
def test_any_sorted_table_round_trips(tmp_path_factory, rows, days_per_day):
    """Of any sorted table the losses come back equal; blocks start at 0, never fall, rise at bare dates."""
    rows = sorted(rows, key=lambda row: row[0])
    lines = [
        f"{t:%Y-%m-%d},m{i},{x!r}" if bare else f"{t.isoformat()},m{i},{x!r}" for i, (t, bare, x) in enumerate(rows)
    ]
    race = race_of(tmp_path_factory.getbasetemp(), lines, days_per_day=days_per_day)
    assert race.loss.tolist() == [x for _, _, x in rows]
    assert race.miner == tuple(f"m{i}" for i in range(len(rows)))
    assert race.block[0] == 0
    step = np.diff(race.block)
    bare = np.array([b for _, b, _ in rows])
    assert (step >= (bare[1:] | bare[:-1])).all()
