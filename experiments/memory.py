"""Whether the lanes of a world fit into memory, before anything is computed."""

import os
from pathlib import Path

from policies import InputError
from sim.models import words
from sim.scenario import Scenario

BYTES = 300
"""Per miner and column, lineage and diet apart: measured, 1,024 lanes of 256 miners take 106 MB with their lineages."""
SHARE = 0.8
"""Of the free memory that a run may plan with."""


def needed(scenario: Scenario, columns: int) -> int:
    """Bytes of a pass with so many columns (lanes times worlds)."""
    lineage = 3 * 8 * words(scenario.miners)  # of the private, the committed and the evaluated model
    diets = 0 if scenario.data is None else 4 * 8 * len(scenario.data.sets)
    return (scenario.miners + 1) * columns * (BYTES + lineage + diets)


def free() -> int:
    """Bytes that a new program may have; a lot where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        try:
            return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, OSError, ValueError):
            return 2**62


def check(scenario: Scenario, columns: int, lanes: int, workers: int) -> None:
    """Refuse what does not fit.

    Raises:
        InputError: with the estimate, what is free, and what to do.
    """
    wanted, there = needed(scenario, columns) * workers, free() * SHARE
    if wanted > there:
        processes = f" in each of {workers} processes" if workers > 1 else ""
        raise InputError(
            f"{scenario.name}: {lanes} lanes of {scenario.miners} miners need about "
            f"{needed(scenario, columns) / 1e9:.2g} GB{processes}, but only {there / 1e9:.2g} GB are to be had; "
            f"take fewer lanes{', miners or --workers' if workers > 1 else ' or miners'}"
        )
