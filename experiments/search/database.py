"""A database as the storage of studies: SQLite in a file, PostgreSQL or MySQL anywhere."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, ProgrammingError, SQLAlchemyError

from experiments.run.messages import silence
from experiments.search import StudyFailedError
from experiments.search.storage import hold_lock, holder, lock_refusal
from policies import InputError

FORMS = "sqlite:///FILE.db, postgresql://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE"
DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}  #: the driver of a URL that names none
CONNECT_SECONDS = 10  #: how long to wait for a server that does not answer
TRIES = 5
"""Attempts to make the tables: of studies that begin in an empty database at the same moment, all but one fail."""

LOCKS = {
    "postgresql": ("SELECT pg_try_advisory_lock(:key)", "SET application_name = '{holder}'"),
    "mysql": ("SELECT GET_LOCK(CONCAT('steepest ', :key), 0)", "SET SESSION wait_timeout = 2147483"),
}
"""By kind of server: the statement that locks a study for the life of a connection, and the one before it."""
HOLDER = (
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' "
    "AND l.granted AND (CAST(l.classid AS bigint) << 32) + CAST(l.objid AS bigint) = :key"
)
"""The name of the holder of a lock, which PostgreSQL knows and MySQL does not."""


@contextmanager
def database(text: str, name: str) -> Iterator[RDBStorage]:
    """The storage at a URL, with the study of that name locked.

    Raises:
        InputError: the URL is wrong, the driver is not installed, the server cannot be reached or refuses, or another
            process holds the study.
        StudyFailedError: the database went away in the middle.
    """
    where = url(text)
    # the tracebacks of the connection pool are silenced: a lost database is said in one message of this program
    with silence("sqlalchemy.pool"), _lock(where, name):
        storage = _open(where)
        try:
            yield storage
        except (SQLAlchemyError, StorageInternalError) as error:
            raise StudyFailedError(
                f"the storage {public(where)} went away ({_reason(error)}); start it and run the same command again, "
                "finished worlds are kept"
            ) from None
        finally:
            storage.scoped_session.remove()
            storage.engine.dispose()


def url(text: str) -> URL:
    """Parse the URL of a database that Optuna knows, and add its driver.

    Raises:
        InputError: it is wrong, or its driver is not installed; the message never holds a password.
    """
    try:
        where = make_url(text)
    except (ArgumentError, ValueError):  # their own messages may hold a password
        raise InputError(f"--storage is no address of a database; give {FORMS}") from None
    kind = where.get_backend_name()
    if kind not in ("sqlite", *LOCKS):
        raise InputError(f"--storage cannot be of the kind {kind!r}; give {FORMS}")
    if kind == "sqlite" and where.database in (None, "", ":memory:"):
        raise InputError("--storage sqlite:// keeps nothing; give it a file, sqlite:///study.db")
    where = where.set(drivername=DRIVERS.get(where.drivername, where.drivername))
    try:
        where.get_dialect().import_dbapi()
    except NoSuchModuleError:
        raise InputError(f"--storage: there is no driver {where.drivername!r}; give {FORMS}") from None
    except ImportError as error:
        wanted = (error.name or where.get_driver_name()).partition(".")[0]
        ours = "'steepest[cluster]'" if wanted == "psycopg" else wanted
        raise InputError(f"--storage {public(where)} needs {wanted}, not installed: pip install {ours}") from None
    return where


def public(where: URL) -> str:
    """A URL without password and query."""
    return where.set(query={}).render_as_string(hide_password=True)


@contextmanager
def _lock(where: URL, name: str) -> Iterator[None]:
    """Lock a study: by a file beside an SQLite file, or in the server, which frees it when the connection ends."""
    what, kind = f"the study {name} in {public(where)}", where.get_backend_name()
    if kind == "sqlite":
        file = Path(str(where.database))
        if not file.absolute().parent.is_dir():
            raise InputError(f"--storage: there is no folder {file.absolute().parent} for {file.name}; make it first")
        with hold_lock(file.with_name(f"{file.name}.{name}.lock"), what):
            yield
        return
    lock, before = LOCKS[kind]
    key = {"key": int.from_bytes(hashlib.sha256(f"steepest {name}".encode()).digest()[:8], "big") >> 1}  # signed bigint
    engine = sa.create_engine(where, connect_args=_timeout(where), poolclass=sa.NullPool, pool_reset_on_return=None)
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(engine.connect()).execution_options(isolation_level="AUTOCOMMIT")
            stack.callback(connection.invalidate)  # without it, closing would wait for a server that went away
            connection.exec_driver_sql(before.format(holder=holder().replace("'", "")[:63]))
            locked, other = connection.execute(sa.text(lock), key).scalar(), None
            if not locked and kind == "postgresql":
                other = connection.execute(sa.text(HOLDER), key).scalar()
        except SQLAlchemyError as error:
            raise _unreachable(where, error) from None
        if not locked:
            raise lock_refusal(what, str(other or ""))
        yield


def _open(where: URL) -> RDBStorage:
    # no pre-ping, which would reconnect to a restarted server: that has lost the lock on the study, so it must fail
    engine = {"connect_args": _timeout(where), "pool_pre_ping": False}
    for left in reversed(range(TRIES)):
        try:
            return RDBStorage(where.render_as_string(hide_password=False), engine)
        except (IntegrityError, ProgrammingError) as error:  # another study just made the same table
            if not left:
                raise _unreachable(where, error) from None
        except SQLAlchemyError as error:
            raise _unreachable(where, error) from None
        except RuntimeError as error:  # tables of another Optuna
            raise InputError(f"--storage {public(where)}: {error}") from None
    raise AssertionError


def _timeout(where: URL) -> dict[str, Any]:
    return {"timeout" if where.get_backend_name() == "sqlite" else "connect_timeout": CONNECT_SECONDS}


def _unreachable(where: URL, error: Exception) -> InputError:
    return InputError(
        f"--storage {public(where)} cannot be opened ({_reason(error)}); is the server running, the database made, "
        "and the user let in?"
    )


def _reason(error: BaseException) -> str:
    """The first line of the driver's message, without SQL statements and their values."""
    origin = getattr(error, "orig", None) or getattr(error.__cause__, "orig", None) or error.__cause__ or error
    return (str(origin).strip().splitlines() or [type(origin).__name__])[0]
