"""How many worlds a pass takes: enough columns to be quick, and so few that stopping it loses seconds."""

from collections.abc import Sequence
from itertools import pairwise

from sim.scenario import Scenario

COLUMNS = 256
"""Lanes times worlds. A step costs 40 us for the pass and the rest for each column: from 128 columns on the first
no longer counts; from 1,024 on a column costs a tenth more again, because its numbers no longer fit into the cache."""
CELLS = 2**16
"""Miners times columns, some 700 bytes each."""
DRAWS = 2**12
"""Miners times worlds, for what is drawn ahead: 18 kB each."""
SECONDS = 3.0
"""Of work: what is lost where a pass is stopped."""
COLUMN, MINER = 8e-7, 2.6e-8
"""Seconds that a step of a column takes, and more for each miner: races of 12 to 20 submissions take 0.6 to 1.1 us,
worlds of 16, 64 and 256 miners 1.3, 2.5 and 7.5."""


def column_seconds(scenario: Scenario) -> float:
    """About how long one column takes."""
    return scenario.steps * (COLUMN + MINER * scenario.miners)


def pass_size(scenario: Scenario, lanes: int) -> int:
    """Worlds that a pass with so many lanes takes: one at least, with all its lanes."""
    columns = min(COLUMNS, CELLS // scenario.miners, int(SECONDS / column_seconds(scenario)))
    return max(1, min(columns // lanes, DRAWS // scenario.miners))


def passes(worlds: Sequence[int], size: int, workers: int) -> list[tuple[int, ...]]:
    """The worlds of each pass: of `size` at most, and as many and as equal as keep all workers busy to the end.

    Args:
        worlds: all of them, by number.
        size: worlds of a pass.
        workers: passes that run at a time.
    """
    rounds = -(-len(worlds) // (size * workers))
    count = min(rounds * workers, len(worlds))
    edges = [place * len(worlds) // count for place in range(count + 1)] if count else []
    return [tuple(worlds[first:last]) for first, last in pairwise(edges)]
