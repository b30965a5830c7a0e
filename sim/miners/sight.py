"""What miners see when they look up: public facts, their books, and their own noisy measurements."""

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from policies.arrays import Array
from sim.data.exposure import judged
from sim.miners.awake import Awake
from sim.miners.board import Board
from sim.miners.strategy import View

if TYPE_CHECKING:
    from sim.miners.miners import Miners


def sight(miners: "Miners", who: Awake, score: Array, luck: Array, board: Board) -> View:
    """The view of those who look up.

    Args:
        miners: all of them.
        who: who looks up.
        score: true losses of their private models on the present mixture, `[rows, columns]`.
        luck: log loss that the seed of their last run is worth, `[rows, 1]` or `[rows, columns]`.
        board: what is public.
    """
    xp, place, scenario, level, at = miners.place.xp, miners.place, miners.scenario, miners.scenario.noise, who.at
    models = board.models
    there = board.king >= 0
    seat = xp.where(there, board.king, scenario.miners), miners.numbers
    now = place.array(who.block)[:, None]
    king_score = judged(models.loss[seat], models.fare(*seat), board.lens)
    scale = xp.where(there, king_score, 1.0)
    noise = xp.where(miners.family[at] == models.family[seat], miners.kin, miners.stranger) / scale
    doubt = noise * sqrt(level.samples / scenario.local_samples)
    gain = xp.log(scale / score) + luck
    if level.stranger:
        gain = gain + doubt * miners.chance(miners.doubts, who)
    pending = miners.pending[at]
    live_block = xp.where(pending, miners.committed.block[at], models.block[at])
    live = pending | xp.isfinite(live_block)
    measured = xp.where(pending, np.nan, xp.log(board.measured[seat] / board.measured[at]))
    age = xp.where(there, now - models.block[seat], 0.0)

    alike = board.history.alike(seat[0][None, :], lambda: (miners.family[at], miners.line[:, at]))

    def epsilon(blocks: Array) -> Array:
        """The king's advantage so many blocks from now."""
        return xp.where(there, board.history.epsilon(now + blocks, age + blocks, seat[0][None, :], alike), 0.0)

    return View(
        xp=xp,
        gain=xp.where(there, gain, np.inf),
        doubt=doubt,
        noise=noise,
        epsilon=epsilon(0.0),
        floor=xp.where(there, board.history.floor(now, seat[0][None, :], alike), 0.0),
        later=epsilon,
        age=age,
        reign=xp.where(there, now - board.crowned, 0.0),
        king=at[:, None] == board.king,
        live=live,
        live_gain=xp.where(live, measured, -np.inf),
        live_age=xp.where(live, now - live_block, np.inf),
        pace=miners.courses.pace(miners.position[at], who.rows, miners.spread),
        rivals=board.descent[None, :],
        share=board.weights[at],
        value=scenario.economy.usd_per_day,
        cost=miners.usd[at],
        balance=miners.books.balance(at),
        fee=scenario.economy.registration_usd,
        active=miners.active[at],
        draw=miners.chance(miners.draws, who),
        seed_sd=miners.seed_sd,
        idle=miners.idle,
    )
