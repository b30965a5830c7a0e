"""Many logs as one library of curves, written as they are read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from experiments.run.files import sweep_beside, unfinished
from policies.errors import InputError
from sim.traces.curve import Curve, write_library
from sim.traces.read import Refusal, read_file, walk
from sim.traces.tidy import Given

Progress = Callable[[int, int], None]


@dataclass
class Imported:
    """What came of an import.

    Attributes:
        files: how many were looked at; `runs`, `points`: how many are in the library.
        refused: the files that gave none, and why.
    """

    files: int = 0
    runs: int = 0
    points: int = 0
    refused: list[Refusal] = field(default_factory=list)


def files(paths: list[Path]) -> list[Path]:
    """The files of files and folders, each once."""
    return list(dict.fromkeys(walk(paths)))


def make_library(paths: list[Path], out: Path, given: Given, progress: Progress) -> Imported:
    """Write the curves of all files to a library; a library that is there is replaced when the new one is whole.

    Raises:
        InputError: no curve in any of the files, or the library would stand where it cannot.
    """
    if out.is_dir() or not out.parent.is_dir():
        raise InputError(f"--out {out} must be a file in a folder that is there, such as library.parquet")
    sweep_beside(out)
    inputs = [path for path in files(paths) if path.resolve() != out.resolve()]
    found = Imported()
    with unfinished(out) as part:
        write_library(part, _curves(inputs, given, progress, found))
        if not found.runs:
            raise InputError(nothing(found.refused))
    return found


def nothing(refused: list[Refusal]) -> str:
    """The message where no file gave a curve."""
    if not refused:
        return "no file was found; name logs, or a folder of them"
    first, more = refused[0], f" (and {len(refused) - 1} more files)" if len(refused) > 1 else ""
    return f"no loss curve was found: {first.source}: {first.reason}{more}"


def _curves(paths: list[Path], given: Given, progress: Progress, found: Imported) -> Iterator[Curve]:
    for path in paths:
        progress(found.files, len(paths))
        found.files += 1
        for item in read_file(path, given):
            if isinstance(item, Refusal):
                found.refused.append(item)
            else:
                found.runs += 1
                found.points += len(item)
                yield item
