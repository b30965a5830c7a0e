"""Whether the lanes of a world fit into memory, before anything is computed."""

import os
from pathlib import Path

from policies import InputError
from sim.models import words
from sim.scenario import Scenario

BYTES, VALIDATOR, COLUMN = 370, 260, 64_000
"""Per miner and column, without lineages and data; the same for each validator; and per column: curves and delays.

Measured until the tables are made, which takes as much again as the contest itself: 1,024 lanes take 118 MB with 64
miners, 262 MB with 256, 1.15 GB with 1,024, and 416 MB with 256 miners and three validators.
"""
DRAWN = 18_000
"""Per miner and world, for what is drawn ahead: 16 worlds of 256 miners take 74 MB with one lane."""
SHARE = 0.8
"""Of the free memory that a run may plan with."""


def needed(scenario: Scenario, columns: int, worlds: int = 0) -> int:
    """Bytes of a pass with so many columns (lanes times worlds), and for what so many worlds draw ahead."""
    validators, sets = scenario.validation.validators, 0 if scenario.data is None else len(scenario.data.sets)
    history = 8 * (words(scenario.owners) + sets) * (2 + validators)  # private, committed and evaluated models
    of_a_column = (scenario.miners + 1) * (BYTES + VALIDATOR * validators + history) + COLUMN
    return columns * of_a_column + worlds * (scenario.miners + 1) * DRAWN


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


def check(scenario: Scenario, lanes: int, worlds: int, workers: int) -> None:
    """Refuse a pass that does not fit, where so many run at a time.

    Raises:
        InputError: with the estimate, what is free, and what to do.
    """
    each, there = needed(scenario, lanes * worlds, worlds), free() * SHARE
    if each * workers > there:
        processes = f" in each of {workers} processes" if workers > 1 else ""
        raise InputError(
            f"{scenario.name}: {lanes} lanes of {scenario.miners} miners need about "
            f"{each / 1e9:.2g} GB{processes}, but only {there / 1e9:.2g} GB are to be had; "
            f"take fewer lanes{', miners or --workers' if workers > 1 else ' or miners'}"
        )
