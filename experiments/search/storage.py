"""Where Optuna keeps a study: a journal in the study's folder, or a database, for one process at a time."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

import optuna
from optuna.storages import BaseStorage
from optuna.study import Study, StudyDirection

from experiments.run.files import sweep
from experiments.search.journal import journal
from experiments.search.lock import locked
from policies import InputError

DIGEST, VERSION = "digest", "steepest"
"""Attributes of a study: what names it, and the version that began it."""


@contextmanager
def opened(url: str | None, folder: Path, name: str, digest: str, directions: list[str]) -> Iterator[Study]:
    """The study, new or as it was left, for this process alone. Nothing in it is ever unpickled.

    Args:
        url: of a database; None is the journal in the folder.
        folder: of the study, `runs/<name>/<digest>`; it is made.
        name: of the study, in its storage.
        digest: of all that the study depends on.
        directions: of its objectives, `maximize` or `minimize`.

    Raises:
        InputError: the storage cannot be opened, is of another study, or another process works on it.
        StudyFailedError: the database went away in the middle.
        OSError: the folder cannot be written.
    """
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        stack.enter_context(locked(folder / "study.lock", f"the study in {folder}"))
        sweep(folder)
        storage: BaseStorage
        if url is None:
            storage = journal(folder / "journal.log")
        else:
            from experiments.search.database import database  # noqa: PLC0415 - SQLAlchemy is slow to import

            storage = stack.enter_context(database(url, name))
        yield _study(storage, name, digest, directions)


def _study(storage: BaseStorage, name: str, digest: str, directions: list[str]) -> Study:
    sides = [StudyDirection[each.upper()] for each in directions]
    study = optuna.create_study(storage=storage, study_name=name, directions=sides, load_if_exists=True)
    begun = study.user_attrs.get(DIGEST)
    if begun is None and not study.get_trials(deepcopy=False):  # new, or its process was killed right here
        study.set_user_attr(VERSION, version("steepest"))
        study.set_user_attr(DIGEST, digest)
        begun = digest
    if begun != digest or study.directions != sides:
        raise InputError(
            f"the storage holds another study of the name {name!r}: its digest is {begun}, this recipe's is {digest}; "
            "give the recipe another name or take another --storage, or go on with the recipe and the version of "
            f"steepest ({study.user_attrs.get(VERSION, 'unknown')}) that the study began with"
        )
    return study


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Optuna's line for every trial: a study shows its own progress."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
