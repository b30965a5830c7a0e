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
        crowns: how many reigns there truly were; more than are here if short ones were merged.
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
        """Whether there were more crowns than are here."""
        return self.crowns > len(self)

    def coarse(self, days: float, bins: int) -> "Reigns":
        """Reigns on a grid of so many equal times: each belongs to the model that held most of it."""
        if len(self) <= 1 or days <= 0:
            return self
        edges = np.linspace(0.0, days, bins + 1)
        cuts = np.unique(np.concatenate([edges, self.start, self.end]))
        cuts = cuts[(cuts >= self.start[0]) & (cuts <= self.end[-1])]
        middle, length = (cuts[1:] + cuts[:-1]) / 2, np.diff(cuts)
        owner = self.model[np.searchsorted(self.start, middle, side="right") - 1]
        cell = np.clip(np.searchsorted(edges, middle, side="right") - 1, 0, bins - 1)
        models, place = np.unique(owner, return_inverse=True)
        held = np.zeros((bins, len(models)))
        np.add.at(held, (cell, place), length)
        used = np.flatnonzero(held.any(axis=1))
        king = models[held[used].argmax(axis=1)]
        new = np.flatnonzero(np.append(True, king[1:] != king[:-1]))
        start = np.maximum(edges[used[new]], self.start[0])
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
