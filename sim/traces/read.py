"""From files and folders to curves."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sim.traces import formats
from sim.traces.curve import Curve
from sim.traces.reading.names import plain
from sim.traces.reading.source import Source, Unreadable
from sim.traces.tidy import Given, tidy


@dataclass(frozen=True)
class Refusal:
    """A file that gave no curve, and why; `format` is the reader that knew it, if one did."""

    source: str
    reason: str
    format: str | None = None


def read_file(path: Path, given: Given | None = None) -> list[Curve | Refusal]:
    """The curves of a file, one per run in it; a refusal with the reason where there is none."""
    given, name = given or Given(), None
    curves: list[Curve] = []
    try:
        source = Source(path)
        name = formats.recognise(source)
        if name is None:
            binary = source.encoding == "utf-8-sig" and b"\0" in source.raw_head
            unknown = "is binary, and no known event or table file" if binary else "no reader knows this format"
            return [Refusal(str(path), unknown if source.raw_head else "is empty")]
        for item in formats.readers()[name].read(source):
            if isinstance(item, Curve):  # from a library: it went through the rules when it was made
                curves.append(item)
            elif not given.loss_column or plain(item.loss_column) in ("", plain(given.loss_column)):
                curve = tidy(item, given, str(path), name, cut=source.frame_cut)
                curves += [] if curve is None else [curve]
    except Unreadable as error:
        return [Refusal(str(path), str(error), name)]
    except RecursionError:
        return [Refusal(str(path), "nested too deeply", name)]
    except OSError as error:
        return [Refusal(str(path), error.strerror or str(error), name)]
    except Exception as error:  # one file that a reader has no answer to must not take a folder of them along
        reason = f"the reader {name} failed: {type(error).__name__}: {error}; please report it"
        return [Refusal(str(path), reason, name)]
    seen: Counter[tuple[str, str]] = Counter()
    for place, curve in enumerate(curves):
        seen[curve.source, curve.run] += 1
        if (number := seen[curve.source, curve.run]) > 1:  # runs of one name in a file get a number
            curves[place] = replace(curve, run=f"{curve.run} ({number})")
    return [*curves] or [Refusal(str(path), f"looks like {name}, but has no loss in it", name)]


def walk(paths: list[Path]) -> Iterator[Path]:
    """The files of files and folders in order, and folders that cannot be listed; links to folders are not followed."""
    for path in paths:
        if not os.path.isdir(path):  # pathlib raises on a name that no file system takes
            yield path
            continue
        closed: list[OSError] = []
        for folder, folders, files in os.walk(path, followlinks=False, onerror=closed.append):
            folders.sort()
            yield from (Path(folder) / name for name in sorted(files))
        yield from (Path(error.filename) for error in closed)  # refused, for they cannot be opened as files either
