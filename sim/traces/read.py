"""From files and folders to curves."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.traces import formats
from sim.traces.curve import Curve
from sim.traces.source import Source, Unreadable
from sim.traces.tidy import Given, tidy


@dataclass(frozen=True)
class Refusal:
    """A file that gave no curve, and why."""

    source: str
    reason: str


def read_file(path: Path, given: Given | None = None) -> list[Curve | Refusal]:
    """The curves of a file, one per run in it; a refusal with the reason where there is none."""
    given = given or Given()
    try:
        source = Source(path)
        name = formats.recognise(source)
        if name is None:
            return [Refusal(str(path), _why(source))]
        found = [tidy(raw, given, str(path), name, cut=source.ends_cut and _last_line_lost(source))
                 for raw in formats.readers()[name].read(source)]
    except Unreadable as error:
        return [Refusal(str(path), str(error))]
    except RecursionError:
        return [Refusal(str(path), "nested too deeply")]
    curves = [curve for curve in found if curve is not None]
    return list(curves) or [Refusal(str(path), f"looks like {name}, but has no loss in it")]


def walk(paths: list[Path]) -> Iterator[Path]:
    """The files of files and folders, in order; links out of a folder and loops are not followed."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, files in os.walk(path, followlinks=False, onerror=None):
            folders.sort()
            yield from (Path(folder) / name for name in sorted(files))


def _last_line_lost(source: Source) -> bool:
    """A file without a final line end is common; it is cut if a compressed frame was."""
    return source.path.suffix in (".gz", ".zst")


def _why(source: Source) -> str:
    if not source.raw_head:
        return "is empty"
    if source.binary:
        return "is binary, and no known event or table file"
    return "no reader knows this format"
