"""The shelf of shipped races, and finding a race by name or path."""

from pathlib import Path

from experiments.submissions.errors import RaceError, shown
from policies.errors import nearest

RACES = Path(__file__).resolve().parents[1] / "races"


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
    races = shipped()
    if name_or_path.replace("_", "-") in races:
        return races[name_or_path.replace("_", "-")]
    path = (base or Path.cwd()) / name_or_path
    try:
        if name_or_path and path.exists():
            return path
    except (OSError, ValueError):
        pass  # what the system cannot even look up does not exist
    raise RaceError(
        f"there is no shipped race {shown(name_or_path)} and no such file in {path.parent}; "
        f"{nearest(name_or_path, races)}"
    )
