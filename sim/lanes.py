"""Lanes: competing policies under their rules, side by side in the trailing axis of every array."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from policies import Panel, Policy
from policies.arrays import Array
from policies.rewards import Reward
from sim.backend import Backend, backend
from sim.mechanism.rules import Rules

if TYPE_CHECKING:
    from sim.miners.population import Population


@dataclass(frozen=True)
class Lane:
    """One policy living through a world.

    Attributes:
        name: what tables call it.
        policy: how epsilon decays.
        rules: the rest of the mechanism.
        population: who takes part, where miners decide; a race has its own submissions.
        reward: how a world divides the emission; None as the subnet does, by weight.
    """

    name: str
    policy: Policy
    rules: Rules = field(default_factory=Rules)
    population: "Population | None" = None
    reward: Reward | None = None


class Columns:
    """Lanes times worlds as columns: lane 0 in every world, then lane 1, and so on.

    Attributes:
        width: number of columns.
        world: index of each column's world within the pass, int `[columns]`.
        panel: epsilon of every column.
        floor: epsilon after full decay, `[columns]`.
        least: the least that epsilon can ever be: the floor, or 0 where it depends on history.
        temperature, alpha, threshold, alone, skew: the rules' numbers, float64 `[columns]`.
        keep, delay: int `[columns]`.
        filtered, winner_takes_all, holds: bool `[columns]`.
        sampled: whether any lane's rules compare sample by sample.
        by_king, by_record: columns whose semantics are `king` and `running-best`, int `[some]`.
    """

    def __init__(self, lanes: Sequence[Lane], worlds: int, place: Backend | None = None) -> None:
        self._place = place or backend()
        self.lanes = tuple(lanes)
        self.worlds = worlds
        self.width = len(lanes) * worlds
        self.world = np.tile(np.arange(worlds), len(lanes))
        self.panel = Panel([lane.policy for lane in lanes], worlds)
        self.floor = self._place.array(self.panel.floor())
        self.panel.move(self.floor)
        reads = np.repeat([lane.policy.reads for lane in lanes], worlds)
        self.least = self._place.array(np.where(reads, 0.0, self._place.numpy(self.floor)))
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
        self.by_king, self.by_record = self.where(semantics="king"), self.where(semantics="running-best")

    def where(self, **rule: object) -> Array:
        """Columns whose rule has that value, e.g. `where(semantics="king")`; int `[some]`."""
        ((name, value),) = rule.items()
        chosen = [getattr(lane.rules, name) == value for lane in self.lanes]
        return self._place.array(np.flatnonzero(np.repeat(chosen, self.worlds)))

    def _column(self, name: str, dtype: type) -> Array:
        values: np.ndarray = np.array([getattr(lane.rules, name) for lane in self.lanes], dtype=dtype)
        return self._place.array(np.repeat(values, self.worlds))
