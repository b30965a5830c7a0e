"""Memory is estimated before anything is computed, and held against every limit that the system tells of."""

import resource
from pathlib import Path

import pytest
from small_race import lane, small_race

from experiments.run import memory
from policies import InputError
from sim.lanes import Columns, Lane
from sim.models import no_models
from sim.race.noise import NoiseLevel
from sim.race.race import Setting
from sim.race.world import scenario_of
from sim.scenario import Scenario, Validation
from sim.vault import new_vault

GB = 10**9


def lanes(count: int) -> list[Lane]:
    """So many lanes of an age-only policy."""
    return [lane("linear")] * count


def race(submissions: int, chain: bool = False) -> Scenario:
    """A race of so many submissions, each of which may build on the one before."""
    rows = [(i * 40 // submissions, f"m{i}", 3.0 - i * 1e-5) for i in range(submissions)]
    links = ((), *((i,) for i in range(submissions - 1))) if chain else ()
    return scenario_of(small_race(*rows, builds_on=links), Setting(NoiseLevel()))


def test_the_estimate_grows_with_miners_and_columns() -> None:
    """Twice the lanes need twice the memory but for what is drawn; 1,024 need what was measured, within a tenth."""
    one, two, four = (memory.task_bytes(Scenario(), lanes(count), 1) for count in (512, 1024, 2048))
    assert four - two == 2 * (two - one)
    measured = {64: 118e6, 256: 262e6, 1024: 1153e6}
    found = {miners: memory.task_bytes(Scenario(miners=miners), lanes(1024), 1) for miners in measured}
    assert found == pytest.approx(measured, rel=0.1)
    three = Scenario(validation=Validation(validators=3))
    assert memory.task_bytes(three, lanes(1024), 1) == pytest.approx(416e6, rel=0.1)


def test_worlds_draw_ahead() -> None:
    """16 worlds of one lane and 256 miners need the 74 MB that were measured, within a tenth: most is drawn ahead."""
    assert memory.task_bytes(Scenario(), lanes(1), 16) == pytest.approx(74e6, rel=0.1)


def test_sealed_models_wait_somewhere() -> None:
    """Lanes that seal for a week need room for the crowns of a week, as much as the engine then takes."""
    scenario, sealed = Scenario(days=20.0, miners=64), [lane("fixed"), lane("fixed", sealed_days=7.0)]
    extra = memory.task_bytes(scenario, sealed, 1) - memory.task_bytes(scenario, lanes(2), 1)
    columns = Columns(sealed, 1)
    vault = new_vault(scenario, columns, no_models(64, 2))
    assert extra == pytest.approx(sum(part.nbytes for part in vault.models), rel=0.02)


def test_many_models_of_a_step() -> None:
    """Policies that look at pairs need two numbers for each pair of models, rules by samples one sample of each."""
    dense, pairs = race(8000), [lane("lineage")]
    plain = memory.task_bytes(dense, lanes(1), 1)
    assert memory.task_bytes(dense, pairs, 1) - plain == 16 * 8001**2
    samples = [lane("linear", wins="per-sample")]
    assert memory.task_bytes(dense, samples, 1) - plain == 50 * 8001 * memory.SAMPLE


def test_a_race_that_says_what_builds_on_what() -> None:
    """Of 2,000 submissions in one line the ancestors take 2.9 MB, and lineages a bit for each pair and stage."""
    extra = memory.task_bytes(race(2000, chain=True), lanes(1), 1) - memory.task_bytes(race(2000), lanes(1), 1)
    assert extra == pytest.approx(2.9e6 + 3 * 2001 * 8 * 33, rel=0.05)


def test_too_many_lanes_are_refused_with_the_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is refused with the need, what there is, and what to do; what fits is not."""
    monkeypatch.setattr(memory, "free", lambda workers: GB)
    memory.check(Scenario(), lanes(1024), 1, 1)
    with pytest.raises(InputError, match=r"world: 10000 lanes of 256 miners need about 2\.6 GB, but only 0\.8 GB"):
        memory.check(Scenario(), lanes(10_000), 1, 1)
    with pytest.raises(InputError, match=r"in each of 8 processes.*take fewer lanes, miners or --workers"):
        memory.check(Scenario(), lanes(1024), 1, 8)
    with pytest.raises(InputError, match=r"small: 1 lane of 8000 submissions need about .* take fewer lanes or subm"):
        memory.check(race(8000), [lane("lineage")], 1, 1)


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 8 GB to be had and no other limit, in files."""
    monkeypatch.setattr(memory, "PROC", tmp_path / "proc")
    monkeypatch.setattr(memory, "CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    put(tmp_path / "proc/meminfo", "MemTotal: 16000000 kB\nMemAvailable: 7812500 kB\n")
    return tmp_path


def put(path: Path, text: object) -> None:
    """Write a file of the system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n")


def test_the_free_memory_is_known(system: Path) -> None:
    """The system says what is available; where it does not, there is at least what the machine has."""
    assert memory.free() == memory.free(4) == 8 * GB
    (system / "proc/meminfo").unlink()
    assert memory.free() > 10**7


def test_the_limit_of_a_container(system: Path) -> None:
    """Of its group and of those around it the tightest holds, less what is used, but for files that can go."""
    put(system / "proc/self/cgroup", "0::/pods/mine")
    put(system / "cgroup/pods/mine/memory.max", "max")
    put(system / "cgroup/pods/mine/memory.current", GB)
    assert memory.free() == 8 * GB
    put(system / "cgroup/pods/memory.max", 4 * GB)
    put(system / "cgroup/pods/memory.current", 3 * GB)
    put(system / "cgroup/pods/memory.stat", f"anon {GB}\nfile {2 * GB}\ninactive_file {GB}\nactive_file {GB}")
    assert memory.free() == 2 * GB
    put(system / "cgroup/pods/mine/memory.max", GB // 2)
    assert memory.free() == 0


def test_the_limit_of_a_container_of_the_old_kind(system: Path) -> None:
    """Version 1 has a tree for memory alone; a container sees its own group as the root."""
    put(system / "proc/self/cgroup", "5:cpu,cpuacct:/docker/0123\n4:memory:/docker/0123\n1:name=systemd:/docker/0123")
    put(system / "cgroup/memory/memory.limit_in_bytes", 2**63 - 4096)
    put(system / "cgroup/memory/memory.usage_in_bytes", GB)
    assert memory.free() == 8 * GB
    put(system / "cgroup/memory/memory.limit_in_bytes", 3 * GB)
    put(system / "cgroup/memory/memory.stat", f"inactive_file 7\ntotal_inactive_file {GB // 2}")
    assert memory.free() == 5 * GB // 2


def test_the_limit_of_a_process(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ulimit -v` holds for each process on its own, less what it has already."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (3 * GB, resource.RLIM_INFINITY))
    put(system / "proc/self/statm", f"{GB // resource.getpagesize()} 1 1 1 0 1 0")
    assert memory.free() == pytest.approx(2 * GB, abs=resource.getpagesize())
    assert memory.free(2) == pytest.approx(4 * GB, abs=2 * resource.getpagesize())
    assert memory.free(9) == 8 * GB


@pytest.mark.parametrize("text", ["", "nonsense", "0::/a/../..", "4:memory:/"])
def test_what_the_system_says_oddly(system: Path, text: str) -> None:
    """Files that are missing or make no sense limit nothing."""
    put(system / "proc/self/cgroup", text)
    put(system / "cgroup/memory.max", "many")
    put(system / "proc/self/statm", "")
    assert memory.free() == 8 * GB
