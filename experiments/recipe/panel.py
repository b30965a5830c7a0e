"""The panel of a recipe: YAML entries to lanes, with explicit sweeps (`grid`, `zip`, `cases`)."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from itertools import islice, product
from math import isfinite
from typing import Any, get_args

from experiments.recipe.presets import find_preset, is_preset
from policies import InputError, Policy, build, names, nearest
from policies.rewards import Reward
from policies.rewards import build as build_reward
from policies.rewards.subnet import Subnet
from sim.lanes import Lane
from sim.mechanism.eras import names as eras
from sim.mechanism.eras import preset, subnet
from sim.mechanism.rules import Rules, Semantics, Wins

SWEEPS = ("grid", "zip", "cases")
ENTRY = ("name", "policy", "preset", "rules", "reward")
MAX_LANES = 10_000


class PanelError(InputError):
    """An entry of the panel, or the rules, are not what they should be."""


def build_panel(entries: list[Any], rules: Rules, reward: Reward | None = None) -> tuple[Lane, ...]:
    """The lanes of a panel.

    Args:
        entries: each a preset (`sn9-2025-03`, `sn9-2025-03/3B`, `sn9@2024-10-11`), a policy (`linear`,
            `{linear: {start: 0.005}}`), an entry with keys `name`, `policy` or `preset`, `rules`, `reward`, or a sweep.
        rules: the mechanism of lanes that do not name their own.
        reward: how lanes that do not say it divide the emission; None as the subnet does.

    Raises:
        InputError: with the key path to the fault; also for two lanes of one name.
    """
    lanes: list[Lane] = []
    for i, entry in enumerate(entries):
        try:
            lanes.extend(islice(_lanes(entry, rules, reward), MAX_LANES + 1))  # a sweep may name more than memory holds
        except InputError as error:
            raise error.under(i) from None
        if len(lanes) > MAX_LANES:
            raise PanelError(f"more than {MAX_LANES} lanes; make the sweep smaller", (i,))
        taken = {lane.name for lane in lanes}
        if len(taken) < len(lanes):
            twice = next(lane.name for lane in lanes if sum(lane.name == other.name for other in lanes) > 1)
            raise PanelError(f"two lanes are called {twice!r}; give one of them a `name`, or leave it out", (i,))
    return tuple(lanes)


def rules_of(given: object, base: Rules | None = None) -> Rules:
    """Rules from an era's name or a mapping of changes, `{era: sn9-2024-10, temperature: 0.04}`.

    Raises:
        InputError: unknown era or key, or a value of the wrong kind.
    """
    if isinstance(given, str):
        return preset(given)[0].rules
    if not isinstance(given, Mapping):
        raise PanelError(
            f"rules are an era such as sn9-2025-03 or a mapping such as {{temperature: 0.04}}, not {given!r}"
        )
    changes = dict(given)
    rules = base or Rules()
    if "era" in changes:
        try:
            rules = preset(str(changes.pop("era")))[0].rules
        except InputError as error:
            raise error.under("era") from None
    known = {f.name: type(getattr(rules, f.name)) for f in fields(Rules)}
    for key, value in changes.items():
        if key not in known:
            raise PanelError(f"there is no rule {key!r}; {nearest(key, known)}", (key,))
        changes[key] = _rule(key, value, known[key])
    return replace(rules, **changes)


def reward_of(given: object) -> Reward | None:
    """A reward rule from its name or `{name: {parameter: value}}`; None for the subnet's own.

    Raises:
        InputError: there is no such rule or parameter, or the value is not allowed.
    """
    reward = build_reward(given)
    return None if isinstance(reward, Subnet) else reward


def policy_text(policy: Policy | Reward) -> str:
    """A short name for a policy or reward rule: its own, and the parameters that are not the defaults."""
    ((name, values),) = policy.spec().items()
    defaults = type(policy)().spec()[name]
    parts = []
    for key, value in values.items():
        if key == "then":
            parts.append(f"then {policy_text(build(value))}")
        elif value != defaults[key] or len(values) == 1:
            parts.append(f"{key}={value:.12g}")
    return " ".join([name, *parts])


def _lanes(entry: object, rules: Rules, reward: Reward | None) -> Iterator[Lane]:
    if isinstance(entry, str):
        yield _named(entry, rules, reward)
        return
    if not isinstance(entry, Mapping) or not entry:
        raise PanelError(f"an entry is a preset, a policy, or a mapping with {', '.join(ENTRY)}, not {entry!r}")
    if len(entry) == 1 and (sweep := str(next(iter(entry)))) in SWEEPS:
        for spec in _swept(sweep, entry[sweep]):
            try:
                policy = build(spec)
            except InputError as error:
                raise error.under(sweep) from None
            yield Lane(policy_text(policy), policy, rules, reward=reward)
    elif set(entry) & set(ENTRY):
        yield _full(entry, rules, reward)
    elif len(entry) == 1:
        policy = build(entry)
        yield Lane(policy_text(policy), policy, rules, reward=reward)
    else:
        key = next(iter(entry))
        raise PanelError(f"{key!r} is not a key of an entry; {nearest(key, (*ENTRY, *SWEEPS, *names()))}", (key,))


def _named(name: str, rules: Rules, reward: Reward | None) -> Lane:
    if is_preset(name):
        policy, own = find_preset(name)
        return Lane(name, policy, rules, reward=own or reward)
    if _names_preset(name):
        return Lane(name, preset(name)[1], rules, reward=reward)
    policy = build(name)
    return Lane(policy_text(policy), policy, rules, reward=reward)


def _names_preset(name: str) -> bool:
    return is_preset(name) or subnet(name) in {subnet(each) for each in eras()}


def _full(entry: Mapping[str, Any], rules: Rules, reward: Reward | None) -> Lane:
    for key in entry:
        if key not in ENTRY:
            raise PanelError(f"unknown key {key!r}; {nearest(key, ENTRY)}", (key,))
    if ("policy" in entry) == ("preset" in entry):
        raise PanelError("an entry has either `policy` or `preset`, and not both")
    name, policy, own, reward = _what(entry, reward)
    given = entry.get("rules")
    if given == "own":
        if own is None:
            raise PanelError("`rules: own` takes the rules of a preset, but this entry names a policy", ("rules",))
        rules, name = own, f"{name} own rules"
    elif given is not None:
        try:
            rules = rules_of(given, rules)
        except InputError as error:
            raise error.under("rules") from None
    if "reward" in entry:
        shared, reward = reward, _own_reward(entry["reward"])
        name += f" + {policy_text(reward or Subnet())}" if reward != shared else ""
    return Lane(_name(entry.get("name"), name), policy, rules, reward=reward)


def _what(entry: Mapping[str, Any], reward: Reward | None) -> tuple[str, Policy, Rules | None, Reward | None]:
    """Name, policy, own rules and reward of an entry's `preset` or `policy`."""
    key = "preset" if "preset" in entry else "policy"
    given = entry[key]
    other = "policy" if key == "preset" else "preset"
    misplaced = given in names() if key == "preset" else isinstance(given, str) and _names_preset(given)
    if misplaced:
        raise PanelError(f"{given!r} is a {other}; write `{other}: {given}`", (key,))
    try:
        if key == "policy":
            policy, own, name = build(entry[key]), None, None
        elif is_preset(name := str(entry[key])):
            policy, paid = find_preset(name)
            own, reward = None, paid or reward
        else:
            era, policy = preset(name)
            own = era.rules
    except InputError as error:
        raise error.under(key) from None
    return name or policy_text(policy), policy, own, reward


def _own_reward(given: object) -> Reward | None:
    try:
        return reward_of(given)
    except InputError as error:
        raise error.under("reward") from None


def _name(given: object, default: str) -> str:
    if given is None:
        return default
    if not isinstance(given, str) or not given.strip() or len(given) > 100:
        raise PanelError(f"a lane's name is a text of 1 to 100 characters, not {given!r}", ("name",))
    return given


def _swept(kind: str, given: object) -> Iterator[dict[str, Any]]:
    """The policy specs of a sweep: `{linear: {start: [...], end: 0.0001}}`, or for `cases` a list of parameter sets."""
    if not isinstance(given, Mapping) or len(given) != 1:
        raise PanelError(
            f"{kind} takes one policy, such as {{linear: {{start: [0.005, 0.003]}}}}, not {given!r}", (kind,)
        )
    ((name, parameters),) = given.items()
    if kind == "cases":
        if not isinstance(parameters, list) or not parameters:
            raise PanelError(f"cases takes a list of parameter sets, not {parameters!r}", (kind, name))
        for case in parameters:
            yield {name: case}
        return
    if not isinstance(parameters, Mapping):
        raise PanelError(f"{kind} takes parameters with lists of values, not {parameters!r}", (kind, name))
    lists = {key: value if isinstance(value, list) else [value] for key, value in parameters.items()}
    empty = [key for key, values in lists.items() if not values]
    if empty:
        raise PanelError("the list of values is empty", (kind, name, empty[0]))
    if not lists:
        raise PanelError(f"{kind} takes parameters with lists of values, not {parameters!r}", (kind, name))
    if kind == "zip":
        long = {key: len(values) for key, values in lists.items() if isinstance(parameters[key], list)}
        if len(set(long.values())) > 1:
            raise PanelError(
                f"zip needs lists of one length, but they have {long}; use grid for all combinations", (kind, name)
            )
        lists = {
            key: values * (max(long.values(), default=1) if key not in long else 1) for key, values in lists.items()
        }
    for values in (zip if kind == "zip" else product)(*lists.values()):
        yield {name: dict(zip(lists, values, strict=True))}


def _rule(key: str, value: object, kind: type) -> Any:
    choices = {"semantics": get_args(Semantics), "wins": get_args(Wins)}.get(key)
    if choices and value not in choices:
        raise PanelError(f"is {value!r}, but must be one of {', '.join(choices)}", (key,))
    if kind is bool and not isinstance(value, bool):
        raise PanelError(f"is {value!r}, but must be true or false", (key,))
    if kind in (int, float):
        if not isinstance(value, int | float) or isinstance(value, bool) or not _fits(value, kind):
            raise PanelError(f"is {value!r}, but must be a {'whole' if kind is int else 'finite'} number", (key,))
        low, high = {
            "temperature": (1e-6, 1e3),
            "alpha": (0, 0.999999),
            "keep": (1, 256),
            "delay": (0, 100_000),
            "threshold": (0, 0.99),
            "alone": (0, 1),
            "skew": (0.1, 10),
        }[key]
        if not low <= value <= high:
            raise PanelError(f"is {value}, but must be between {low} and {high}", (key,))
        return kind(value)
    return value


def _fits(value: float, kind: type) -> bool:
    """Finite, and whole where whole numbers are asked for."""
    return isfinite(value) and (kind is float or value == int(value))
