"""A PostgreSQL server of a test's own: in a temporary folder, on a socket there, gone with the test."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Postgres:
    """A server in a folder.

    Attributes:
        url: of its database.
    """

    def __init__(self, programs: Path, folder: Path, prefix: list[str]) -> None:
        self._programs, self._folder, self._prefix = programs, folder, prefix
        self.url = f"postgresql+psycopg://tester@/postgres?host={folder}"
        self._process: subprocess.Popen[bytes] | None = None
        self._call("initdb", "-D", "data", "-U", "tester", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ["-D", "data", "-k", str(self._folder), "-c", "listen_addresses=", "-F"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._prefix, str(self._programs / "postgres"), *options],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + 30
        while not self._answers():
            assert time.monotonic() < end, (self._folder / "log").read_text()
            time.sleep(0.02)

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url.replace("+psycopg", "")).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """End all of it at once, as kill -9 does."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def _call(self, program: str, *arguments: str) -> None:
        command = [*self._prefix, str(self._programs / program), *arguments]
        found = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr


def _programs() -> Path | None:
    places = [Path(where).resolve().parent] if (where := shutil.which("postgres")) else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((p for p in places if all((p / n).exists() for n in ("postgres", "initdb"))), None)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A running server; the test is skipped where there can be none."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: Debian has it as `postgresql`")
    prefix: list[str] = []
    with tempfile.TemporaryDirectory(prefix="pg") as name:  # a socket's path is at most 107 bytes long
        folder = Path(name)
        if os.geteuid() == 0:  # it refuses to run as root
            user = pwd.getpwnam("nobody")
            setpriv = shutil.which("setpriv")
            if setpriv is None:
                pytest.skip("PostgreSQL refuses to run as root, and there is no setpriv to be somebody else")
            prefix = [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
            os.chown(folder, user.pw_uid, user.pw_gid)
        server = Postgres(programs, folder, prefix)
        server.start()
        try:
            yield server
        finally:
            server.kill()
