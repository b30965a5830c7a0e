"""Races by name or file, and how a race that was read is kept."""

import numpy as np
import pytest
from race_files import GOOD, fault, write

from experiments.submissions import RaceError, find, read, read_race, shipped
from experiments.submissions.limits import MOST_ROWS


def test_the_name_can_be_given(tmp_path):
    """A given name wins over the file's."""
    assert read_race(write(tmp_path, GOOD), name="mine").name == "mine"


def test_paths_that_are_no_race(tmp_path):
    """A missing file and a folder are faults of the path."""
    assert "No such file" in fault(tmp_path / "none.csv")
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


def test_a_race_is_read_once(tmp_path, monkeypatch):
    """What was read is kept under the file's content and the question; what is damaged is read again."""
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "kept"))
    path = write(tmp_path, GOOD)
    race, real = read_race(path), read._parse
    asked = []

    def counted(*given):
        asked.append(given)
        return real(*given)

    monkeypatch.setattr(read, "_parse", counted)
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


@pytest.mark.parametrize(
    "text",
    [
        "# source: \u00f6\nblock,miner,loss,sd,samples,builds_on\n0,a,0.3000000000000001,,,\n7,b\u00f6b,1e-5,1,49,1\n",
        '{"1": {"loss": 0.1}, "2": {"loss": Infinity}}\n{"1": {"loss": 0.3333333333333333}, "2": {"loss": 0.7}}\n',
    ],
)
def test_what_is_kept_of_a_race_is_exact(tmp_path, monkeypatch, text):
    """Links, unknown sds and a validator's measurements come back from the cache to the last bit."""
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "kept"))
    path = write(tmp_path, text)
    race = read_race(path)
    monkeypatch.setattr(read, "_parse", None)
    again = read_race(path)
    assert (again.name, again.unit, again.source) == (race.name, race.unit, race.source)
    assert (again.miner, again.builds_on) == (race.miner, race.builds_on)
    pairs = [(getattr(race, name), getattr(again, name)) for name in ("block", "loss", "sd")]
    if race.observed:
        pairs += [(race.observed.block, again.observed.block), (race.observed.loss, again.observed.loss)]
    for one, other in pairs:
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes()
