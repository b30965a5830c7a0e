"""The shelf: policies and eras, as text and as JSON."""

import json
import re
import sys
import textwrap
from dataclasses import asdict
from datetime import datetime
from inspect import getdoc
from math import exp, inf
from pathlib import Path
from typing import Any

import numpy as np

from experiments.files import write
from experiments.recipe.own_files import load_files
from experiments.recipe.shelf import entries, policy_classes
from policies import InputError, News, Policy, Seen, build
from policies.export import export
from sim.clock import BLOCKS_PER_DAY
from sim.mechanism import eras as history

CHART_DAYS, CHART_HEIGHT = 8, 12
"""Days and lines of a drawing."""
BLOCKS, ASCII = (" ▂▄▆█", "│", "└", "─"), (" .:+#", "|", "+", "-")
"""Characters of a drawing: five levels, the axes and their corner."""

EXAMPLE = """Drawn for the fifth of five kings, three days apart, each better than the last by 0.4 %: crowned a quarter
of a day after its commitment, with a standard error of 0.1 %, and nothing has happened since."""
"""The history that policies are drawn for whose epsilon depends on one."""


def as_json(name: str | None = None) -> str:
    """The JSON document of `steepest policies`."""
    return json.dumps(entries(name), indent=2)


def listing() -> str:
    """One line per policy with its class, then how to go on."""
    lines = [f"{kind.name():<20} {kind.state:<2}  {kind.formula}" for kind in policy_classes()]
    return "\n".join(
        [*lines, "", "steepest policies NAME explains one and draws it; presets of real subnets: steepest eras"]
    )


def policy_of(spec: Any) -> Policy:
    """A policy from a spec or the name of a preset.

    Raises:
        InputError: there is no such policy or preset, or a parameter is wrong.
    """
    if isinstance(spec, str) and spec.startswith(("sn9", "sn37", "sn29")):
        return history.preset(spec)[1]
    return build(load_files({"panel": spec}, Path())["panel"])


def explanation(policy: Policy) -> str:
    """What a policy does, its formula and parameters, what it takes to run it, and epsilon against age."""
    kind = type(policy)
    rows = [
        f"  {p.key:<17} {policy.values[p.key]:<9g} {p.unit}; {p.low:g} to {p.high:g}, "
        f"searched {p.search[0]:g} to {p.search[1]:g} ({p.scale}): {p.about}"
        for p in kind.parameters().values()
    ]
    inner = getattr(policy, "then", None)
    if isinstance(inner, Policy):
        rows.append(f"  {'then':<17} {inner!r}")
    return "\n".join(
        [
            f"{kind.name()} (class {policy.state})",
            "",
            textwrap.fill(" ".join((getdoc(kind) or "").split()), 100),
            "",
            f"  epsilon(age) = {kind.formula}",
            "",
            *rows,
            "",
            *([f"source: {kind.source}"] if kind.source else []),
            *([f"fails:  {kind.fails}"] if kind.fails else []),
            f"stores: {policy.stores}",
            *([f"needs:  {', '.join(policy.needs)}"] if policy.needs else []),
            "",
            *([textwrap.fill(" ".join(EXAMPLE.split()), 100), ""] if policy.reads else []),
            drawing(policy),
        ]
    )


def drawing(policy: Policy) -> str:
    """A chart in plain text of epsilon against age, for the history of `EXAMPLE`: four levels to a line."""
    ages = np.linspace(0.0, CHART_DAYS * BLOCKS_PER_DAY, 61)
    wait, gap, gain, error, committed = 0.25 * BLOCKS_PER_DAY, 3.0, 0.004, 0.001, 5_000_000
    memory, loss = policy.begin(), 2.5
    for king in range(5):
        block, loss = committed + wait - (4 - king) * gap * BLOCKS_PER_DAY, 2.5 * exp(-gain * king)
        first = king == 0
        policy.remember(memory, News(block, True, 0.0 if first else gain, inf if first else gap, loss, -gain, error))
    facts: Any = (np.maximum(ages - wait, 0.0), gain, gap, loss, error, committed + ages)
    percent = 100 * np.asarray(policy.remembering(memory).epsilon(ages, Seen(*facts)))

    try:
        "".join(BLOCKS).encode(sys.stdout.encoding or "ascii")
        levels, left, corner, bottom = BLOCKS
    except UnicodeEncodeError:  # a terminal that cannot show them
        levels, left, corner, bottom = ASCII
    top = float(percent.max()) or 1.0
    level = np.round(percent / top * CHART_HEIGHT * 4).astype(int)
    lines = ["epsilon in % of loss"]
    for row in range(CHART_HEIGHT, 0, -1):
        filled = np.clip(level - (row - 1) * 4, 0, 4)
        label = f"{top * row / CHART_HEIGHT:8.3f}" if row % 3 == 0 else " " * 8
        lines.append(f"{label} {left}{''.join(levels[n] for n in filled)}")
    width = len(ages)
    lines.append(f"{0:8.3f} {corner}{bottom * width}")
    lines.append(f"{'':10}{0:<{width // 2}}{CHART_DAYS:>{width - width // 2}}")
    lines.append(f"{'':10}{'age in days':^{width}}")
    return "\n".join(lines)


def write_export(policy: Policy, path: Path) -> None:
    """Write the drop-in class, or of class V the reference implementation.

    Raises:
        PolicyError: the formula uses something that does not travel as text.
        OSError: the file cannot be written.
    """
    if not path.parent.is_dir():
        raise InputError(f"--export {path}: there is no folder {path.parent}; make it first, or name another file")
    if path.exists() and not path.is_file():  # a device such as /dev/stdout is written to, never replaced
        path.write_text(export(policy), encoding="utf-8")
    else:
        write(path, export(policy))


def eras(when: str | None, json_wanted: bool) -> str:
    """The named parameter sets, or what was in force at one era, date or block."""
    if when is None:
        sets = [history.era(name) for name in history.names()]
        if json_wanted:
            return json.dumps([_entry(e) for e in sets], indent=2)
        return "\n".join(f"{e.name:<15} from block {e.block:<8} {_epsilon(e):<28}  {e.about}" for e in sets)
    when = when.removeprefix("sn9@").partition("/")[0]
    found = history.era(when) if when in history.names() else _era_at(when)
    if json_wanted:
        return json.dumps(_entry(found), indent=2)
    competitions = [
        f"  {name:<5} {share:6.1%} of rewards, {build(spec)!r}" for name, (share, spec) in found.competitions.items()
    ]
    rules = ", ".join(f"{key} {value}" for key, value in asdict(found.rules).items())
    return "\n".join(
        [
            f"{found.name}: {found.about}",
            f"in force from block {found.block}",
            "",
            *competitions,
            "",
            f"rules: {rules}; window {found.window}",
        ]
    )


def _era_at(when: str) -> history.Era:
    try:
        return history.era_at(int(when) if when.isdigit() else datetime.fromisoformat(when))
    except InputError:
        raise
    except ValueError:
        if re.match(r"sn\d", when):
            history.era(when)  # raises: the message says what that subnet has
        raise InputError(
            f"{when!r} is neither an era ({', '.join(history.names())}), nor a date such as 2024-10-15, nor a block"
        ) from None


def _entry(e: history.Era) -> dict[str, Any]:
    competitions = {name: {"share": share, "epsilon": spec} for name, (share, spec) in e.competitions.items()}
    return {**asdict(e), "competitions": competitions}


def _epsilon(e: history.Era) -> str:
    ((name, values),) = e.policy().spec().items()
    return f"{name} {' '.join(f'{v:g}' for v in values.values())}"
