"""Libraries of curves: those that are shipped, and those that are imported from logs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from experiments.data import TRACES
from experiments.files import find_file, sweep_beside, unfinished
from policies.errors import InputError, nearest
from sim.traces.curve import Curve, write_library
from sim.traces.read import Refusal, read_file, walk
from sim.traces.tidy import Given


def find(name_or_path: str, base: Path) -> Path:
    """The file of a shipped library, or else of a path, which starts from `base` where it is relative.

    Raises:
        InputError: neither exists.
    """
    shipped = {path.stem: path for path in sorted(TRACES.glob("*.parquet"))}
    return find_file("library", shipped, name_or_path, base)


def read(path: Path) -> tuple[Curve, ...]:
    """The curves of a library, or of any log that a reader knows.

    Raises:
        InputError: the file holds something else, too.
    """
    found = read_file(path)
    for each in found:
        if isinstance(each, Refusal):
            raise InputError(f"{each.source}: {each.reason}")
    return tuple(curve for curve in found if isinstance(curve, Curve))


def chosen(curves: tuple[Curve, ...], pattern: str) -> tuple[Curve, ...]:
    """The runs of that name, or else those whose names match a pattern such as `50k-*/raw`.

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


@dataclass
class Imported:
    """What an import has read and written so far."""

    files: int = 0  #: how many were read
    runs: int = 0  #: how many are in the library
    points: int = 0
    refused: list[Refusal] = field(default_factory=list)  #: files without a curve, and why


def files_of(paths: list[Path]) -> list[Path]:
    """The files of files and folders, each once."""
    return list(dict.fromkeys(walk(paths)))


def make_library(paths: list[Path], out: Path, given: Given, progress: Callable[[int, int], None]) -> Imported:
    """Write the curves of all files to a library; a library that is there is replaced when the new one is whole.

    Raises:
        InputError: no curve in any of the files, or the library would stand where it cannot.
    """
    if out.is_dir() or not out.parent.is_dir():
        raise InputError(f"--out {out} must be a file in a folder that is there, such as library.parquet")
    sweep_beside(out)
    inputs = [path for path in files_of(paths) if path.resolve() != out.resolve()]
    found = Imported()

    def curves() -> Iterator[Curve]:
        for path in inputs:
            progress(found.files, len(inputs))
            found.files += 1
            for item in read_file(path, given):
                if isinstance(item, Refusal):
                    found.refused.append(item)
                else:
                    found.runs += 1
                    found.points += len(item)
                    yield item if item.run else replace(item, run=Path(item.source).stem)  # recipes choose by name

    with unfinished(out) as part:
        write_library(part, curves())
        if not found.runs:
            raise no_curve(found.refused)
    return found


def no_curve(refused: list[Refusal]) -> InputError:
    """The error to raise where no file gave a curve."""
    if not refused:
        return InputError("no file was found; name logs, or a folder of them")
    more = f" (and {len(refused) - 1} more files)" if len(refused) > 1 else ""
    return InputError(f"no loss curve was found: {refused[0].source}: {refused[0].reason}{more}")
