"""A study that takes seconds, and what is in its folder, for tests that interrupt it."""

from pathlib import Path
from typing import Any

RECIPE = """\
name: small
scenario:
  kind: world
  days: 6
  miners: 8
  noise: {samples: 100}
  fleet: {kinds: {h100: 0.5, a100: 0.5}}
search:
  policies: [linear]
baselines: [sn9-2025-03]
trials: 12
generation: 4
worlds: {search: 3, rerank: 2, final: 2, heldout: 2}
rerank: 2
finalists: 1
seed: 7
"""


def recipe(folder: Path, old: str = "", new: str = "") -> Path:
    """The recipe with `old` changed to `new`, written into a folder that is made."""
    assert old in RECIPE
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "small.yaml"
    path.write_text(RECIPE.replace(old, new, 1), encoding="utf-8")
    return path


def study_folder(home: Path) -> Path:
    """The folder of the only study."""
    (folder,) = (home / "runs" / "small").iterdir()
    return folder


def trials(home: Path, url: str | None = None) -> list[tuple[int, str, dict[str, Any], list[float] | None]]:
    """Number, state, point and values of every trial of the only study."""
    import optuna
    from optuna.storages import JournalStorage, RDBStorage
    from optuna.storages.journal import JournalFileBackend

    database = RDBStorage(url) if url else None
    storage = database or JournalStorage(JournalFileBackend(str(study_folder(home) / "journal.log")))
    study = optuna.load_study(study_name="small", storage=storage)
    found = [(each.number, each.state.name, each.params, each.values) for each in study.trials]
    if database:
        database.scoped_session.remove()
        database.engine.dispose()
    return found


def worlds(home: Path) -> dict[str, int]:
    """When each world of the only study was written, in nanoseconds, by its file."""
    folder = study_folder(home) / "worlds"
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.glob("*/[!.]*.parquet")}
