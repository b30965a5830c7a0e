"""Adoption: beginning again from the king's public model (theory C1)."""

from typing import TYPE_CHECKING

import numpy as np

from policies.arrays import Array
from sim.data.exposure import judged
from sim.miners.awake import Awake
from sim.miners.board import Board

if TYPE_CHECKING:
    from sim.miners.miners import Miners


def adopt(miners: "Miners", who: Awake, where: Array, score: Array, board: Board) -> None:
    """Begin again from the king's model where that, once warmed up, is better than one's own.

    Args:
        miners: all of them.
        who: who looked up.
        where: who would, `[rows, columns]`; there is a king.
        score: true losses of their private models on the present mixture.
        board: what is public.
    """
    xp, place = miners.place.xp, miners.place
    row, col = xp.nonzero(where)
    if not len(row):
        return
    rows, models, seat = who.rows[place.numpy(row)], board.models, board.king[col]
    world = miners.spread[place.numpy(col)] if len(miners.spread) > 1 else np.zeros(len(rows), dtype=np.int64)
    position = miners.courses.at(models.base[seat, col], rows, world)
    warmed = miners.courses.loss(position[:, None], rows)[:, 0]
    better = judged(warmed, models.fare(seat, col), board.lens) < score[row, col]
    miner, col, seat = place.array(rows)[better], col[better], seat[better]
    miners.position[miner, col] = position[better]
    miners.family[miner, col] = models.family[seat, col]
    miners.line[:, miner, col] = models.line[:, seat, col]
    if miners.diet is not None:
        miners.diet[:, miner, col] = models.diet[:, seat, col]
