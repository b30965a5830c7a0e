"""What happens to a study whose process, workers, database or disk are killed, or that meets another one."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command import refused, start, steepest
from dask_cluster import cluster
from postgres import postgres
from small_study import recipe, study_folder, trials, worlds

from experiments.search.storage import open_study

TUNE = ("tune", "small.yaml")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that nobody interrupted, computed in one process."""
    home = tmp_path_factory.mktemp("whole")
    recipe(home)
    done = steepest(*TUNE, "--workers", 1, cwd=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert [state for _, state, _, _ in trials(home)] == ["COMPLETE"] * 12
    return home


def wait_until(there: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait for something, while the process runs."""
    end = time.monotonic() + 120
    while not there():
        assert process.poll() is None, f"the study was over before it could be interrupted: {process.communicate()}"
        assert time.monotonic() < end
        time.sleep(0.002)


def begun(home: Path, count: int) -> Callable[[], bool]:
    """Whether so many worlds are there: a generation has three."""
    return lambda: len(list(home.glob("runs/small/*/worlds/*/[!.]*.parquet"))) >= count


def interrupted(home: Path, count: int, kill: Callable[[int], None], *options: object) -> str:
    """Start a study, kill something when so many worlds are there, and give what it said after that."""
    recipe(home)
    process = start(*TUNE, *options, cwd=home)
    wait_until(begun(home, count), process)
    kill(process.pid)
    _, error = process.communicate(timeout=120)
    return error


def group(pid: int) -> None:
    """kill -9 of a process and all that it started."""
    os.killpg(pid, signal.SIGKILL)


def assert_like(whole: Path, home: Path, url: str | None = None) -> None:
    """The study has the trials, worlds and verdict of an uninterrupted one."""
    assert trials(home, url) == trials(whole)
    assert worlds(home).keys() == worlds(whole).keys()
    mine, other = (study_folder(each) / "results.json" for each in (home, whole))
    assert mine.read_bytes() == other.read_bytes()
    assert not list(home.rglob("*.tmp"))


def assert_goes_on_like(whole: Path, home: Path, *options: object, url: str | None = None) -> None:
    """The same command ends the study like an uninterrupted one, and computes no world twice."""
    before = worlds(home)
    done = steepest(*TUNE, *options, cwd=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert_like(whole, home, url)
    after = worlds(home)
    assert {name: after[name] for name in before} == before


def test_killed_in_the_middle(tmp_path: Path, whole: Path) -> None:
    """kill -9 in the middle of a generation: the same command goes on, value for value, and no trial stays running."""
    assert interrupted(tmp_path, 5, group, "--workers", 1) == ""
    assert "RUNNING" in {state for _, state, _, _ in trials(tmp_path)}
    assert_goes_on_like(whole, tmp_path, "--workers", 1)


def test_torn_journal(tmp_path: Path, whole: Path) -> None:
    """A journal that ends within a line is gone on with: the same trials, and not one world more."""
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    journal = study_folder(tmp_path) / "journal.log"
    data = journal.read_bytes()
    journal.write_bytes(data[: data.rfind(b"\n", 0, len(data) // 2) + 40])
    (journal.parent / "results.json").unlink()
    assert_goes_on_like(whole, tmp_path, "--workers", 1)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see other processes")
def test_killed_worker(tmp_path: Path, whole: Path) -> None:
    """kill -9 of a worker costs nothing but its piece of work; two workers come to what one does."""

    def worker(pid: int) -> None:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        spawned = [c for c in children if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()]
        os.kill(int(spawned[0]), signal.SIGKILL)

    assert interrupted(tmp_path, 1, worker, "--workers", 2) == ""
    assert_like(whole, tmp_path)


def test_two_processes(tmp_path: Path) -> None:
    """A second process on a study is told which one works on it, and changes nothing."""
    recipe(tmp_path)
    process = start(*TUNE, "--workers", 1, cwd=tmp_path)
    wait_until(begun(tmp_path, 1), process)
    os.killpg(process.pid, signal.SIGSTOP)  # it must not come to its end before the second one has looked
    try:
        said = refused(steepest(*TUNE, "--workers", 1, cwd=tmp_path))
    finally:
        group(process.pid)
        process.communicate()
    assert f"worked on by process {process.pid} on " in said


def test_another_study(tmp_path: Path) -> None:
    """A storage that holds another study of that name is refused with both digests, before anything is computed."""
    url = f"sqlite:///{tmp_path / 'study.db'}"
    with open_study(url, tmp_path / "other", "small", "0123456789ab", ["maximize"]):
        pass
    recipe(tmp_path)
    said = refused(steepest(*TUNE, "--storage", url, cwd=tmp_path))
    assert f"its digest is 0123456789ab, this recipe's is {study_folder(tmp_path).name}" in said
    assert not worlds(tmp_path)


FAULTY = """
import sys
from sim.world import World
plain = World.run
def run(self, watch=None):
    if any(getattr(lane.policy, "start", 1.0) < 0.0024 for lane in self.columns.lanes):
        raise RuntimeError("no world for such a start")
    return plain(self, watch)
World.run = run
from experiments.cli.app import main
sys.argv[0] = "steepest"
main()
"""


def test_candidate_that_fails(tmp_path: Path, whole: Path) -> None:
    """Candidates whose worlds fail are failed trials with the reason; the others of the generation count as ever.

    They are not tried again when the study goes on, which ends with exit code 0 as it did.
    """
    recipe(tmp_path, "trials: 12", "trials: 4")
    command = [sys.executable, "-c", FAULTY, *TUNE, "--workers", "1"]
    first = trials(whole)[:4]
    fails = [point["linear.start"] < 0.0024 for _, _, point, _ in first]
    assert 0 < sum(fails) < 4
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        found = trials(tmp_path)
        for (number, _, point, values), fail, mine in zip(first, fails, found, strict=True):
            assert mine == (number, "FAIL", point, None) if fail else mine == (number, "COMPLETE", point, values)
        before = worlds(tmp_path)
    assert worlds(tmp_path) == before
    assert "no world for such a start" in (study_folder(tmp_path) / "journal.log").read_text()


def test_full_disk(tmp_path: Path, whole: Path) -> None:
    """A disk that fills up is one message and exit code 1; with more space, the same command goes on."""
    disk = tmp_path / "runs"
    disk.mkdir()
    recipe(tmp_path)
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)]
    if not mount or not umount or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        said = refused(steepest(*TUNE, "--workers", 1, cwd=tmp_path), code=1)
        assert "No space left on device" in said
        assert not list(disk.rglob("*.tmp"))
        subprocess.run([mount, "-o", "remount,size=100m", str(disk)], check=True)
        assert_goes_on_like(whole, tmp_path, "--workers", 1)
    finally:
        subprocess.run([umount, str(disk)], check=True)


def test_killed_database(tmp_path: Path, whole: Path) -> None:
    """kill -9 of PostgreSQL in the middle of a generation: one message; started again, the study goes on."""
    with postgres() as server:
        options = ("--workers", 1, "--storage", server.url)
        said = interrupted(tmp_path, 4, lambda pid: server.kill(), *options)
        assert said.startswith("steepest: the storage postgresql+psycopg://tester@/postgres went away (")
        assert said.endswith("); start it and run the same command again, finished worlds are kept\n")
        assert said.count("\n") == 1
        assert "cannot be opened" in refused(steepest(*TUNE, *options, cwd=tmp_path))
        server.start()
        assert_goes_on_like(whole, tmp_path, *options, url=server.url)


def test_killed_dask_worker(tmp_path: Path, whole: Path) -> None:
    """A study on a Dask scheduler with two workers, one of which is killed, comes to what one process does."""
    (tmp_path / "dask").mkdir()
    with cluster(tmp_path / "dask", 2) as dask:
        said = interrupted(tmp_path, 1, lambda pid: dask.workers[0].kill(), "--scheduler", dask.address)
        assert said == ""
        assert_like(whole, tmp_path)
