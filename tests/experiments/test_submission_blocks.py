"""How rows are laid on the subnet's clock, and which rows they build on."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
