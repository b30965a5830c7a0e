"""Libraries of curves: those that are shipped, and those that are imported from logs or synthesised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from experiments.data import TRACES
from experiments.files import find_file, sweep_beside, unfinished
from policies.errors import InputError, nearest
from sim.traces.curve import Curve, write_library
from sim.traces.read import Refusal, read_file, walk
from sim.traces.synth import Spec, runs
from sim.traces.tidy import Given

Progress = Callable[[int, int], None]
MOST_SEEDS = 10_000


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
    return find_file("library", shipped(), name_or_path, base)


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


def write_synthesised(path: Path, spec: Spec, seeds: int) -> dict[str, Any]:
    """Write a library of so many runs of a recipe, and return what is in it, as JSON would have it.

    Raises:
        InputError: the recipe makes no run, or the number of seeds is out of bounds.
    """
    if not 1 <= seeds <= MOST_SEEDS:
        raise InputError(f"--seeds {seeds}: must be between 1 and {MOST_SEEDS}", ("seeds",))
    curves = list(runs(spec, seeds))
    write_library(path, curves)
    return {"out": str(path), "curves": [_about(curve) for curve in curves], "warnings": list(curves[0].warnings)}


def describe(found: dict[str, Any]) -> str:
    """What was written, in words for people."""
    curves = found["curves"]
    losses = np.array([curve["final_loss"] for curve in curves if curve["final_loss"] is not None])
    ends = "no run came to its end" if not len(losses) else f"final loss {losses.mean():.4f} nats"
    if len(losses) > 1:
        ends += f" (sd {losses.std(ddof=1):.4f} over {len(losses)} runs)"
    hours = np.mean([curve["hours"] for curve in curves])
    lines = [
        f"{found['out']}: {len(curves)} synthesised curve{'s' * (len(curves) != 1)}, {curves[0]['points']} points each",
        f"{ends}, {hours:.2f} hours on {curves[0]['hardware']}, measured on {curves[0]['dataset']}",
        *found["warnings"],
    ]
    return "\n".join(lines)


def _about(curve: Curve) -> dict[str, Any]:
    final = curve.final_loss
    return {
        "run": curve.run,
        "seed": curve.seed,
        "points": len(curve),
        "steps": float(curve.step[-1]),
        "final_loss": final if np.isfinite(final) else None,
        "hours": float(curve.seconds[-1]) / 3600,
        "hardware": curve.hardware,
        "dataset": curve.dataset,
        "flags": list(curve.flags),
    }
