"""How many worlds one pass simulates: enough columns to be fast, and so few that a stop loses only seconds."""

from collections.abc import Sequence
from itertools import pairwise

from sim.scenario import Scenario

COLUMNS = 256
"""Lanes times worlds. A step costs 40 us for the pass and the rest for each column: from 128 columns on the first
no longer counts; from 1,024 on a column costs a tenth more again, because its numbers no longer fit into the cache."""
CELLS = 2**16  #: miners times columns, some 700 bytes each
DRAWS = 2**12  #: miners times worlds, for what is drawn ahead: 18 kB each
SECONDS = 3.0  #: of work, which are lost if a pass is stopped
COLUMN, MINER = 8e-7, 2.6e-8
"""Seconds that a step of a column takes, and more for each miner: races of 12 to 20 submissions take 0.6 to 1.1 us,
worlds of 16, 64 and 256 miners 1.3, 2.5 and 7.5."""


def column_seconds(scenario: Scenario) -> float:
    """Estimated seconds of one column."""
    return scenario.steps * (COLUMN + MINER * scenario.miners)


def pass_size(scenario: Scenario, lanes: int) -> int:
    """Worlds of a pass with so many lanes, at least one: lanes are never divided."""
    columns = min(COLUMNS, CELLS // scenario.miners, int(SECONDS / column_seconds(scenario)))
    return max(1, min(columns // lanes, DRAWS // scenario.miners))


def passes(worlds: Sequence[int], size: int, workers: int) -> list[tuple[int, ...]]:
    """Divide worlds into passes of `size` at most, as many and as equal as keep all workers busy to the end."""
    rounds = -(-len(worlds) // (size * workers))
    count = min(rounds * workers, len(worlds))
    edges = [place * len(worlds) // count for place in range(count + 1)] if count else []
    return [tuple(worlds[first:last]) for first, last in pairwise(edges)]
