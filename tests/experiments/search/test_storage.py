"""A study's storage: one writer, one study, nothing torn, and a clear word where it cannot be opened."""

import json
from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest
from optuna.storages import BaseStorage
from optuna.testing.pytest_storages import StorageTestCase
from storages import UP, held, refusal, told

from experiments.search.database import database
from experiments.search.storage import journal, mend, open_study


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
