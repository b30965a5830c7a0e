"""What every miner trains on at every block: part of the world, the same in every lane."""

from collections.abc import Sequence

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.data.judging import Judging
from sim.data.moving import Moving
from sim.data.sets import SETS
from sim.streams import stream


class Diet:
    """The sets of all miners in all worlds, drawn once.

    A miner begins on a set. He hears of a switch when it comes or is announced, and some days later he moves to the set
    that is best for the new mixture, unless he has moved on for a later switch already or is there anyway.

    Args:
        moving: the habits.
        judging: what is judged, and when.
        miners: how many.
        seed: of all random streams.
        worlds: which worlds, by number.
    """

    def __init__(self, moving: Moving, judging: Judging, miners: int, seed: int, worlds: Sequence[int]) -> None:
        names = [(seed, "world", w, "diet") for w in worlds]

        def uniform(*what: str | int) -> np.ndarray:
            return np.stack([stream(*name, *what).random(miners) for name in names], axis=-1)

        self.start = _start(moving, judging, uniform("start"))
        self.targets = judging.best[1:]
        stays = uniform("never") < moving.never
        at = [
            np.where(stays, np.inf, block + _days(moving, uniform("reaction", number)) * BLOCKS_PER_DAY)
            for number, block in enumerate(judging.blocks[1:], 1)
        ]
        self.moves = self._real(np.array(at).reshape(-1, *self.start.shape))

    def set_at(self, block: float) -> np.ndarray:
        """Index in `SETS` of what each miner trains on, int `[miners, worlds]`."""
        now = self.start
        for target, moves in zip(self.targets, self.moves, strict=True):
            now = np.where(moves <= block, target, now)
        return now

    def moves_between(self, after: float, until: float) -> np.ndarray:
        """Who moves after one block and not after another, bool `[miners, worlds]`."""
        moved: np.ndarray = np.any((self.moves > after) & (self.moves <= until), axis=0)
        return moved

    def _real(self, at: np.ndarray) -> np.ndarray:
        """Blocks of the moves that are made, `[switches, miners, worlds]`: inf where overtaken or there already."""
        now, made = self.start, []
        for number, target in enumerate(self.targets):
            overtaken = (at[number + 1 :] <= at[number]).any(axis=0)
            moves = np.isfinite(at[number]) & ~overtaken & (now != target)
            now = np.where(moves, target, now)
            made.append(np.where(moves, at[number], np.inf))
        return np.array(made).reshape(at.shape)


def _start(moving: Moving, judging: Judging, drawn: np.ndarray) -> np.ndarray:
    if not moving.start:
        return np.full(drawn.shape, judging.best[0])
    bounds = np.cumsum([moving.start.get(name, 0.0) for name in SETS])
    return np.searchsorted(bounds / bounds[-1], drawn, side="right")


def _days(moving: Moving, drawn: np.ndarray) -> np.ndarray:
    """From the switch to the move."""
    after: np.ndarray = moving.reaction_days * -np.log1p(-drawn)
    return after - moving.notice_days
