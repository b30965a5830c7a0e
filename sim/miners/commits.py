"""Commitments: from a decision to the model that is put on chain; single miners in single columns, `[some]`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from policies.arrays import Array
from sim.clock import BLOCKS_PER_DAY
from sim.data.exposure import judged
from sim.mechanism.sums import ordered_sum
from sim.miners.awake import Awake
from sim.miners.board import Board
from sim.miners.strategy import Decision
from sim.models import BITS

if TYPE_CHECKING:
    from sim.miners.miners import Miners


@dataclass(frozen=True)
class Commitments:
    """What was committed in a step: miners, columns and blocks, `[some]` each, of numpy."""

    rows: np.ndarray
    columns: np.ndarray
    block: np.ndarray


NOTHING = Commitments(*(np.empty(0, dtype=np.int64) for _ in range(3)))


@dataclass(frozen=True)
class _Chosen:
    """Those who commit: places in the view, miners and columns, the king's seat, and what was decided."""

    row: Array
    col: Array
    miner: Array
    seat: Array
    copy: Array
    rough: Array

    def of(self, where: Array) -> "_Chosen":
        return _Chosen(*(value[where] for value in vars(self).values()))


def commit(
    miners: "Miners",
    who: Awake,
    decision: Decision,
    submit: Array,
    loss: Array,
    score: Array,
    gain: Array,
    board: Board,
) -> Commitments:
    """Commit what was decided.

    Args:
        miners: all of them.
        who: who looked up.
        decision: of each.
        submit: who commits after all, `[rows, columns]`.
        loss, score: true losses of their private models, the reference's and on the present mixture.
        gain: over the king, as they measured it, their last run's luck included.
        board: what is public.
    """
    xp, place, scenario = miners.place.xp, miners.place, miners.scenario
    row, col = xp.nonzero(submit)
    if not len(row):
        return NOTHING

    def chosen(value: Array) -> Array:
        return xp.broadcast_to(xp.asarray(value, device=loss.device), submit.shape)[row, col]

    seat = xp.where(board.king < 0, scenario.miners, board.king)[col]
    led = board.king[col] >= 0
    some = _Chosen(row, col, who.at[row], seat, chosen(decision.copy) & led, chosen(decision.perturbation))
    luck, single = _luck(miners, who, some, chosen(decision.runs))
    base, extra = loss[row, col], score[row, col] - loss[row, col]
    best = base * xp.exp(-luck) + extra
    king = judged(board.models.loss[seat, col], board.models.fare(seat, col), board.lens)
    target = xp.where(led, king, 0.0) * xp.exp(-chosen(decision.offer))
    shown = xp.where(led & (target > best), target, best) - extra
    spoiled = xp.exp(0.5 * scenario.copy_penalty * some.rough**2)
    result = xp.where(some.copy, board.models.loss[seat, col] * spoiled, shown)
    trunk = xp.where(some.copy, board.models.base[seat, col] * spoiled, shown * xp.exp(luck))
    keep = (gain[row, col] + luck - single >= chosen(decision.least)) | some.copy
    some, result, trunk = some.of(keep), result[keep], trunk[keep]
    block = who.block[place.numpy(some.row)]
    _store(miners, some, result, trunk, place.array(block.astype(np.float64)), board)
    return Commitments(place.numpy(some.miner), place.numpy(some.col), block)


def _luck(miners: "Miners", who: Awake, some: _Chosen, runs: Array) -> tuple[Array, Array]:
    """Log loss that the best of so many seeds is worth, and what the single one of the view is; more runs cost more."""
    xp, place, sd = miners.place.xp, miners.place, miners.scenario.seed_sd
    world = place.array(miners.spread)[some.col] if len(miners.spread) > 1 else xp.zeros_like(some.col)
    drawn = place.array(miners.seeds(who))[some.row, world]
    if not xp.any(runs > 1):
        return sd * drawn, sd * drawn
    days = (runs - 1.0) * miners.looks.every / BLOCKS_PER_DAY
    books, at = miners.books, (some.miner, some.col)
    books.spent[at] = books.spent[at] + days * place.array(miners.hardware.usd)[some.miner, world]
    used = place.full((miners.scenario.miners, miners.columns.width), 0.0)
    used[at] = days * place.array(miners.hardware.gpus)[some.miner, world]
    books.gpu_days = books.gpu_days + ordered_sum(used)
    return sd * place.array(best_of(place.numpy(drawn), place.numpy(runs))), sd * drawn


def best_of(single: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """The largest of so many standard normal numbers, at the quantile that a single one has."""
    from scipy.special import log_ndtr, ndtri_exp  # noqa: PLC0415 - a slow import that few worlds need

    return np.where(runs > 1, ndtri_exp(log_ndtr(single) / runs), single)


def _store(miners: "Miners", some: _Chosen, loss: Array, trunk: Array, block: Array, board: Board) -> None:
    xp, mine, theirs, at = miners.place.xp, miners.committed, board.models, (some.miner, some.col)
    seat = some.seat, some.col
    mine.block[at], mine.loss[at], mine.base[at] = block, loss, trunk
    mine.family[at] = xp.where(some.copy, theirs.family[seat], miners.family[at])
    mine.twin[at] = xp.where(some.copy, theirs.twin[seat], some.miner)
    size = miners.scenario.copy_noise * some.rough * loss / max(miners.scenario.noise.own, 1e-300)
    mine.rough[at] = xp.where(some.copy, size, 0.0)
    mine.copied[at] = some.copy
    mine.line[:, some.miner, some.col] = xp.where(some.copy, theirs.line[:, some.seat, some.col], miners.line[:, *at])
    own = some.miner // BITS, *at
    mine.line[own] = mine.line[own] | (xp.ones_like(some.miner) << (some.miner % BITS))
    if miners.diet is not None:
        mine.diet[:, *at] = xp.where(some.copy, theirs.diet[:, *seat], miners.diet[:, *at])
    miners.pending[at] = True
    miners.submissions[at] = miners.submissions[at] + 1
    miners.since[at] = xp.where(block < miners.since[at], block, miners.since[at])
    miners.published = miners.place.lowest(miners.published, some.col, judged(loss, mine.fare(*at), miners.ruler))
    # a lucky seed is a model too
    miners.best = xp.where(miners.published < miners.best, miners.published, miners.best)
