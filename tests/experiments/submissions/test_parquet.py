"""Parquet tables obey the rules of CSV tables."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.submissions import RaceError, read_race

DAYS = [date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 4)]
COLUMNS = {
    "Date": DAYS,
    "uid": [7, 8, 7],
    "loss": [3.5, 3.25, 3.0],
    "unit": ["bpb"] * 3,
    "sd": [0.08, None, 0.5],
    "samples": [64, None, 1],
    "id": [549, None, 560],
    "builds_on": [None, "549", "549"],
    "note": ["x", "", None],
}


def write(folder, columns, name="race.parquet"):
    """A parquet file of these columns."""
    pq.write_table(pa.table(columns), folder / name)
    return folder / name


def same(one, other):
    """Whether two races are equal in all but the source."""

    def equal(key):
        return np.array_equal(getattr(one, key), getattr(other, key), equal_nan=key == "sd")

    arrays = all(map(equal, ("block", "loss", "sd", "name", "unit", "miner")))
    return arrays and one.builds_on == other.builds_on


def test_parquet_equals_csv(tmp_path):
    """One table in both formats is one race, with gaps, dates and whole numbers."""
    csv = tmp_path / "race.csv"
    csv.write_text(
        "Date,uid,loss,unit,sd,samples,id,builds_on,note\n2026-03-01,7,3.5,bpb,0.08,64,549,,x\n"
        "2026-03-01,8,3.25,bpb,,,,549,\n2026-03-04,7,3,bpb,0.5,1,560,549,\n",
        encoding="utf-8",
    )
    race = read_race(write(tmp_path, COLUMNS))
    assert race.builds_on == ((), (0,), (0,))
    assert same(race, read_race(csv))
    assert same(race, read_race(write(tmp_path, COLUMNS, "race.data")))


@pytest.mark.parametrize("hours", [0, 5])
def test_pandas_writes_the_same_race_in_both_formats(tmp_path, hours):
    """A table that pandas writes is one race in both formats: a column of midnights counts as dates."""
    frame = pd.DataFrame(
        {
            "time": pd.to_datetime(DAYS) + pd.Timedelta(hours=hours),
            "miner": ["a", "b", "a"],
            "loss": [3.5, 3.25, 3.0],
            "samples": [1, None, 2],
        }
    )
    frame.to_parquet(tmp_path / "race.parquet")
    frame.to_csv(tmp_path / "race.csv", index=False)
    assert same(read_race(tmp_path / "race.parquet"), read_race(tmp_path / "race.csv"))


def test_time_zones_and_lists(tmp_path):
    """Times with a zone become UTC, and `builds_on` may be a list."""
    times = pa.array(
        [datetime(2026, 3, 1, 6, tzinfo=UTC), datetime(2026, 3, 1, 7, tzinfo=UTC)], pa.timestamp("us", "Europe/Paris")
    )
    race = read_race(write(tmp_path, {"time": times, "miner": ["a", "b"], "loss": [3.0, 2.0], "builds_on": [[], [1]]}))
    assert race.block.tolist() == [0, 300]
    assert race.builds_on == ((), (0,))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"loss": [3.5, float("nan"), 3.0]}, "row 2, column 'loss': is 'nan', but must be a finite positive"),
        ({"loss": [3.5, None, 3.0]}, "row 2, column 'loss': is empty"),
        ({"uid": ["", "b", "c"]}, "row 1, column 'uid': is empty"),
        ({"Date": DAYS[::-1]}, r"row 2, column 'Date'.*must be sorted"),
        ({"miner": ["a", "b", "c"]}, "'uid' and 'miner' both say the miner"),
        ({"sampels": [1, 2, 3]} | dict.fromkeys(["samples"]), "did you mean 'samples'"),
        ({"unit": ["bpb", "nats", "bpb"]}, "mixed units: row 1"),
        ({key: [] for key in COLUMNS}, "no rows"),
    ],
)
def test_faults_are_those_of_csv(tmp_path, change, words):
    """A fault names the row and the column, without lines, which parquet has not."""
    columns = {key: value for key, value in (COLUMNS | change).items() if value is not None}
    with pytest.raises(RaceError, match=r"race\.parquet: .*" + words):
        read_race(write(tmp_path, columns))


def test_too_many_rows(tmp_path):
    """Rows are counted before they are read."""
    path = write(tmp_path, {"block": np.arange(200_001), "miner": ["a"] * 200_001, "loss": np.ones(200_001)})
    with pytest.raises(RaceError, match="more than 200,000 rows"):
        read_race(path)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("listed", [True, False])
def test_long_texts_are_refused_before_they_are_unpacked(tmp_path, packed, listed):
    """20,000 times a name of 100 kB are 211 kB in a file; its length, or what the pages hold, is the reason."""
    name = ["x" * 100_000] if listed else "x" * 100_000
    columns = {"block": np.arange(2_000), "miner": ["a"] * 2_000, "loss": np.ones(2_000)}
    columns["builds_on" if listed else "miner"] = [name] * 2_000
    pq.write_table(pa.table(columns), tmp_path / "race.parquet", use_dictionary=packed, compression="zstd")
    found = "row 1, column .*has 100,000 bytes, but a cell may have 1,000" if packed else "bytes when unpacked"
    with pytest.raises(RaceError, match=found):
        read_race(tmp_path / "race.parquet")


def test_many_texts_are_refused_before_they_are_unpacked(tmp_path):
    """200,000 times a name of 900 characters are 180 MB, more than a file may have."""
    columns = {"block": np.arange(200_000), "miner": ["x" * 900] * 200_000, "loss": np.ones(200_000)}
    with pytest.raises(RaceError, match="texts have 180,000,000 bytes when unpacked"):
        read_race(write(tmp_path, columns))


def test_damage_is_a_message(tmp_path):
    """A cut or altered file is read or answered with a message, whichever byte is wrong."""
    whole = write(tmp_path, COLUMNS).read_bytes()
    path = tmp_path / "damaged.parquet"
    messages = []
    for at in range(0, len(whole), 7):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            path.write_bytes(data)
            try:
                read_race(path)
            except RaceError as error:
                messages.append(str(error))
    assert len(messages) > len(whole) / 7
    assert all("damaged.parquet" in message for message in messages)
