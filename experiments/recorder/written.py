"""Curves on disk: a library that is all there or not there."""

from collections.abc import Iterable
from pathlib import Path

from experiments.run.files import unfinished
from sim.traces.curve import Curve, write_library


def write_curves(path: Path, curves: Iterable[Curve]) -> None:
    """Write a library under a temporary name and rename it."""
    with unfinished(path) as temporary:
        write_library(temporary, curves)
