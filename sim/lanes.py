"""Lanes: competing policies under their rules; lanes times worlds are the columns that the engine runs over."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from policies import Policy
from policies.rewards import Reward
from sim.clock import blocks
from sim.mechanism.rules import RULES, Rules

if TYPE_CHECKING:
    from sim.miners.population import Population

BETWEEN = " | "
"""Stands between policy and population in the name of a lane."""

COLUMN = np.dtype(
    [
        ("rules", RULES),
        *((name, "i8") for name in ("world", "epsilon", "policy", "learn")),
        *((name, "b1") for name in ("reads", "pairs")),
        *((name, "f8") for name in ("floor", "least", "sealed", "noise")),
    ],
    align=True,
)
"""A column: its world within the pass, its rules, the addresses of its policy's functions and numbers (`learn` is 0
where nothing is remembered), whether the policy reads history and looks at pairs, epsilon after full decay, the least
that it can ever be (the same, or 0 where it depends on history), the blocks for which kings' models are sealed, and the
noise of an evaluation over the scenario's."""


@dataclass(frozen=True)
class Lane:
    """One policy living through a world."""

    name: str  #: what tables call it
    policy: Policy  #: how epsilon decays
    rules: Rules = field(default_factory=Rules)  #: the rest of the mechanism
    #: the strategies that take part, where miners decide; a race has its own submissions
    population: "Population | None" = None
    reward: Reward | None = None  #: how a world divides the emission; None as the subnet does, by weight


class Columns:
    """Lanes times worlds as columns: lane 0 in every world, then lane 1, and so on."""

    def __init__(self, lanes: Sequence[Lane], worlds: int) -> None:
        self.lanes = tuple(lanes)
        self.worlds = worlds
        self.width = len(lanes) * worlds  #: number of columns
        #: index of each column's world within the pass, int `[columns]`
        self.world = np.tile(np.arange(worlds), len(lanes))
        self.table = np.zeros(self.width, COLUMN)  #: records of `COLUMN`, `[columns]`
        self.table["world"] = self.world
        self.failures: list[Exception] = []  #: what policies that run interpreted have raised
        self._kept: list[Any] = []
        for number, lane in enumerate(lanes):
            self._write(lane, self.table[number * worlds : (number + 1) * worlds])
        #: whether any lane's rules compare sample by sample
        self.sampled = any(lane.rules.wins != "average" for lane in lanes)

    @property
    def delay(self) -> np.ndarray:
        """Blocks between a commitment and its first evaluation, int `[columns]`."""
        return np.asarray(self.table["rules"]["delay"])

    def lane_of(self, column: int) -> Lane:
        """The lane of a column."""
        return self.lanes[column // self.worlds]

    def _write(self, lane: Lane, rows: np.ndarray) -> None:
        from sim.compiler.policies import compile_policy  # noqa: PLC0415 - reading a recipe takes no compiler

        policy, made = lane.policy, compile_policy(lane.policy, self.worlds, self.failures)
        self._kept.append(made)
        rows["rules"] = lane.rules.record()
        rows["epsilon"], rows["policy"] = made.functions["epsilon"], made.numbers
        rows["learn"] = made.functions.get("learn", 0)
        rows["reads"], rows["pairs"] = policy.reads, policy.pairs
        rows["floor"] = policy.advantage(np.inf)
        rows["least"] = 0.0 if policy.reads else rows["floor"]
        rows["sealed"], rows["noise"] = blocks(lane.rules.sealed_days), 1.0 / sqrt(lane.rules.sample_factor)
