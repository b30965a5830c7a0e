"""What happens when a run is killed, stopped, or has no space left."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from command import refused, start, steepest
from small_race import RECIPE, ROWS, recipe
from small_world import RECIPE as LITTLE

CASES = "days: 10\n  cases: {first: {}, second: {days: 200}}"
TABLES = ("metrics", "events", "curves", "emission")


def long_recipe(folder, others):
    """Write a recipe of several races, each of which takes a while."""
    for name in others:
        (folder / f"{name}.csv").write_text(ROWS)
    races = ", ".join(f"{name}.csv" for name in ("small", *others))
    recipe(folder, text=RECIPE.replace("[small.csv]", f"[{races}]").replace("tail_days: 1", "tail_days: 60"))


def tables(home, name="small"):
    """The bytes of the tables of the only run."""
    (folder,) = (home / "runs" / name).iterdir()
    return {name: (folder / f"{name}.parquet").read_bytes() for name in TABLES}


def wait_for(pattern, home, process):
    """Wait until a file like that is there, while the process runs."""
    end = time.monotonic() + 60
    while not any(home.glob(pattern)):
        assert process.poll() is None, "the run was over before it could be interrupted"
        assert time.monotonic() < end
        time.sleep(0.001)


def test_killed_in_the_middle(tmp_path):
    """kill -9 leaves no result that looks complete; running again finishes with the bytes of an uninterrupted run."""
    for name in ("killed", "whole"):
        (tmp_path / name).mkdir()
        long_recipe(tmp_path / name, "b")
    arguments = ("run", "small.yaml", "--worlds", 3, "--workers", 1)
    process = start(*arguments, cwd=tmp_path / "killed")
    wait_for("runs/small/*/parts/[!.]*", tmp_path / "killed", process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    (folder,) = (tmp_path / "killed" / "runs" / "small").iterdir()
    assert [path.name for path in folder.iterdir()] == ["parts"]
    (folder / f".report.html.{process.pid}.tmp").write_text("killed later than this time")

    again, whole = (steepest(*arguments, cwd=tmp_path / name) for name in ("killed", "whole"))
    assert (again.returncode, whole.returncode, again.stderr) == (0, 0, "")
    assert tables(tmp_path / "killed") == tables(tmp_path / "whole")
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_world_killed_in_the_middle(tmp_path):
    """The same for worlds: killed while the second case runs, finished with the bytes of an uninterrupted run."""
    for name in ("killed", "whole"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "little.yaml").write_text(LITTLE.replace("days: 10", CASES))
    arguments = ("run", "little.yaml", "--workers", 1)
    process = start(*arguments, cwd=tmp_path / "killed")
    wait_for("runs/little/*/parts/[!.]*", tmp_path / "killed", process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    (folder,) = (tmp_path / "killed" / "runs" / "little").iterdir()
    assert [path.name for path in folder.iterdir()] == ["parts"]

    again, whole = (steepest(*arguments, cwd=tmp_path / name) for name in ("killed", "whole"))
    assert (again.returncode, whole.returncode, again.stderr) == (0, 0, "")
    assert tables(tmp_path / "killed", "little") == tables(tmp_path / "whole", "little")
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.parametrize("workers", [1, 2])
def test_stopped_by_the_user(tmp_path, workers):
    """Ctrl-C ends all processes at once with exit code 130 and one line that says how to go on."""
    long_recipe(tmp_path, "bcd")
    process = start("run", "small.yaml", "--worlds", 10, "--workers", workers, cwd=tmp_path)
    wait_for("runs/small/*/parts/[!.]*", tmp_path, process)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    stopped = "steepest: stopped; the worlds that are done are kept, run it again to go on\n"
    assert (process.returncode, out, err) == (130, "", stopped)


def left_over(folder):
    """Files that only a finished or a torn run would leave."""
    return [path.name for path in folder.rglob("*") if path.name.endswith((".tmp", ".html", "manifest.json"))]


def test_no_space_left(tmp_path):
    """A disk that fills up is one message and exit code 1; finished worlds stay, partial files do not."""
    disk = tmp_path / "runs"
    disk.mkdir()
    recipe(tmp_path)
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(disk)]
    if not mount or not umount or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        message = refused(steepest("run", "small.yaml", "--worlds", 16, "--workers", 1, cwd=tmp_path), code=1)
        assert "No space left on device" in message
        assert left_over(disk) == []
        assert list(disk.glob("small/*/parts/*"))
    finally:
        subprocess.run([umount, str(disk)], check=True)


def test_a_file_that_may_not_grow(tmp_path):
    """The same where the system limits the size of files (ulimit -f, 512 bytes here)."""
    recipe(tmp_path)
    message = refused(steepest("run", "small.yaml", "--workers", 1, cwd=tmp_path, before="ulimit -f 1"), code=1)
    assert "File too large" in message
    assert left_over(tmp_path) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path):
    """Results that cannot be kept are said with the folder's name, and exit code 1."""
    recipe(tmp_path)
    (tmp_path / "runs").mkdir(mode=0o500)
    assert "runs" in refused(steepest("run", "small.yaml", "--workers", 1, cwd=tmp_path), code=1)


def test_runs_is_a_file(tmp_path):
    """A file in the place of the results folder is one message and exit code 1."""
    recipe(tmp_path)
    (tmp_path / "runs").write_text("")
    assert "runs" in refused(steepest("run", "small.yaml", "--workers", 1, cwd=tmp_path), code=1)


def alive(pids):
    """Those of these processes that have not ended."""
    stats = [(pid, Path(f"/proc/{pid}/stat")) for pid in pids]
    return [pid for pid, stat in stats if stat.exists() and " Z " not in stat.read_text()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see other processes")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_workers_do_not_outlive_the_main_process(tmp_path, sign):
    """However the main process ends, nobody works on; the world's run is finished by the next one."""
    (tmp_path / "little.yaml").write_text(LITTLE.replace("days: 10", "days: 30"))
    process = start("run", "little.yaml", "--worlds", 600, "--workers", 2, cwd=tmp_path)
    wait_for("runs/little/*/parts/[!.]*", tmp_path, process)
    workers = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    assert len(alive(workers)) >= 2
    os.kill(process.pid, sign)
    process.communicate(timeout=20)
    end = time.monotonic() + 10
    while alive(workers) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(workers)
    assert not list(tmp_path.rglob("manifest.json"))
    done = steepest("run", "little.yaml", "--worlds", 2, "--workers", 1, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(tmp_path.rglob("manifest.json"))) == 1
