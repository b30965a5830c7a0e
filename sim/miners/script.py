"""A script: commitments that are made whatever the policy, in place of miners that train and decide."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.miners.miners import People


@dataclass(frozen=True, eq=False)
class Script:
    """Commitments of a race; arrays `[commitments]`, in the order of their blocks."""

    block: np.ndarray  #: block of each commitment
    miner: np.ndarray  #: the miner that commits
    loss: np.ndarray  #: true loss of the model
    starts: tuple[int, ...] = ()  #: blocks at which steps of the clock begin; every `step_blocks` where there are none
    #: owners that each model was built on, its own included, as bits, int64 `[commitments, words]`; None where
    #: the race does not say
    line: np.ndarray | None = None


def perform(script: Script, number: int, people: "People", sums: np.ndarray, committed: np.ndarray) -> int:
    """Make a commitment of the script, by number, in every column; `sums` are records of `SUMS`, `[columns]`.

    Args:
        committed: gets (miner, column), int `[columns, 2]` and more.

    Returns:
        How many (miner, column) there are.
    """
    miner, block, loss = int(script.miner[number]), float(script.block[number]), float(script.loss[number])
    models, miners = people.committed.facts[:, miner], people.miners[:, miner]
    models["block"], models["loss"], models["base"], models["twin"] = block, loss, loss, number
    if script.line is not None:
        people.committed.line[:, miner] = script.line[number]
    miners["pending"] = True
    miners["submissions"] += 1
    miners["since"] = np.minimum(miners["since"], block)
    sums["published"], sums["best"] = (np.minimum(sums[name], loss) for name in ("published", "best"))
    committed[: len(sums), 0], committed[: len(sums), 1] = miner, np.arange(len(sums))
    return len(sums)
