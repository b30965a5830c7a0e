"""Every crown of a run, also of a king that replaces its own model, and the races between crowns."""

from dataclasses import dataclass

import numpy as np

from sim.world import World


class Throne:
    """Records crowns step by step, because `World.record` has none of a king that replaces its own model.

    Args:
        lived: a world that has not run yet.
    """

    def __init__(self, lived: World) -> None:
        self._lived = lived
        self._model = np.full((2, lived.columns.width), -1.0)
        self._seen: list[tuple[np.ndarray, ...]] = []

    def watch(self, now: int) -> None:
        """Note the kings and models that were crowned in this step."""
        validator, columns = self._lived.validators[0], np.arange(self._lived.columns.width)
        king = validator.king
        model = np.stack([king, validator.models.block[king, columns]])
        at = np.flatnonzero((model != self._model).any(axis=0))
        self._model = model
        gained = -np.log(validator.models.loss[king[at], at])
        self._seen.append((np.full(len(at), now), at, king[at], gained))

    def races(self, cutoff: int, since: int = 0) -> "Races":
        """All races that began after block `since` and before `cutoff`; the contest must last until they end.

        Races are independent, and whether one counts depends on earlier ones only. So by Wald's equation a sum over
        the counted races is on average their mean number times the mean of one, however long the contest lasts.
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
        column, king, winner: the column, the miner crowned before, and the miner that won.
        length: in blocks.
        gain: log loss that the winner gained.
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
