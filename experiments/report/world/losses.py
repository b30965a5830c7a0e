"""True losses over time, in all worlds of a case."""

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from experiments.report.results import RaceFacts, Results


@dataclass(frozen=True)
class Losses:
    """Losses of one lane at evenly spaced moments, float64 `[worlds, points]`; NaN before there is a king.

    Attributes:
        king: of the king.
        committed: of the best model that was committed.
        anywhere: of the best model that there was, committed or not.
    """

    king: np.ndarray
    committed: np.ndarray
    anywhere: np.ndarray

    @property
    def crowned(self) -> bool:
        """Whether there is a moment at which every world has a king: only there a mean is one of all worlds."""
        return bool(np.isfinite(self.king).all(axis=0).any())


def losses(results: Results, case: RaceFacts, lane: str) -> Losses:
    """The losses of a lane in the worlds of a case that finished; there is at least one."""
    table = results.curves
    assert table is not None  # noqa: S101 - worlds have curves
    mine = table.filter(pc.and_(pc.equal(table["race"], case.name), pc.equal(table["lane"], lane)))
    king, committed, anywhere = (
        np.asarray(mine[column].to_numpy(zero_copy_only=False)).reshape(case.finished, -1)
        for column in ("king_loss", "best_loss", "front_loss")
    )
    return Losses(king, committed, anywhere)
