"""A study's storage: one writer, one study, nothing torn, and a clear word where it cannot be opened."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import optuna
import pytest
from optuna.storages import BaseStorage
from optuna.testing.pytest_storages import StorageTestCase
from postgres import Postgres, postgres

from experiments.search import StudyFailedError
from experiments.search.database import database
from experiments.search.storage import journal, mend, open_study
from policies import InputError

UP = ["maximize"]


class TestOptunasStorages(StorageTestCase):
    """Optuna's tests of storages, for a study's journal and for its database."""

    @pytest.fixture(params=["journal", pytest.param("database", marks=pytest.mark.slow)])
    def storage(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BaseStorage]:
        """An empty storage."""
        if request.param == "journal":
            yield journal(tmp_path / "journal.log")
        else:
            with database(f"sqlite:///{tmp_path / 'study.db'}", "a") as found:
                yield found


def told(study: optuna.Study, value: float) -> None:
    """One more trial of that value."""
    trial = study.ask()
    trial.suggest_float("x", 0.0, 1.0)
    study.tell(trial, value)


def refusal(message: str, url: str | None, folder: Path, digest: str = "0123", directions: Sequence[str] = UP) -> str:
    """How the study `a` is refused; it must be for something like `message`."""
    with pytest.raises(InputError, match=message) as caught, open_study(url, folder, "a", digest, list(directions)):
        pass
    return str(caught.value)


def urls(folder: Path) -> list[str | None]:
    """The journal, and a database in a file."""
    return [None, f"sqlite:///{folder / 'study.db'}"]


@pytest.mark.parametrize("kind", [0, 1])
def test_goes_on(tmp_path: Path, kind: int) -> None:
    """What was told is there when the study is opened again, with its digest and the version that began it."""
    for number in range(2):
        with open_study(urls(tmp_path)[kind], tmp_path / "study", "a", "0123", UP) as study:
            assert len(study.trials) == number
            assert study.user_attrs == {"digest": "0123", "steepest": "0.1.0"}
            told(study, float(number))


@pytest.mark.parametrize("kind", [0, 1])
def test_another_study(tmp_path: Path, kind: int) -> None:
    """A study of another digest, or of other directions, is refused with both digests and what to do."""
    url = urls(tmp_path)[kind]
    with open_study(url, tmp_path / "study", "a", "0123", UP):
        pass
    refusal(r"digest is 0123, this recipe's is 4567; give the recipe another name", url, tmp_path / "study", "4567")
    refusal("another study", url, tmp_path / "study", directions=["minimize"])


def test_somebody_elses_study(tmp_path: Path) -> None:
    """A study with trials that steepest did not begin is refused; an empty one, left by a kill, is taken."""
    url = f"sqlite:///{tmp_path / 'study.db'}"
    optuna.create_study(storage=url, study_name="empty", direction="maximize")
    with open_study(url, tmp_path / "study", "empty", "0123", UP) as study:
        assert study.user_attrs["digest"] == "0123"
    told(optuna.create_study(storage=url, study_name="a", direction="maximize"), 1.0)
    refusal("digest is None", url, tmp_path / "study")


HOLD = """
import sys
from pathlib import Path
from experiments.search.storage import open_study
with open_study(sys.argv[1] or None, Path(sys.argv[2]), "a", "0123", ["maximize"]):
    print("held", flush=True)
    sys.stdin.read()
"""


def held(url: str | None, folder: Path) -> subprocess.Popen[str]:
    """A process that holds the study until it is killed."""
    command = [sys.executable, "-c", HOLD, url or "", str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.parametrize("kind", [0, 1])
def test_two_processes(tmp_path: Path, kind: int) -> None:
    """The second process on a study is refused with the first one's number; killed, the first one leaves no lock."""
    url = urls(tmp_path)[kind]
    with held(url, tmp_path / "study") as process:
        folder = tmp_path / ("study" if url is None else "other")  # a database is one, from whatever folder
        refusal(rf"worked on by process {process.pid} on", url, folder)
        process.kill()
        process.wait()
    with open_study(url, tmp_path / "study", "a", "0123", UP) as study:
        told(study, 1.0)


WHOLE = b'{"op_code":0}\n{"op_code":1}\n'


@pytest.mark.parametrize("torn", [b"", b"{", b'{"op_code":2}', b"\0\0\0\0", b"\0\0\n", b"\n", b'{"op_c\n', b"12\n"])
def test_mend(tmp_path: Path, torn: bytes) -> None:
    """A last line without its newline, or that is no step, is cut off; whole lines stay as they are."""
    path = tmp_path / "journal.log"
    assert mend(path) == 0
    path.write_bytes(WHOLE + torn)
    assert mend(path) == len(torn)
    assert path.read_bytes() == WHOLE
    path.write_bytes(torn)
    assert mend(path) == len(torn)
    assert path.read_bytes() == b""


def test_torn_journal(tmp_path: Path) -> None:
    """A journal that is torn, with the lock of a killed writer beside it, is read and written again, without a wait."""
    path = tmp_path / "journal.log"
    with open_study(None, tmp_path, "a", "0123", UP) as study:
        told(study, 1.0)
    with path.open("ab") as file:
        file.write(b'{"op_code":4,"worker')
    (tmp_path / "journal.log.lock").symlink_to(path)
    for number in (1, 2):
        with open_study(None, tmp_path, "a", "0123", UP) as study:
            assert len(study.trials) == number
            told(study, 1.0)
    assert all(json.loads(line) for line in path.read_text().splitlines())


@pytest.mark.parametrize("line", ["nothing\n", '{"op_code":9}\n', "[]\n"])
def test_damaged_journal(tmp_path: Path, line: str) -> None:
    """A journal that is damaged in the middle is left as it is, with a message that says what to do."""
    path = tmp_path / "journal.log"
    with open_study(None, tmp_path, "a", "0123", UP) as study:
        told(study, 1.0)
    text = line + path.read_text()
    path.write_text(text)
    refusal(r"journal.log is damaged .* move it away", None, tmp_path, "0")
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "no address of a database"),
        ("study.db", "no address of a database"),
        ("postgresql://me:geheim@host:geheim/db", "no address of a database"),
        ("oracle://me:geheim@host/db", "of the kind 'oracle'"),
        ("sqlite://", "keeps nothing"),
        ("sqlite:///:memory:", "keeps nothing"),
        ("sqlite:////nowhere/at/all.db", "there is no folder /nowhere/at"),
        ("sqlite+nix:///a.db", r"no driver 'sqlite\+nix'"),
        ("mysql+oursql_nix://me:geheim@host/db", "no driver"),
        ("postgresql+pg8000://me:geheim@host/db", r"postgresql\+pg8000://me:\*\*\*@host/db needs pg8000"),
        ("postgresql://me:geheim@127.0.0.1:1/db?password=geheim", "cannot be opened .* is the server running"),
    ],
)
def test_cannot_be_opened(tmp_path: Path, url: str, message: str) -> None:
    """A storage that cannot be opened is one message about the input, without the password."""
    said = refusal(message, url, tmp_path)
    assert "geheim" not in said
    assert len(said.splitlines()) == 1


def test_no_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg, PostgreSQL is refused with the extra to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    refusal(r"psycopg.*pip install 'steepest\[cluster\]'", "postgresql://h/d", tmp_path, "0")


def killed(server: Postgres, folder: Path) -> None:
    """A trial is told to a server that was killed and started again: the lock went with the old one."""
    with open_study(server.url, folder, "a", "0123", UP) as study:
        server.kill()
        server.start()
        told(study, 2.0)


def test_postgres(tmp_path: Path) -> None:
    """PostgreSQL: one writer with its number told to others, many studies, and one message when it is killed."""
    with postgres() as server:
        with held(server.url, tmp_path / "study") as process:
            refusal(rf"worked on by process {process.pid} on", server.url, tmp_path / "other")
            with open_study(server.url, tmp_path / "b", "b", "4567", UP) as study:
                told(study, 1.0)
            process.kill()
            process.wait()
        with open_study(server.url, tmp_path / "study", "a", "0123", UP) as study:
            told(study, 1.0)
        with pytest.raises(StudyFailedError, match=r"went away .* same command again, finished worlds are kept"):
            killed(server, tmp_path / "study")
        with open_study(server.url, tmp_path / "study", "a", "0123", UP) as study:
            assert [trial.value for trial in study.trials] == [1.0]
