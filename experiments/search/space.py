"""The search space: families, rewards and constants to choose from, and the lane of each point."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from experiments.recipe.dimension import Choice, Dimension
from experiments.recipe.faults import check_name, descend
from experiments.recipe.panel import rules_of
from experiments.search.family import Family, build_family
from experiments.search.recipe import SearchKeys
from policies import InputError, build, find, nearest
from policies.rewards import build as build_reward
from policies.rewards import find as find_reward
from policies.rewards.subnet import Subnet
from sim.lanes import Lane
from sim.mechanism.rules import Rules

FAMILY, REWARD, RULES, SCENARIO = "family", "reward", "rules", "scenario"  #: names of choices, or what names begin with

Variant = tuple[tuple[str, Any], ...]
Params = Mapping[str, Any]  #: a point of the space, as in the storage: values by the names of dimensions and choices


@dataclass(frozen=True)
class Candidate:
    """A point of the space as a lane."""

    lane: Lane  #: the policy, the rules and the reward, not yet in a population
    family: str  #: its label
    variant: Variant = ()  #: options of the scenario by dotted key
    params: Params = field(default_factory=dict, hash=False)

    @property
    def constants(self) -> dict[str, float]:
        """The searched numbers of the mechanism, by rule."""
        names = {f"{RULES}.{each.name}": each.name for each in fields(Rules)}  # a family may be called `rules` too
        return {names[key]: value for key, value in self.params.items() if key in names}


@dataclass(frozen=True)
class Space:
    """All that a study may choose."""

    families: tuple[Family, ...]  #: of policies
    rewards: tuple[Family, ...]
    rules: Rules  #: the mechanism that candidates share, except for `constants`
    #: numbers of the mechanism that are searched, by rule
    constants: Mapping[str, Dimension] = field(default_factory=dict)
    #: options of the scenario by dotted key; each is simulated in passes of its own
    variants: Mapping[str, Choice] = field(default_factory=dict)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The choices with two or more options."""
        by_label = [
            Choice(name, tuple(family.label for family in families))
            for name, families in ((FAMILY, self.families), (REWARD, self.rewards))
            if len(families) > 1
        ]
        return (*by_label, *self.variants.values())

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The numbers of all families and rewards, and the constants, even where low equals high."""
        of_families = (d for f in (*self.families, *self.rewards) for d in f.dimensions)
        return (*of_families, *self.constants.values())

    @property
    def axes(self) -> tuple[Choice | Dimension, ...]:
        """All choices, then all numbers: the axes of a cube from 0 to 1."""
        return (*self.choices, *self.dimensions)

    @property
    def middle(self) -> dict[str, Any]:
        """The point in the middle of the cube."""
        return self.fill({axis.name: 0.5 for axis in self.axes})

    def suggest(self, trial: Any) -> dict[str, Any]:
        """The point that an Optuna trial has, or that its sampler draws now: choices first, then their numbers."""
        point: dict[str, Any] = {c.name: c.suggest(trial) for c in self.choices}
        return point | {d.name: d.suggest(trial) for d in self.dimensions_of(point)}

    def fill(self, units: Mapping[str, float]) -> dict[str, Any]:
        """The point at coordinates from 0 to 1, by the names of all axes."""
        point: dict[str, Any] = {c.name: c.value(units[c.name]) for c in self.choices}
        return point | {d.name: d.value(units[d.name]) for d in self.dimensions_of(point)}

    def dimensions_of(self, params: Params) -> tuple[Dimension, ...]:
        """The dimensions that apply to the choices of a point; their number is its complexity."""
        policy, reward = self.families_of(params)
        return (*policy.dimensions, *reward.dimensions, *self.constants.values())

    def families_of(self, params: Params) -> tuple[Family, Family]:
        """The families of the policy and of the reward rule of a point."""
        policy = next(f for f in self.families if len(self.families) == 1 or f.label == params[FAMILY])
        reward = next(f for f in self.rewards if len(self.rewards) == 1 or f.label == params[REWARD])
        return policy, reward

    def label(self, params: Params) -> str:
        """The name in tables of a point's family, with its reward if several are searched."""
        policy, reward = self.families_of(params)
        return policy.label if len(self.rewards) == 1 else f"{policy.label} + {reward.label}"

    def candidate(self, params: Params) -> Candidate:
        """A point as a lane.

        Raises:
            InputError: the policy does not allow it.
        """
        policy, reward = self.families_of(params)
        # numbers of the rules are float or int; searched ones come as float
        numbers = {key: type(getattr(self.rules, key))(params[d.name]) for key, d in self.constants.items()}
        rule = build_reward(reward.spec(params))
        lane = Lane(
            "candidate",
            build(policy.spec(params)),
            replace(self.rules, **numbers),
            reward=None if type(rule) is Subnet else rule,
        )
        variant = tuple((key, params[choice.name]) for key, choice in self.variants.items())
        return Candidate(lane, self.label(params), variant, dict(params))


def build_space(keys: SearchKeys, rules: Rules) -> Space:
    """The search space of a recipe.

    Raises:
        InputError: with the key path from `search`.
    """
    policies = _families(keys.policies, "policies", find, build, "")
    rewards = _families(keys.rewards, "rewards", find_reward, build_reward, "reward.")
    constants = {key: _constant(key, what, rules) for key, what in keys.rules.items()}
    for key, options in keys.scenario.items():
        with descend("scenario", key):
            if len(options) < 2 or len({repr(option) for option in options}) < len(options):
                raise InputError(f"is a list of two or more different options, not {options!r}")
            if any(not isinstance(option, int | float | str) for option in options):
                raise InputError(f"options are numbers or texts, not {options!r}")
    variants = {key: Choice(f"{SCENARIO}.{key}", tuple(options)) for key, options in keys.scenario.items()}
    space = Space(policies, rewards, rules, constants, variants)
    names = [axis.name for axis in space.axes]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"two searched numbers would be called {twice!r}; give a family another name", ("policies",))
    if not names:
        raise InputError("nothing is left to search: give a parameter a range, or a second family", ("policies",))
    return space


def _families(
    entries: list[Any], key: str, find: Any, build: Callable[[object], object], prefix: str
) -> tuple[Family, ...]:
    families: dict[str, Family] = {}
    for i, entry in enumerate(entries):
        with descend(key, i):
            name, body = "", entry
            if isinstance(entry, Mapping) and "policy" in entry:
                if set(entry) != {"name", "policy"} or not isinstance(entry["name"], str):
                    raise InputError(
                        f"is an entry, or one with a name: {{name: slow linear, policy: ENTRY}}, not {dict(entry)!r}"
                    )
                name, body = entry["name"], entry["policy"]
                with descend("name"):
                    check_name(name, "family")
            family = build_family(body, find, f"{prefix}{name}." if name else prefix)
            label = name or family.label
            if label in families:
                raise InputError(f"there are two families {label!r}; give one a name: {{name: ..., policy: ...}}")
            _check_corners(family, build)
            families[label] = replace(family, label=label)
    return tuple(families.values())


def _check_corners(family: Family, build: Callable[[object], object]) -> None:
    """Check that a policy is allowed at the ends of its ranges and in the middle, so that no trial is refused later."""
    size = len(family.dimensions)
    corners = [[0.5] * size]
    for end in (0.0, 1.0):  # all low, all high, and these with one number at its other end: all 2**size are too many
        corners += [[1.0 - end if i == other else end for i in range(size)] for other in range(-1, size)]
    for units in corners:
        spec = family.spec({d.name: d.value(unit) for d, unit in zip(family.dimensions, units, strict=True)})
        try:
            build(spec)
        except InputError as error:
            raise InputError(f"cannot be searched in these ranges, because {spec} is refused: {error}") from None


def _constant(key: str, what: Any, rules: Rules) -> Dimension:
    numbers = {f.name for f in fields(Rules) if type(getattr(rules, f.name)) in (int, float)}
    with descend("rules", key):
        if key not in numbers:
            raise InputError(f"is not a number of the rules; {nearest(key, numbers)}")
        if not isinstance(what, Mapping) or not {"low", "high"} <= set(what) <= {"low", "high", "scale"}:
            raise InputError(f"is a range such as {{low: 0.005, high: 0.5, scale: log}}, not {what!r}")
        for end in ("low", "high"):
            try:
                rules_of({key: what[end]}, rules)  # the check that a panel makes
            except InputError as error:
                raise InputError(str(error), (end,)) from None
        low, high = float(what["low"]), float(what["high"])
        whole = isinstance(getattr(rules, key), int)
        scale = what.get("scale", "integer" if whole else "linear")
        if scale not in (("integer",) if whole else ("linear", "log")) or (scale == "log" and low <= 0) or low > high:
            raise InputError(f"is not a range that can be searched: {dict(what)!r}")
        return Dimension(f"{RULES}.{key}", low, high, scale)
