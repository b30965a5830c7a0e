"""Named parameter sets: the twelve eras of SN9, the rules of SN37 and SN29, and any date or block in between.

The facts, each with its source, stand in eras.yaml.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from policies import InputError, Policy, build, nearest
from sim.clock import block_at
from sim.facts import read_facts
from sim.mechanism.rules import Rules

Competitions = dict[str, tuple[float, dict[str, Any]]]
"""Competition -> reward share and the spec of its epsilon."""


class EraError(InputError):
    """No era, competition or date of that name."""


@dataclass(frozen=True)
class Era:
    """What was in force from a block on."""

    name: str  #: e.g. `sn9-2025-03`
    block: int  #: the first block; dates become blocks by `sim.clock.block_at`
    about: str  #: in a few words
    rules: Rules  #: the mechanism
    competitions: Competitions  #: competition -> reward share and epsilon spec
    window: int = 0  #: blocks in which all validators read the same data, 0 where each drew its own; for readers only

    def policy(self, competition: str | None = None) -> Policy:
        """The epsilon of a competition; of the best paid language model when none is named.

        Raises:
            EraError: the era has no such competition.
        """
        if competition is None:
            text = [c for c in self.competitions if c != "TTS"]  # that one was of speech
            competition = max(text, key=lambda c: self.competitions[c][0])
        if competition not in self.competitions:
            raise EraError(f"{self.name} has no competition {competition!r}; known: {', '.join(self.competitions)}")
        return build(self.competitions[competition][1])


class History(NamedTuple):
    """SN9 by block, and the single parameter sets of other subnets."""

    named: dict[str, tuple[int, str]]  #: era -> its first block, and what it is known for
    rules: list[tuple[int, dict[str, Any]]]  #: (first block, all rules from then on), by rising block
    competitions: list[tuple[int, Competitions]]  #: (first block, what runs from then on), by rising block
    others: dict[str, Era]  #: name -> era


@cache
def history() -> History:
    """The facts of eras.yaml, read and checked at the first call."""
    facts = read_facts(Path(__file__).with_name("eras.yaml"))
    rules: list[tuple[int, dict[str, Any]]] = []
    for entry in facts["sn9"]["rules"]:
        rules.append((_block(entry["since"]), {**(rules[-1][1] if rules else {}), **entry["changed"]}))
    competitions = [(_block(entry["since"]), _competitions(entry)) for entry in facts["sn9"]["competitions"]]
    for schedule in (rules, competitions):
        if any(later <= earlier for (earlier, _), (later, _) in pairwise(schedule)):
            raise EraError(f"eras.yaml: the blocks {[block for block, _ in schedule]} of a schedule do not rise")
    return History(
        {name: (_block(entry["since"]), entry["about"]) for name, entry in facts["sn9"]["named"].items()},
        rules,
        competitions,
        {
            name: Era(name, _block(entry["since"]), entry["about"], Rules(**entry["rules"]), _competitions(entry))
            for name, entry in facts["others"].items()
        },
    )


def _block(since: int | date) -> int:
    return since if isinstance(since, int) else block_at(datetime(since.year, since.month, since.day))


def _competitions(entry: dict[str, Any]) -> Competitions:
    running = {name: (float(each["share"]), each["epsilon"]) for name, each in entry["running"].items()}
    total = sum(share for share, _ in running.values())
    if abs(total - 1.0) > 0.01:
        raise EraError(f"eras.yaml: the shares from {entry['since']} on sum to {total:g}, but must sum to 1")
    return running


def names() -> list[str]:
    """All named parameter sets, oldest first within each subnet."""
    return [*history().named, *history().others]


def era(name: str) -> Era:
    """A named parameter set.

    Raises:
        EraError: no set of that name.
    """
    if name in history().others:
        return history().others[name]
    if name not in history().named:
        raise EraError(f"there is no era {name!r}; {suggest(name, names())}")
    block, about = history().named[name]
    return replace(era_at(block), name=name, about=about)


def era_at(when: int | datetime) -> Era:
    """What SN9 had in force at a block or a moment.

    Raises:
        EraError: before the pairwise win rate came (2023-11-14).
    """
    facts, block = history(), when if isinstance(when, int) else block_at(when)
    first = facts.rules[0][0]
    if block < first:
        asked = f"at block {when}" if isinstance(when, int) else f"on {when.date()}"
        raise EraError(
            f"sn9 had no rules {asked} that can be replayed; its first are of block {first} (2023-11-14), "
            f"when pairwise win rates began, and its first named era is {next(iter(facts.named))}"
        )
    (changed, rules), (since, running) = _in_force(facts.rules, block), _in_force(facts.competitions, block)
    known = [name for name, (start, _) in facts.named.items() if start <= block]
    about = f"as in {known[-1]}, with the changes since" if known else "before the first named era"
    own = {name: value for name, value in rules.items() if name != "window"}
    return Era(f"sn9@{block}", max(changed, since), about, Rules(**own), running, rules["window"])


def _in_force(schedule: list[tuple[int, Any]], block: int) -> tuple[int, Any]:
    """The last entry that has begun by a block."""
    return schedule[bisect_right([first for first, _ in schedule], block) - 1]


def subnet(name: str) -> str:
    """The part of a preset's name that says whose it is, `sn9` of `sn9-2025-03/3B`."""
    return re.split("[-@/]", name, maxsplit=1)[0]


def suggest(name: str, known: Iterable[str]) -> str:
    """A sentence for a name that is not `known`: which presets its subnet has, or which subnets have any."""
    listed = list(known)
    own = [each for each in listed if subnet(each) == subnet(name)]
    if not re.fullmatch(r"sn\d+", subnet(name)):
        return nearest(name, listed)
    if not own:
        return f"there are presets of {', '.join(dict.fromkeys(map(subnet, listed)))}"
    dates = f"{subnet(name)} has {', '.join(own)}"
    if subnet(name) == "sn9":
        dates += ", and any date, such as sn9@2024-10-11"
    if "@" in name:
        return f"only sn9 is known at every date; {dates}"
    hint = nearest(name, own)
    return dates if hint.startswith("known") else f"{hint} {dates}"


def preset(name: str) -> tuple[Era, Policy]:
    """An era and one competition's policy from `era`, `era/competition`, `sn9@BLOCK` or `sn9@YYYY-MM-DD`.

    Raises:
        EraError: unknown era, competition, block or date.
    """
    stem, _, competition = name.partition("/")
    found = _moment(stem) if stem.startswith("sn9@") else era(stem)
    return found, found.policy(competition or None)


def _moment(name: str) -> Era:
    text = name.removeprefix("sn9@")
    try:
        return era_at(int(text) if text.isdigit() else datetime.fromisoformat(text))
    except ValueError as error:
        if isinstance(error, EraError):
            raise
        raise EraError(f"{name!r}: {text!r} is neither a block nor a date such as 2024-10-15") from None
