"""`steepest traces inspect` and `import` as a user runs them, on good files and on hostile ones."""

import gzip
import json
import os
import socket

import numpy as np
import pytest
from command import refused, steepest
from places import BESIDE

from experiments.curves.inspection import FIELDS
from policies.errors import printable
from sim.traces.curve import Curve, read_library
from sim.traces.read import Refusal, read_file, walk
from sim.traces.reading import source

TABLE = "step,seconds,val_loss\n0,0,9.5\n100,60,8.25\n200,120,8\n"


@pytest.fixture
def logs(tmp_path):
    """A folder with a table, a chart of two runs, and a file that is no log."""
    folder = tmp_path / "logs"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.csv").write_text(TABLE, encoding="utf-8")
    (folder / "deep/b.csv").write_text('"Step","x - loss","y - loss"\n"1","5","4"\n"2","4","nan"\n', encoding="utf-8")
    (folder / "notes.txt").write_text("nothing to see\n", encoding="utf-8")
    return tmp_path


def inspected(folder, *arguments, code=0):
    """The document of an inspection."""
    found = steepest("traces", "inspect", *arguments, "--json", cwd=folder)
    assert found.returncode == code, found.stderr
    return json.loads(found.stdout)


def test_one_object_per_run(logs):
    """The document has every field of every run, null where something is unknown."""
    a, notes, x, y = inspected(logs, "logs")
    assert all(tuple(r) == FIELDS for r in (a, x, y, notes))
    losses = {"loss_kind": "validation", "loss_unit": "nats", "final_loss": 8, "last_finite_loss": 8}
    steps = {"run": None, "points": 3, "first_step": 0, "last_step": 200, "seconds": 120, "tokens": None}
    warning = "tokens are not in the log and were not given (tokens per step)"
    facts = {"file": "logs/a.csv", "format": "table", "diverged": False, "truncated": False, "warnings": [warning]}
    assert a == losses | steps | facts
    assert (x["run"], x["final_loss"], x["seconds"]) == ("x", 4, None)
    assert (y["run"], y["final_loss"], y["last_finite_loss"], y["diverged"]) == ("y", None, 4, True)
    assert notes["format"] is None
    assert notes["warnings"] == ["no reader knows this format"]
    assert {key: notes[key] for key in ("run", "final_loss", "diverged")} == {
        "run": None,
        "final_loss": None,
        "diverged": None,
    }


def test_a_table_for_people_with_the_warnings_below(logs):
    """Every run is a line; every warning is said once, and what holds for several is counted."""
    found = steepest("traces", "inspect", "logs", cwd=logs)
    assert found.returncode == 0
    assert found.stderr == ""
    for word in ("a.csv", "8.0000", "validation nats", "diverged", "wandb-csv"):
        assert word in found.stdout
    assert "logs/notes.txt: no reader knows this format" in found.stdout
    assert found.stdout.count("the training loss is used") == 1
    assert "2 runs: no validation loss in the log" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["logs/notes.txt"], "no loss curve was found: logs/notes.txt: no reader knows this format"),
        (["none", "logs/notes.txt"], "no loss curve was found: none: no such file (and 1 more files)"),
        (["empty"], "no file was found; name logs, or a folder of them"),
    ],
)
def test_nothing_readable_is_wrong_input(logs, arguments, reason):
    """Exit code 2, and one line; with `--json` the rows are printed all the same."""
    (logs / "empty").mkdir()
    assert refused(steepest("traces", "inspect", *arguments, cwd=logs)) == reason
    rows = inspected(logs, *arguments, code=2)
    assert [r["file"] for r in rows] == ([] if arguments == ["empty"] else arguments)
    assert refused(steepest("traces", "import", *arguments, "--out", "lib.parquet", cwd=logs)) == reason
    assert not list(logs.glob("*.parquet")) + list(logs.glob(".*"))


def test_a_library_holds_the_curves(logs):
    """Import says how many files, runs and refusals there were, and the facts that were given are in the library."""
    facts = [
        "--tokens-per-step",
        "512",
        "--dataset",
        "web",
        "--hardware",
        "8x H100",
        "--parameters",
        "1.5e9",
        "--seed",
        "7",
    ]
    found = steepest("traces", "import", "logs", "--out", "lib.parquet", *facts, cwd=logs)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.splitlines() == [
        "refused logs/notes.txt: no reader knows this format",
        "lib.parquet: 3 runs of 3 files, 6 points; 1 files refused",
    ]
    a, x, y = read_library(logs / "lib.parquet")
    assert (a.tokens.tolist(), a.seconds.tolist()) == ([0, 51200, 102400], [0, 60, 120])
    assert (a.dataset, a.hardware, a.parameters, a.seed, a.source) == ("web", "8x H100", 1.5e9, 7, "logs/a.csv")
    assert [c.run for c in (x, y)] == ["x", "y"]
    assert y.flags == ("diverged",)
    again = inspected(logs, "lib.parquet")
    assert [(r["file"], r["format"], r["points"]) for r in again] == [("lib.parquet", "library", n) for n in (3, 2, 1)]


def test_import_as_json_and_over_an_older_library(logs):
    """The document counts; a library that lies among the logs is not read into itself."""
    for _ in range(2):
        found = steepest("traces", "import", "logs", "--out", "logs/lib.parquet", "--json", cwd=logs)
        document = json.loads(found.stdout)
        assert {key: document[key] for key in ("library", "files", "runs", "points")} == {
            "library": "logs/lib.parquet", "files": 3, "runs": 3, "points": 6}  # fmt: skip
        assert document["refused"] == [{"file": "logs/notes.txt", "reason": "no reader knows this format"}]


@pytest.mark.parametrize(
    ("option", "value", "field", "expected"),
    [
        ("--kind", "train", "loss", [5, 4]),
        ("--time-unit", "min", "seconds", [60, 120]),
        ("--sequence-length", "1024", "tokens", [1024, 2048]),
        ("--bytes-per-token", "4", "loss", [4 * np.log(2) * 4, 4 * np.log(2) * 3]),
        ("--loss-column", "eval/b/loss", "loss", [1, 2]),
    ],
)
def test_every_fact_changes_the_library(tmp_path, option, value, field, expected):
    """A fact that is given is used."""
    columns = {"--bytes-per-token": "val_bpb", "--loss-column": "eval/a/loss,eval/b/loss"}.get(
        option, "val_loss,train_loss"
    )
    cells = (
        ("4,1", "3,2") if option == "--loss-column" else ("4,5", "3,4") if option != "--bytes-per-token" else ("4", "3")
    )
    text = f"step,elapsed,samples,{columns}\n1,1,1,{cells[0]}\n2,2,2,{cells[1]}\n"
    (tmp_path / "log").write_text(text, encoding="utf-8")
    found = steepest("traces", "import", "log", "--out", "lib.parquet", option, value, cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    curves = read_library(tmp_path / "lib.parquet")
    assert any(np.allclose(getattr(curve, field), expected) for curve in curves)
    assert (len(curves) == 1) or option != "--loss-column"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--tokens-per-step", "0"], "--tokens-per-step is 0, but must be a finite number above 0"),
        (["--bytes-per-token", "nan"], "--bytes-per-token is nan, but must be a finite number above 0"),
        (["--parameters", "-1"], "--parameters is -1, but must be a finite number above 0"),
        (["--out", "nowhere/lib.parquet"], "--out nowhere/lib.parquet must be a file in a folder that is there"),
        (["--out", "logs"], "--out logs must be a file in a folder that is there"),
    ],
)
def test_wrong_facts(logs, arguments, reason):
    """Wrong values are named, with the rule."""
    out = [] if "--out" in arguments else ["--out", "lib.parquet"]
    assert reason in refused(steepest("traces", "import", "logs", *arguments, *out, cwd=logs))


def test_a_failed_import_leaves_the_old_library(logs):
    """The new library takes the old one's place only when it is whole."""
    (logs / "lib.parquet").write_bytes(b"old")
    refused(steepest("traces", "import", "logs/notes.txt", "--out", "lib.parquet", cwd=logs))
    assert (logs / "lib.parquet").read_bytes() == b"old"
    assert sorted(path.name for path in logs.iterdir()) == ["lib.parquet", "logs"]


HOSTILE = [
    "new\nline.csv",
    "esc\x1b[2J\x1b[31m.csv",
    "<script>alert(1)<script>.csv",
    "[red]bold[red].csv",
    "ümlaut 🦉.csv",
]


def test_hostile_names(tmp_path):
    """Names of files and runs move no cursor and mean nothing to the terminal; `--json` gives them as they are."""
    names = [*HOSTILE, os.fsdecode(b"bad\xff.csv")]
    for name in names:
        (tmp_path / name).write_text("run,step,val_loss\n[b]\x1b[2Jx,1,9\n", encoding="utf-8")
    found = steepest("traces", "inspect", ".", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert "\x1b" not in found.stdout
    assert sorted(r["file"] for r in inspected(tmp_path, ".")) == sorted(names)
    found = steepest("traces", "import", ".", "--out", "lib.parquet", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert "bad\\udcff.csv" in {curve.source for curve in read_library(tmp_path / "lib.parquet")}


def test_files_that_are_none(tmp_path):
    """Empty files, pipes, sockets and links to nothing are refused at once; a loop of folders is walked once."""
    (tmp_path / "good.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "empty.csv").touch()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "gone.csv").symlink_to("nowhere")
    (tmp_path / "self.csv").symlink_to("self.csv")
    (tmp_path / "loop").symlink_to(".", target_is_directory=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket.csv"))
        rows = {r["file"]: r["warnings"][0] for r in inspected(tmp_path, ".") if r["format"] is None}
    assert rows == {
        "empty.csv": "is empty", "pipe.csv": "not a regular file", "socket.csv": "not a regular file",
        "gone.csv": "no such file", "self.csv": "no such file"}  # fmt: skip
    assert inspected(tmp_path, "pipe.csv", code=2)[0]["warnings"] == ["not a regular file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_that_may_not_be_read(logs):
    """Without permission a file is refused, and the others are read."""
    (logs / "logs/a.csv").chmod(0)
    a = inspected(logs, "logs")[0]
    assert (a["format"], a["warnings"]) == (None, ["Permission denied"])


@pytest.mark.parametrize(
    "data", [bytes(100_000), b"\x7fELF" + bytes(range(256)) * 50, b"\x89PNG\r\n\x1a\n" + bytes(500)]
)
def test_binary_files(tmp_path, data):
    """Programs and pictures are no logs."""
    (tmp_path / "log").write_bytes(data)
    (found,) = read_file(tmp_path / "log")
    assert isinstance(found, Refusal)
    assert found.reason == "is binary, and no known event or table file"


@pytest.mark.parametrize("start", [b"step,val_loss\n1,", b"", b'{"log_history": [', b'{"step": 1, "loss": "', b'"'])
@pytest.mark.parametrize("filling", [b"9", b"a,", b"[", b'"'])
def test_one_enormous_line(tmp_path, start, filling):
    """A line of ten megabytes is refused or read around, within seconds."""
    (tmp_path / "log").write_bytes(start + filling * (10_000_000 // len(filling)))
    for found in read_file(tmp_path / "log"):
        assert isinstance(found, Refusal) or len(found) < 3


def test_a_bomb_of_gzip_stops_at_the_bound(tmp_path, monkeypatch):
    """What unpacks to more than is allowed is refused when it does; the bound is 4 GiB."""
    assert source.UNPACKED_BYTES == 4 << 30
    monkeypatch.setattr(source, "UNPACKED_BYTES", 8 << 20)
    row_of_zeros = b"1," + b"0" * 1000 + b"\n"
    (tmp_path / "log").write_bytes(gzip.compress(b"step,val_loss\n" + row_of_zeros * 20_000))
    (found,) = read_file(tmp_path / "log")
    assert isinstance(found, Refusal)
    assert found.reason == "unpacks to more than 0 GiB"


def test_a_name_that_is_too_long(tmp_path):
    """A path that no file system takes is a refusal too."""
    (found,) = read_file(tmp_path / ("x" * 5000))
    assert isinstance(found, Refusal)
    assert list(walk([tmp_path / ("x" * 5000)])) == [tmp_path / ("x" * 5000)]


def test_printable():
    """What a terminal would obey is escaped, what it shows is not."""
    assert printable("ü 🦉\n\x1b[2J\udcff") == "ü 🦉\\n\\x1b[2J\\udcff"


@pytest.mark.skipif(not (BESIDE / "traces").is_dir(), reason="real traces stand beside the checkout, and are not here")
def test_the_whole_folder_of_real_traces(tmp_path):
    """Every file gives rows; nothing fails, and what is in the library is what was inspected."""
    rows = inspected(tmp_path, BESIDE / "traces")
    assert {r["file"] for r in rows} == {str(path) for path in walk([BESIDE / "traces"])}
    assert not [r for r in rows for warning in r["warnings"] if "please report it" in warning]
    readable = [r for r in rows if r["points"]]
    found = steepest("traces", "import", BESIDE / "traces", "--out", "lib.parquet", "--json", cwd=tmp_path)
    document = json.loads(found.stdout)
    assert document["points"] == sum(r["points"] for r in readable)
    for r, other in zip(readable, (c for c in read_library(tmp_path / "lib.parquet") if len(c)), strict=True):
        assert isinstance(other, Curve)
        assert (r["file"], r["last_finite_loss"]) == (other.source, other.loss[-1])
        assert other.run == r["run"] or (not r["run"] and other.run in r["file"])
