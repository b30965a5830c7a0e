"""Curves on disk: a library that is all there or not there."""

import os
from collections.abc import Iterable
from pathlib import Path

from sim.traces.curve import Curve, write_library


def write_curves(path: Path, curves: Iterable[Curve]) -> None:
    """Write a library under a temporary name and rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write_library(temporary, curves)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
