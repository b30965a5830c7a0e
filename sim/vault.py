"""Sealed models: in lanes that publish late, kings' models wait here until others may begin from them."""

from typing import NamedTuple

import numpy as np

from sim.compiler import compiled, inlined
from sim.lanes import Columns
from sim.models import Models, filled, take
from sim.scenario import Scenario

RING = np.dtype([("first", "i8"), ("count", "i8"), ("king", "i8")], align=True)
"""A column's ring: the place of the oldest model, how many there are, and the miner of the newest."""


class Vault(NamedTuple):
    """Models of the kings of each column in the order of crowns, from the newest one that is public on.

    A seal that is no longer than the scenario's `public_blocks` keeps nobody from beginning from a model; where no lane
    has a longer one, there are no columns.
    """

    models: Models  #: `[columns, places]`
    rings: np.ndarray  #: records of `RING`, `[columns]`


def new_vault(scenario: Scenario, columns: Columns, models: Models) -> Vault:
    """An empty vault for models of this kind, with places for one crown a step for as long as models are sealed."""
    longest = int(min(columns.table["sealed"].max(initial=0.0), scenario.horizon))
    width = columns.width if longest > scenario.public_blocks else 0
    shape = width, longest // scenario.validation.step_blocks + 3
    return Vault(Models(*(np.zeros((*shape, *part.shape[2:]), part.dtype) for part in models)), filled(width, RING))


@inlined
def is_public(committed: float, block: float, sealed: float) -> bool:
    """Whether a model is public at a block; the one that a contest begins with, of block 0, was never sealed."""
    return bool(committed == 0.0 or block - committed >= sealed)


@compiled
def keep_sealed(
    vault: Vault, now: int, kings: np.ndarray, models: Models, lanes: np.ndarray, public_blocks: float
) -> None:  # fmt: skip
    """Take in the kings' models at block `now`, and let a model go once that of a later crown is public.

    `kings` are the reigning miners, int `[columns]`; at least one step passes between two calls.
    """
    for c in range(len(vault.rings)):
        ring, king, facts = vault.rings[c], kings[c], vault.models.facts[c]
        if king < 0 or lanes[c].sealed <= public_blocks:
            continue
        newest = (ring.first + ring.count - 1) % len(facts)
        if ring.count == 0 or ring.king != king or facts[newest].block != models.facts[c, king].block:
            take(vault.models, models, c, king, (newest + 1) % len(facts))
            ring.king = king
            ring.count += 1
        while ring.count > 1 and is_public(facts[(ring.first + 1) % len(facts)].block, now, lanes[c].sealed):
            ring.first = (ring.first + 1) % len(facts)
            ring.count -= 1
