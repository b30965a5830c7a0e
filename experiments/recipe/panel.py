"""The panel of a recipe: YAML entries to lanes, with explicit sweeps (`grid`, `zip`, `cases`)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from typing import Any

from experiments.data import PRESETS
from experiments.recipe.faults import check_name, descend, shorten, validate
from experiments.recipe.yaml_file import read
from policies import InputError, Policy, build, names, nearest
from policies.rewards import Reward
from policies.rewards import build as build_reward
from policies.rewards.subnet import Subnet
from sim.lanes import Lane
from sim.mechanism.eras import names as eras
from sim.mechanism.eras import preset, subnet, suggest
from sim.mechanism.rules import Rules
from sim.settings import fields_of

SWEEPS = ("grid", "zip", "cases")
ENTRY = ("name", "policy", "preset", "rules", "reward")
WORLD_RULES = ("sealed_days", "sample_factor")  #: rules of worlds that the names of lanes show, as they do rewards
MAX_LANES = 10_000


@dataclass(frozen=True)
class Preset:
    """A rule of another subnet."""

    policy: Any  #: its margin as a policy, in the form of YAML
    source: str  #: the repository that it was read from
    about: str  #: the rule in its own words and constants
    changed: str = ""  #: what had to be changed, where a rule speaks of scores or does more than a margin
    reward: Any = None  #: how it pays, where that is part of the rule


@cache
def presets() -> dict[str, Preset]:
    """All presets of other subnets by name."""
    return {name: Preset(**entry) for name, entry in read(PRESETS).data.items()}


def build_panel(entries: list[Any], rules: Rules, reward: Reward | None = None) -> tuple[Lane, ...]:
    """The lanes of a panel.

    Args:
        entries: each a preset (`sn9-2025-03`, `sn9-2025-03/3B`, `sn9@2024-10-11`), a policy (`linear`,
            `{linear: {start: 0.005}}`), an entry with keys `name`, `policy` or `preset`, `rules`, `reward`, or a sweep;
            from Python also a policy, its class, or a function of age.
        rules: the mechanism of lanes that do not name their own.
        reward: how lanes that do not say it divide the emission; None as the subnet does.

    Raises:
        InputError: with the key path to the fault; also for two lanes of one name.
    """
    lanes: list[Lane] = []
    for i, entry in enumerate(entries):
        with descend(i):
            # One more than allowed is enough to refuse a sweep, which may be larger than memory.
            lanes.extend(islice(_lanes(entry, rules, reward), MAX_LANES + 1))
            if len(lanes) > MAX_LANES:
                raise InputError(f"more than {MAX_LANES} lanes; make the sweep smaller")
            taken = {lane.name for lane in lanes}
            if len(taken) < len(lanes):
                twice = next(lane.name for lane in lanes if sum(lane.name == other.name for other in lanes) > 1)
                raise InputError(f"two lanes are called {twice!r}; give one of them a `name`, or leave it out")
    return tuple(lanes)


def rules_of(given: object, base: Rules | None = None) -> Rules:
    """Rules from an era's name or a mapping of changes, `{era: sn9-2024-10, temperature: 0.04}`.

    Raises:
        InputError: unknown era or key, or a value of the wrong kind.
    """
    if isinstance(given, str):
        return preset(given)[0].rules
    if not isinstance(given, Mapping):
        raise InputError(
            f"rules are an era such as sn9-2025-03 or a mapping such as {{temperature: 0.04}}, not {shorten(given)}"
        )
    changes, rules = dict(given), base or Rules()
    if "era" in changes:
        with descend("era"):
            rules = preset(str(changes.pop("era")))[0].rules
    usual = fields_of(Rules, rules)
    for key, value in changes.items():
        if isinstance(value, float) and value.is_integer() and isinstance(usual.get(key), int):
            changes[key] = int(value)  # 3.0 is a whole number
    return validate(Rules, {**usual, **changes})


def reward_of(given: object) -> Reward | None:
    """A reward rule from its name or `{name: {parameter: value}}`; None for the subnet's own.

    Raises:
        InputError: there is no such rule or parameter, or the value is not allowed.
    """
    reward = build_reward(given)
    return None if type(reward) is Subnet else reward


def policy_text(policy: Policy | Reward) -> str:
    """A short name for a policy or reward rule: its own, and the parameters that are not the defaults."""
    ((name, values),) = policy.spec().items()
    defaults = type(policy)().spec()[name]
    parts = []
    for key, value in values.items():
        if key == "then":
            parts.append(f"then {policy_text(vars(policy)['then'])}")
        elif value != defaults[key] or len(values) == 1:
            parts.append(f"{key}={value:.12g}")
    return " ".join([name, *parts])


def _lanes(entry: object, rules: Rules, reward: Reward | None) -> Iterator[Lane]:
    if isinstance(entry, str):
        name, policy, _, reward = _look_up("preset" if _is_preset(entry) else "policy", entry, reward)
        yield Lane(name, policy, rules, reward=reward)
        return
    if isinstance(entry, Policy) or callable(entry):  # from Python
        policy = build(entry)
        yield Lane(policy_text(policy), policy, rules, reward=reward)
        return
    if not isinstance(entry, Mapping) or not entry:
        raise InputError(f"an entry is a preset, a policy, or a mapping with {', '.join(ENTRY)}, not {shorten(entry)}")
    first = next(iter(entry))
    if set(entry) & set(ENTRY):
        yield _full(entry, rules, reward)
    elif len(entry) > 1:
        raise InputError(f"{first!r} is not a key of an entry; {nearest(first, (*ENTRY, *SWEEPS, *names()))}", (first,))
    else:
        with descend(*[first] if first in SWEEPS else []):
            for spec in _sweep(first, entry[first]) if first in SWEEPS else [entry]:
                policy = build(spec)
                yield Lane(policy_text(policy), policy, rules, reward=reward)


def _full(entry: Mapping[str, Any], rules: Rules, reward: Reward | None) -> Lane:
    """The lane of an entry with keys of its own."""
    for key in entry:
        if key not in ENTRY:
            raise InputError(f"unknown key {key!r}; {nearest(key, ENTRY)}", (key,))
    if ("policy" in entry) == ("preset" in entry):
        raise InputError("an entry has either `policy` or `preset`, and not both")
    key = "preset" if "preset" in entry else "policy"
    with descend(key):
        name, policy, own, reward = _look_up(key, entry[key], reward)
    usual = rules
    with descend("rules"):
        if entry.get("rules") == "own":
            if own is None:
                raise InputError("`rules: own` takes the rules of a preset, but this entry names a policy")
            rules, name = own, f"{name} own rules"
        elif entry.get("rules") is not None:
            rules = rules_of(entry["rules"], rules)
    changed = {key: getattr(rules, key) for key in WORLD_RULES if getattr(rules, key) != getattr(usual, key)}
    name += "".join(f" + {key}={value:.12g}" for key, value in changed.items())
    if "reward" in entry:
        shared = reward
        with descend("reward"):
            reward = reward_of(entry["reward"])
        name += f" + {policy_text(reward or Subnet())}" if reward != shared else ""
    if entry.get("name") is not None:
        with descend("name"):
            check_name(entry["name"], "lane")
        name = entry["name"]
    return Lane(name, policy, rules, reward=reward)


def _look_up(key: str, given: object, reward: Reward | None) -> tuple[str, Policy, Rules | None, Reward | None]:
    """Name, policy, own rules and reward of a `preset` or a `policy`."""
    other = "policy" if key == "preset" else "preset"
    if given in names() if key == "preset" else isinstance(given, str) and _is_preset(given):
        raise InputError(f"{given!r} is a {other}; write `{other}: {given}`")
    if key == "policy":
        policy = build(given)
        return policy_text(policy), policy, None, reward
    name = str(given)
    if _is_preset(name) and not _is_era(name):
        policy, paid = find_preset(name)
        return name, policy, None, paid or reward
    era, policy = preset(name)
    return name, policy, era.rules, reward


def find_preset(name: str) -> tuple[Policy, Reward | None]:
    """The policy and the reward of a preset; None pays as the subnet does.

    Raises:
        InputError: there is none of that name; presets of a subnet exist at certain dates only.
    """
    if name not in presets():
        raise InputError(f"there is no preset {name!r}; {suggest(name, (*eras(), *presets()))}", ("preset",))
    found = presets()[name]
    return build(found.policy), None if found.reward is None else build_reward(found.reward)


def _is_era(name: str) -> bool:
    """Whether a name is of a subnet with eras (SN9, SN37 and SN29), if perhaps misspelt, and is no preset's."""
    return name not in presets() and subnet(name) in {subnet(each) for each in eras()}


def _is_preset(name: str) -> bool:
    """Whether a name is of an era or of another subnet, and so names no policy."""
    known = {subnet(each) for each in (*eras(), *presets())}
    return subnet(name) in known or re.fullmatch(r"sn\d+", subnet(name)) is not None


def _sweep(kind: str, given: object) -> Iterator[dict[str, Any]]:
    """The policy specs of a sweep: `{linear: {start: [...], end: 0.0001}}`, or for `cases` a list of parameter sets."""
    if not isinstance(given, Mapping) or len(given) != 1:
        raise InputError(
            f"{kind} takes one policy, such as {{linear: {{start: [0.005, 0.003]}}}}, not {shorten(given)}"
        )
    ((name, parameters),) = given.items()
    if kind == "cases":
        if not isinstance(parameters, list) or not parameters:
            raise InputError(f"cases takes a list of parameter sets, not {shorten(parameters)}", (name,))
        yield from ({name: case} for case in parameters)
        return
    if not isinstance(parameters, Mapping) or not parameters:
        raise InputError(f"{kind} takes parameters with lists of values, not {shorten(parameters)}", (name,))
    lists = {key: value if isinstance(value, list) else [value] for key, value in parameters.items()}
    for key, values in lists.items():
        if not values:
            raise InputError("the list of values is empty", (name, key))
    if kind == "zip":
        lengths = {key: len(values) for key, values in lists.items() if isinstance(parameters[key], list)}
        if len(set(lengths.values())) > 1:
            raise InputError(
                f"zip needs lists of one length, but they have {lengths}; use grid for all combinations", (name,)
            )
        longest = max(lengths.values(), default=1)
        lists = {key: values if key in lengths else values * longest for key, values in lists.items()}
    for point in (zip if kind == "zip" else product)(*lists.values()):
        yield {name: dict(zip(lists, point, strict=True))}
