"""Who was king when, at a resolution that a picture can show."""

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from experiments.report.results import RaceFacts, Results


@dataclass(frozen=True)
class Reigns:
    """The kings of one lane in one world, in the order of time; arrays are `[reigns]`.

    Attributes:
        start, end: in days.
        model: the king's submission.
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
        """Reigns as seen from the middles of so many equal times; shares of time stay true, short reigns may go."""
        middle = (np.arange(bins) + 0.5) * days / bins
        middle = middle[middle >= self.start[0]] if len(self) else middle[:0]
        if not len(middle):
            return self
        king = self.model[np.searchsorted(self.start, middle, side="right") - 1]
        new = np.flatnonzero(np.append(True, king[1:] != king[:-1]))
        start = np.append(max(middle[0] - 0.5 * days / bins, self.start[0]), middle[new[1:]] - 0.5 * days / bins)
        return Reigns(start, np.append(start[1:], self.end[-1]), king[new], self.crowns)


def reigns(results: Results, race: RaceFacts, lanes: list[str]) -> list[Reigns]:
    """The reigns of some lanes in the world of a race that is drawn."""
    table = results.crowns
    table = table.filter(pc.equal(table["race"], race.name)).select(["lane", "day", "days", "submission"])
    lane = np.array(table["lane"].to_pylist(), dtype=object)
    day, days, model = (np.asarray(table[c].to_numpy()) for c in ("day", "days", "submission"))
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
