"""Lanes: competing policies under their rules, side by side in the trailing axis of every array."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from policies import Panel, Policy
from sim.mechanism.rules import Rules


@dataclass(frozen=True)
class Lane:
    """One policy living through a world."""

    name: str
    policy: Policy
    rules: Rules = field(default_factory=Rules)


class Columns:
    """Lanes times worlds as columns: lane 0 in every world, then lane 1, and so on.

    Attributes:
        width: number of columns.
        world: index of each column's world within the pass, int `[columns]`.
        panel: epsilon of every column.
        floor: epsilon after full decay, `[columns]`.
        temperature, alpha, threshold, alone, skew: the rules' numbers, float64 `[columns]`.
        keep, delay: int `[columns]`.
        filtered, winner_takes_all, holds: bool `[columns]`.
        sampled: whether any lane's rules compare sample by sample.
    """

    def __init__(self, lanes: Sequence[Lane], worlds: int) -> None:
        self.lanes = tuple(lanes)
        self.worlds = worlds
        self.width = len(lanes) * worlds
        self.world = np.tile(np.arange(worlds), len(lanes))
        self.panel = Panel([lane.policy for lane in lanes], worlds)
        self.floor = self.panel.floor()
        self.temperature = self._column("temperature", np.float64)
        self.alpha = self._column("alpha", np.float64)
        self.threshold = self._column("threshold", np.float64)
        self.alone = self._column("alone", np.float64)
        self.skew = self._column("skew", np.float64)
        self.keep = self._column("keep", np.int64)
        self.delay = self._column("delay", np.int64)
        self.filtered = self._column("filtered", np.bool_)
        self.winner_takes_all = self._column("winner_takes_all", np.bool_)
        self.holds = self._column("holds", np.bool_)
        self.sampled = any(lane.rules.wins != "average" for lane in lanes)

    def where(self, **rule: object) -> np.ndarray:
        """Columns whose rule has that value, e.g. `where(semantics="king")`; int `[some]`."""
        ((name, value),) = rule.items()
        chosen = [getattr(lane.rules, name) == value for lane in self.lanes]
        return np.flatnonzero(np.repeat(chosen, self.worlds))

    def _column(self, name: str, dtype: type) -> np.ndarray:
        return np.repeat(np.array([getattr(lane.rules, name) for lane in self.lanes], dtype=dtype), self.worlds)
