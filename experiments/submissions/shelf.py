"""The shelf of shipped races, and finding a race by name or path."""

from pathlib import Path

from experiments.data import RACES
from experiments.recipe import shelf
from experiments.submissions.errors import RaceError


def shipped() -> dict[str, Path]:
    """Name -> file of the races that come with the program, by name."""
    return {path.stem: path for path in sorted(RACES.glob("*.csv"))}


def find(name_or_path: str, base: Path | None = None) -> Path:
    """The file of a shipped race (hyphens and underscores are the same), or else of a path.

    Args:
        name_or_path: a name in `shipped()` or a path.
        base: the folder that a relative path starts from; the current one by default.

    Raises:
        RaceError: neither exists.
    """
    return shelf.find("race", shipped(), name_or_path, base or Path.cwd(), RaceError)
