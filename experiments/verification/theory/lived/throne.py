"""What happened on the throne: every crown, of a king over itself too, and the races between them."""

from dataclasses import dataclass

import numpy as np

from sim.world import World


class Throne:
    """Watches a world step by step; `World.record` has no crown of a king that replaces its own model.

    Args:
        lived: a world that has not been run.
    """

    def __init__(self, lived: World) -> None:
        self._lived = lived
        self._model = np.full((2, lived.columns.width), -1.0)
        self._seen: list[tuple[np.ndarray, ...]] = []

    def watch(self, now: int) -> None:
        """Note who has been crowned with which model."""
        validator, columns = self._lived.validators[0], np.arange(self._lived.columns.width)
        king = validator.king
        model = np.stack([king, validator.models.block[king, columns]])
        at = np.flatnonzero((model != self._model).any(axis=0))
        self._model = model
        gained = -np.log(validator.models.loss[king[at], at])
        self._seen.append((np.full(len(at), now), at, king[at], gained))

    def races(self, cutoff: int, since: int = 0) -> "Races":
        """All races that began after block `since` and before `cutoff`; the contest must last until they end.

        Races are independent of each other, and whether one counts depends on earlier ones only. So a sum over all that
        count is on average their mean number times the mean of one (Wald), however long the contest lasts.
        """
        block, column, king, gained = (np.concatenate(parts) for parts in zip(*self._seen, strict=True))
        order = np.lexsort((block, column))
        block, column, king, gained = (values[order] for values in (block, column, king, gained))
        after = (column[1:] == column[:-1]) & (block[:-1] > since) & (block[:-1] < cutoff)
        end = np.flatnonzero(after) + 1
        length, gain = (values[end] - values[end - 1] for values in (block, gained))
        return Races(column[end], king[end - 1], king[end], length, gain, self._lived.columns.width)


@dataclass(frozen=True)
class Races:
    """Races from one crown to the next, arrays `[races]`.

    Attributes:
        column, king, winner: where, who had been crowned before, and who won.
        length: in blocks.
        gain: log loss that the winner took off.
        width: number of columns.
    """

    column: np.ndarray
    king: np.ndarray
    winner: np.ndarray
    length: np.ndarray
    gain: np.ndarray
    width: int

    def total(self, values: np.ndarray | None = None) -> np.ndarray:
        """The number of races by column, or a sum over them, `[columns]`."""
        return np.bincount(self.column, values, self.width).astype(float)
