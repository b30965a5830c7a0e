"""Who was king when, at a resolution that a picture can show."""

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from experiments.report.results import RaceFacts, Results

GOLDEN = (5**0.5 - 1) / 2
"""Moments at equal distances would see one king only where two of them take turns in step with the moments."""


@dataclass(frozen=True)
class Reigns:
    """The kings of one lane in one world, in the order of time; arrays are `[reigns]`.

    Attributes:
        start, end: in days.
        model: who is king, as a number: in races the submission.
        crowns: how many reigns there truly were; more than are here in a coarse view.
    """

    start: np.ndarray
    end: np.ndarray
    model: np.ndarray
    crowns: int

    def __len__(self) -> int:
        """Number of reigns."""
        return len(self.start)

    @property
    def merged(self) -> bool:
        """Whether there were more reigns than are here."""
        return self.crowns > len(self)

    def coarse(self, days: float, bins: int) -> "Reigns":
        """Reigns as seen once in each of so many equal times; shares of time stay true, short reigns may go."""
        edges = np.arange(bins) * days / bins
        moment = edges + np.arange(bins) * GOLDEN % 1.0 * days / bins
        seen = np.flatnonzero(moment >= self.start[0]) if len(self) else np.empty(0, dtype=int)
        if not len(seen):
            return self
        king = self.model[np.searchsorted(self.start, moment[seen], side="right") - 1]
        new = np.flatnonzero(np.append(True, king[1:] != king[:-1]))
        start = np.append(self.start[0], edges[seen[new[1:]]])
        return Reigns(start, np.append(start[1:], self.end[-1]), king[new], self.crowns)


def reigns(results: Results, race: RaceFacts, lanes: list[str], king: str = "submission") -> list[Reigns]:
    """The reigns of some lanes in the world of a race that is drawn; `king` is the column that numbers them."""
    table = results.crowns.filter(pc.equal(results.crowns["race"], race.name)).select(["lane", "day", "days", king])
    lane = np.array(table["lane"].to_pylist(), dtype=object)
    day, days, model = (np.asarray(table[c].to_numpy()) for c in ("day", "days", king))
    found = [np.flatnonzero(lane == name) for name in lanes]
    return [Reigns(day[rows], day[rows] + days[rows], model[rows], len(rows)) for rows in found]


def fine(found: list[Reigns], days: float, bins: int, most: int) -> tuple[list[Reigns], int]:
    """The reigns on the finest grid, from `bins` downwards, that leaves at most `most` of them in all.

    Returns:
        The reigns, and the number of bins.
    """
    result = [r.coarse(days, bins) for r in found]
    while sum(map(len, result)) > most and bins >= 50:
        bins //= 2
        result = [r.coarse(days, bins) for r in found]
    return result, bins
