"""Results on disk: never half written, and what is damaged is said."""

import json
import os
import shutil
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_race import lane, small_race

from experiments.files import write
from experiments.results.store import MANIFEST, Store, StoreError
from experiments.results.tables import SCHEMAS, TABLES, failed, submissions
from policies import InputError

RACE = small_race((0, "ann", 3.0), (10, "bob", 2.9))
LANE = lane("fixed", "only")


def part(world, error=None):
    """The tables of a world that has one row of metrics and nothing else."""
    tables = failed(RACE, (LANE,), world, error or "")
    if error is None:
        column = tables["metrics"].schema.get_field_index("error")
        tables["metrics"] = tables["metrics"].set_column(
            column, SCHEMAS["race"]["metrics"].field("error"), pa.nulls(1, pa.string())
        )
    return tables


def manifest(**more):
    """A manifest with the keys that readers need."""
    return {"lanes": ["only"], "baseline": "only", "races": ["small"], "seed": 0, **more}


def names(folder):
    """All files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_write_makes_folders_and_replaces(tmp_path):
    """A file appears under its name with all it holds, text as UTF-8; an older one is replaced."""
    path = tmp_path / "a" / "b.txt"
    for text in ("one", "zwei €"):
        write(path, text)
        assert path.read_bytes() == text.encode()
    assert names(tmp_path) == ["a/b.txt"]


def test_write_leaves_nothing_when_it_fails(tmp_path, monkeypatch):
    """An error on the way leaves the old file as it was and no temporary one."""
    path = tmp_path / "b.txt"
    write(path, "old")

    def broken(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="No space left"):
        write(path, "new")
    assert names(tmp_path) == ["b.txt"]
    assert path.read_text() == "old"


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of 64 kB; skips where it cannot be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if not mount or not umount or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    yield folder
    subprocess.run([umount, str(folder)], check=True)


def test_a_full_disk(tiny_disk):
    """A file that does not fit is an OSError, and nothing of it stays; a part likewise."""
    with pytest.raises(OSError, match="No space left"):
        write(tiny_disk / "big", b"x" * 100_000)
    assert names(tiny_disk) == []
    store = Store(tiny_disk / "run")

    def fill():
        for world in range(100):
            store.add("small", {world: part(world)})

    with pytest.raises(OSError, match="No space left"):
        fill()
    assert not [name for name in names(tiny_disk) if "tmp" in name]
    assert len(names(tiny_disk)) == len(store.worlds()) > 0


def test_a_part_that_does_not_fit(tiny_disk):
    """Of worlds that were simulated together those are kept that a full disk has space for."""
    store = Store(tiny_disk / "run")
    with pytest.raises(OSError, match="No space left"):
        store.add("small", {world: part(world) for world in range(100)})
    assert 0 < len(store.worlds()) < 100
    assert len(names(tiny_disk)) == len(store.worlds())


def test_parts_are_worlds_that_are_done(tmp_path):
    """A world counts once its part has its name; one that failed does not count."""
    store = Store(tmp_path)
    store.add("small", {0: part(0)})
    store.add("small", {3: part(3, "Traceback: broken")})
    assert store.worlds() == {("small", 0)}


def test_a_study_is_no_run(tmp_path):
    """Whoever asks for the results of a study's folder is told what it is."""
    (tmp_path / "manifest.json").write_text('{"kind": "study", "seed": 1}')
    with pytest.raises(StoreError, match="is a study; `steepest tune` with its recipe writes its report again"):
        Store(tmp_path).manifest()


def test_a_part_is_all_there_or_not_there(tmp_path, monkeypatch):
    """A part that cannot be written to its end leaves nothing behind."""

    def broken(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="No space left"):
        Store(tmp_path).add("small", {0: part(0), 1: part(1)})
    assert names(tmp_path) == []


def test_worlds_that_were_simulated_together_are_one_part(tmp_path):
    """They are all done, and a failure of one of them from before is forgotten."""
    store = Store(tmp_path)
    store.add("small", {2: part(2, "Traceback: broken")})
    store.add("small", {1: part(1), 2: part(2), 3: part(3)})
    assert len(names(tmp_path)) == 1
    assert store.worlds() == {("small", world) for world in (1, 2, 3)}
    store.finish("", manifest(), submissions(RACE))
    assert store.table("metrics")["world"].to_pylist() == [1, 2, 3]
    assert store.table("metrics")["error"].to_pylist() == [None] * 3


def test_a_damaged_part_is_said(tmp_path):
    """A part that is cut off is an input error of one line that names the file and says what to do."""
    store = Store(tmp_path)
    store.add("small", {0: part(0)})
    (path,) = (tmp_path / "parts").iterdir()
    for cut in (-100, 0):
        path.write_bytes(path.read_bytes()[:cut])
        with pytest.raises(StoreError, match=r"is damaged \(.*\); delete it and run again") as caught:
            store.worlds()
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_finished_folder_is_known_by_its_manifest(tmp_path, monkeypatch):
    """Which worlds it holds stands in `manifest.json`; tables are read where an older version wrote none of that."""
    store = Store(tmp_path)
    store.add("small", {world: part(world) for world in (0, 1, 2, 5)})
    store.add("small", {3: part(3, "Traceback: broken")})
    store.finish("", manifest(), submissions(RACE))
    done = {("small", world) for world in (0, 1, 2, 5)}
    assert store.manifest()["done"] == {"small": [[0, 3], [5, 6]]}
    with monkeypatch.context() as patch:
        patch.setattr("experiments.results.store.read_table", None)
        assert store.worlds() == done
    (tmp_path / MANIFEST).write_text(json.dumps(manifest()))
    assert store.worlds() == done
    (tmp_path / "metrics.parquet").unlink()
    assert store.worlds() == set()


def test_a_folder_without_results_is_removed(tmp_path):
    """What was made before anything was computed goes again where nothing came of it; what is kept stays."""
    store = Store(tmp_path / "runs" / "0123")
    with store.writable():
        assert (tmp_path / "runs" / "0123" / "parts").is_dir()
    assert not list((tmp_path / "runs").iterdir())
    with store.writable():
        store.add("small", {0: part(0)})
    assert store.worlds() == {("small", 0)}


def test_half_written_parts_are_ignored(tmp_path):
    """What a killed process left under a temporary name counts for nothing, and goes when the run is finished."""
    store = Store(tmp_path)
    store.add("small", {0: part(0)})
    half = tmp_path / "parts" / ".12345678-000001.arrow.99.tmp"
    half.write_bytes(b"half a fi")
    assert store.worlds() == {("small", 0)}
    store.finish("spec: 1\n", manifest(), submissions(RACE))
    assert names(tmp_path) == [
        "curves.parquet",
        "emission.parquet",
        "events.parquet",
        MANIFEST,
        "metrics.parquet",
        "spec.yaml",
    ]


def test_finish_orders_by_race_and_world(tmp_path):
    """Rows come by world, whatever was done first; later worlds are merged in, and one that is redone is replaced."""
    store = Store(tmp_path)
    for worlds in ((2, 0), (3, 1, 0)):
        for world in worlds:
            store.add("small", {world: part(world)})
        store.finish("", manifest(), submissions(RACE))
    assert store.table("metrics")["world"].to_pylist() == [0, 1, 2, 3]
    events = store.table("events").to_pydict()
    assert (events["kind"], events["submission"]) == (["submission"] * 2, [0, 1])


def test_a_world_that_failed_is_a_row_until_it_is_redone(tmp_path):
    """Its traceback stands in the error column; done again, it is a world like all others."""
    store = Store(tmp_path)
    store.add("small", {0: part(0, "Traceback: broken")})
    store.finish("", manifest(), submissions(RACE))
    assert store.table("metrics")["error"].to_pylist() == ["Traceback: broken"]
    assert store.worlds() == set()
    store.add("small", {0: part(0)})
    store.finish("", manifest(), submissions(RACE))
    assert store.table("metrics")["error"].to_pylist() == [None]
    assert store.worlds() == {("small", 0)}


def test_complete_means_finished_and_nothing_left_to_merge(tmp_path):
    """Complete after `finish`, not before, and not while a newer part waits."""
    store = Store(tmp_path)
    store.add("small", {0: part(0)})
    assert not store.complete
    store.finish("", manifest(), submissions(RACE))
    assert store.complete
    store.add("small", {1: part(1)})
    assert not store.complete


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"lanes": []}', "[" * 100_000])
def test_a_damaged_manifest_is_no_result(tmp_path, text):
    """The message names the folder and says what to do, and the next run finishes it anew."""
    store = Store(tmp_path)
    store.finish("", manifest(), submissions(RACE))
    (tmp_path / MANIFEST).write_text(text)
    for read in (store.manifest, lambda: store.table("metrics")):
        with pytest.raises(StoreError) as caught:
            read()
        assert str(caught.value) == (
            f"{tmp_path} holds no complete results (manifest.json is missing or damaged); "
            f"run the recipe again, it goes on where it stopped"
        )
    assert not store.complete


def test_no_folder_is_no_result(tmp_path):
    """A folder that is not there is an input error too."""
    with pytest.raises(InputError, match="holds no complete results"):
        Store(tmp_path / "nothing").manifest()
    assert Store(tmp_path / "nothing").worlds() == set()


@pytest.mark.parametrize("name", TABLES)
def test_a_damaged_table_is_said(tmp_path, name):
    """A table that is cut off or gone is an input error of one line that names the file."""
    store = Store(tmp_path)
    store.add("small", {0: part(0)})
    store.finish("", manifest(), submissions(RACE))
    path = tmp_path / f"{name}.parquet"
    for damage in (lambda: path.write_bytes(path.read_bytes()[:-20]), path.unlink):
        damage()
        with pytest.raises(StoreError, match="is missing or damaged") as caught:
            store.table(name)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_tables_are_parquet_with_the_promised_columns(tmp_path):
    """Any reader finds the columns of the schemas."""
    store = Store(tmp_path)
    store.add("small", {0: part(0)})
    store.finish("", manifest(note="é"), submissions(RACE))
    for name in TABLES:
        assert pq.read_schema(tmp_path / f"{name}.parquet").equals(SCHEMAS["race"][name])
    assert json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))["note"] == "é"
