"""A database as a study's storage: one message where it cannot be opened or goes away, and one writer."""

import sys
from pathlib import Path

import pytest
from postgres import Postgres, postgres
from storages import UP, held, refusal, told

from experiments.search import StudyFailedError
from experiments.search.storage import open_study


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
