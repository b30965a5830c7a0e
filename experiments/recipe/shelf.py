"""A shelf: files that come with the program, found by name, and all other files by path."""

from collections.abc import Mapping
from pathlib import Path

from experiments.recipe.yaml_file import check_regular
from policies.errors import InputError, nearest


def find(
    what: str, shelf: Mapping[str, Path], name_or_path: str, base: Path, error: type[InputError] = InputError
) -> Path:
    """The file of a name on the shelf (hyphens and underscores are the same), or else of a path.

    Args:
        what: what a message calls the things on the shelf.
        shelf: files by name, with hyphens.
        name_or_path: a name on the shelf or a path.
        base: the folder that a relative path starts from.
        error: what is raised.

    Raises:
        InputError: neither exists.
    """
    name = name_or_path.replace("_", "-")
    if name in shelf:
        return shelf[name]
    path = base / name_or_path
    try:
        if name_or_path:
            check_regular(path, error)
            return path
    except (OSError, ValueError) as fault:
        if isinstance(fault, InputError):
            raise
        # else: what the system cannot look up does not exist
    raise error(
        f"there is no shipped {what} {name_or_path[:80]!r} and no such file in {path.parent}; "
        f"{nearest(name_or_path, shelf)}"
    )
