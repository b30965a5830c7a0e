"""The shelf of shipped libraries of curves, and finding curves by the library's name or path."""

from fnmatch import fnmatchcase
from pathlib import Path

from experiments import shelf
from experiments.data import TRACES
from policies.errors import InputError, nearest
from sim.traces.curve import Curve
from sim.traces.read import Refusal, read_file


def shipped() -> dict[str, Path]:
    """Name -> file of the libraries that come with the program, by name."""
    return {path.stem: path for path in sorted(TRACES.glob("*.parquet"))}


def find(name_or_path: str, base: Path) -> Path:
    """The file of a shipped library, or else of a path.

    Args:
        name_or_path: a name in `shipped()` or a path.
        base: the folder that a relative path starts from.

    Raises:
        InputError: neither exists.
    """
    return shelf.find("library", shipped(), name_or_path, base)


def read(path: Path) -> tuple[Curve, ...]:
    """The curves of a library, or of any log that a reader knows.

    Raises:
        InputError: the file holds something else, too.
    """
    found = read_file(path)
    refused = next((each for each in found if isinstance(each, Refusal)), None)
    if refused is not None:
        raise InputError(f"{refused.source}: {refused.reason}")
    return tuple(curve for curve in found if isinstance(curve, Curve))


def chosen(curves: tuple[Curve, ...], pattern: str) -> tuple[Curve, ...]:
    """The runs of that name, or whose names match a pattern such as `50k-*/raw`.

    Raises:
        InputError: there is none.
    """
    exact = tuple(curve for curve in curves if curve.run == pattern)
    found = exact or tuple(curve for curve in curves if fnmatchcase(curve.run, pattern))
    if not found:
        runs = [curve.run for curve in curves]
        hint = nearest(pattern, runs)
        if hint.startswith("known"):  # a library may have thousands
            hint = f"there are {len(runs)}, such as {', '.join(runs[:3])}"
        raise InputError(f"no run is called {pattern!r}; {hint}")
    return found
