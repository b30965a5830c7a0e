"""Where Optuna keeps a study: a journal in the study's folder, or a database, for one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.run.files import sweep
from experiments.tune.database import database
from experiments.tune.journal import journal
from experiments.tune.lock import locked
from policies import InputError

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import BaseStorage

DIGEST, VERSION = "digest", "steepest"
"""Attributes of a study: what names it, and the version that began it."""


@contextmanager
def opened(url: str | None, folder: Path, name: str, digest: str, directions: list[str]) -> Iterator["Study"]:
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
    with _quiet(), locked(folder / "study.lock", f"the study in {folder}"):
        sweep(folder)
        if url is None:
            yield _study(journal(folder / "journal.log"), name, digest, directions)
            return
        with database(url, name) as storage:
            yield _study(storage, name, digest, directions)


def _study(storage: "BaseStorage", name: str, digest: str, directions: list[str]) -> "Study":
    import optuna  # noqa: PLC0415 - a slow import

    sides = [optuna.study.StudyDirection[each.upper()] for each in directions]
    study = optuna.create_study(storage=storage, study_name=name, directions=sides, load_if_exists=True)
    there = study.user_attrs.get(DIGEST)
    if there is None and not study.get_trials(deepcopy=False):  # new, or its process was killed right here
        study.set_user_attr(VERSION, version("steepest"))
        study.set_user_attr(DIGEST, digest)
        there = digest
    if there != digest or study.directions != sides:
        raise InputError(
            f"the storage holds another study of the name {name!r}: its digest is {there}, this recipe's is {digest}; "
            "give the recipe another name or take another --storage, or go on with the recipe and the version of "
            f"steepest ({study.user_attrs.get(VERSION, 'unknown')}) that the study began with"
        )
    return study


@contextmanager
def _quiet() -> Iterator[None]:
    """Optuna tells of every trial; a study has its own progress."""
    import optuna  # noqa: PLC0415 - a slow import

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
