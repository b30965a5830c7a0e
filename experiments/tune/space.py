"""The search space: which families, rewards and constants there are to choose from, and what a choice comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from experiments.tune.dimension import Choice, Dimension
from experiments.tune.family import Family
from policies import build
from policies.rewards import build as build_reward
from policies.rewards.subnet import Subnet
from sim.lanes import Lane
from sim.mechanism.rules import Rules

FAMILY, REWARD, RULES, SCENARIO = "family", "reward", "rules", "scenario"
"""What the names of dimensions begin with, or are."""

Params = Mapping[str, Any]
"""A point of the space: the values by the names of dimensions and choices, as the storage has them."""


@dataclass(frozen=True)
class Candidate:
    """A point of the space as a lane.

    Attributes:
        lane: the policy, the rules and the reward, not yet in a population.
        family: the label of its family.
        variant: constants of the scenario that it wants, by dotted key; they are the same for most.
        params: the point.
    """

    lane: Lane
    family: str
    variant: tuple[tuple[str, Any], ...] = ()
    params: Params = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Space:
    """All that a study may choose.

    Attributes:
        families: of policies.
        rewards: of reward rules.
        rules: the mechanism that candidates share but for what is searched.
        constants: the numbers of the rules that are searched, by rule.
        variants: constants of the scenario by dotted key; each of their options has passes of its own.
    """

    families: tuple[Family, ...]
    rewards: tuple[Family, ...]
    rules: Rules
    constants: Mapping[str, Dimension] = field(default_factory=dict)
    variants: Mapping[str, Choice] = field(default_factory=dict)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What is chosen by name, where there is something to choose."""
        by_name = (
            Choice(FAMILY, tuple(f.label for f in self.families)),
            Choice(REWARD, tuple(f.label for f in self.rewards)),
        )
        return tuple(c for c in (*by_name, *self.variants.values()) if len(c.options) > 1)

    @property
    def middle(self) -> dict[str, Any]:
        """The point in the middle of everything."""
        return self.fill({axis.name: 0.5 for axis in self.axes})

    @property
    def axes(self) -> tuple[Choice | Dimension, ...]:
        """All choices, then all numbers: the axes of a cube from 0 to 1."""
        return (*self.choices, *self.dimensions)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Every number that any choice asks for, those of one value too."""
        of_families = (d for f in (*self.families, *self.rewards) for d in f.dimensions)
        return (*of_families, *self.constants.values())

    def suggest(self, trial: Any) -> dict[str, Any]:
        """The point that a trial has, or that its sampler gives it now: choices first, then their numbers."""
        chosen: dict[str, Any] = {c.name: c.suggest(trial) for c in self.choices}
        for dimension in self._asked(chosen):
            chosen[dimension.name] = dimension.suggest(trial)
        return chosen

    def fill(self, units: Mapping[str, float]) -> dict[str, Any]:
        """The point at places from 0 to 1, by the names of all choices and dimensions."""
        chosen: dict[str, Any] = {c.name: c.value(units[c.name]) for c in self.choices}
        return chosen | {d.name: d.value(units[d.name]) for d in self._asked(chosen)}

    def candidate(self, params: Params, name: str = "candidate") -> Candidate:
        """A point as a lane.

        Raises:
            InputError: it is outside what the policy allows.
        """
        policy, reward = self._chosen(self.families, FAMILY, params), self._chosen(self.rewards, REWARD, params)
        kinds = {key: type(getattr(self.rules, key)) for key in self.constants}
        numbers = {key: kinds[key](params[dimension.name]) for key, dimension in self.constants.items()}
        paid = build_reward(reward.spec(params))
        lane = Lane(
            name,
            build(policy.spec(params)),
            replace(self.rules, **numbers),
            reward=None if isinstance(paid, Subnet) else paid,
        )
        variant = tuple((key, params.get(c.name, c.options[0])) for key, c in self.variants.items())
        return Candidate(lane, self.label(params), variant, dict(params))

    def label(self, params: Params) -> str:
        """What tables call the family of a point, with its reward where several are searched."""
        policy, reward = self._chosen(self.families, FAMILY, params), self._chosen(self.rewards, REWARD, params)
        return policy.label if len(self.rewards) == 1 else f"{policy.label} + {reward.label}"

    def asked(self, params: Params) -> tuple[Dimension, ...]:
        """The dimensions that a point with these choices has: its complexity is their number."""
        return self._asked(params)

    def _asked(self, chosen: Params) -> tuple[Dimension, ...]:
        policy, reward = self._chosen(self.families, FAMILY, chosen), self._chosen(self.rewards, REWARD, chosen)
        return (*policy.dimensions, *reward.dimensions, *self.constants.values())

    @staticmethod
    def _chosen(families: tuple[Family, ...], name: str, params: Params) -> Family:
        return next(f for f in families if len(families) == 1 or f.label == params[name])
