"""Named parameter sets: the twelve eras of SN9, the rules of SN37 and SN29, and any date or block in between."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from policies import InputError, Policy, build, nearest
from sim.clock import block_at
from sim.mechanism.competitions import active
from sim.mechanism.history import COMPETITIONS, RULES, Competitions, fall, fixed, on
from sim.mechanism.rules import Rules


class EraError(InputError):
    """No era, competition or date of that name."""


@dataclass(frozen=True)
class Era:
    """What was in force from a block on.

    Attributes:
        name: e.g. `sn9-2025-03`.
        block: the first block, counted at 12 s from the dated anchor.
        about: in a few words.
        rules: the mechanism.
        window: blocks in which all validators read the same data, 0 where each drew its own; a fact only, for a race
            has one validator.
        competitions: competition -> reward share and epsilon spec.
    """

    name: str
    block: int
    about: str
    rules: Rules
    competitions: Competitions
    window: int = 0

    def policy(self, competition: str | None = None) -> Policy:
        """The epsilon of a competition; of the best paid language model when none is named.

        Raises:
            EraError: the era has no such competition.
        """
        if competition is None:
            text = [c for c in self.competitions if c != "TTS"]
            competition = max(text, key=lambda c: self.competitions[c][0])
        if competition not in self.competitions:
            raise EraError(f"{self.name} has no competition {competition!r}; known: {', '.join(self.competitions)}")
        return build(self.competitions[competition][1])


NAMED: dict[str, tuple[int, str]] = {
    "sn9-2023-11": (on("2023-11-28"), "E1: wins per sample, un-evaluated models keep their weight"),
    "sn9-2024-01": (on("2024-01-02"), "E2: seniority is the commit block"),
    "sn9-2024-02": (on("2024-02-21"), "E3: moving average 0.5"),
    "sn9-2024-03": (on("2024-03-27"), "E4: temperature 0.01, winner takes almost all"),
    "sn9-2024-08": (3_601_190, "E5: three competitions and the low-epsilon experiment"),
    "sn9-2024-09": (3_750_683, "E6: linear decay"),
    "sn9-2024-10": (4_001_017, "E7: average losses, no filter yet: clone renewal works"),
    "sn9-2024-10-15": (on("2024-10-15"), "E8: the competitive filter"),
    "sn9-2024-11": (4_252_646, "E9: shared seed and evaluation delay"),
    "sn9-2024-12": (4_453_709, "E10: floor 0.0002"),
    "sn9-2025-01": (4_732_978, "E11: weighted tasks"),
    "sn9-2025-03": (5_177_981, "E12: decay in two days to 0.0001"),
}
"""The twelve eras: first block and what they are known for."""

_SN37 = Rules(filtered=False, winner_takes_all=True, alone=0.0, keep=3, delay=0)
_SN29 = Rules(filtered=False, wins="sample-champion", alpha=0.5, keep=6, delay=0, skew=1.2)
_SN29_EPSILON: dict[str, Any] = {"half-life": {"start": 0.004, "end": 0.0, "half_life_blocks": 49_920}}

SISTERS: dict[str, Era] = {
    era.name: era
    for era in (
        Era("sn37-2024-06", on("2024-06-01"), "SN37: fixed", _SN37, {"one": (1.0, fixed(0.005))}),
        Era(
            "sn37-2024-09",
            on("2024-09-11"),
            "SN37: 5 % to 1 % in 5 days",
            _SN37,
            {"one": (1.0, fall(0.05, 0.01, 36_000))},
        ),
        Era(
            "sn37-2024-12",
            on("2024-12-04"),
            "SN37: slow average with a weight floor",
            replace(_SN37, alpha=0.85, threshold=0.18),
            {"one": (1.0, fall(0.05, 0.01, 36_000))},
        ),
        Era(
            "sn37-2025-03",
            on("2025-03-04"),
            "SN37: 5 % to 1 % in 1 day (8B) or 3 (3B)",
            replace(_SN37, alpha=0.85, threshold=0.18),
            {"8B": (0.9, fall(0.05, 0.01, 7_200)), "3B": (0.1, fall(0.05, 0.01, 21_600))},
        ),
        Era(
            "sn29-2024-10",
            on("2024-10-17"),
            "SN29: half-life of a week, one champion per sample",
            _SN29,
            {"one": (1.0, _SN29_EPSILON)},
        ),
        Era(
            "sn29-2025-02",
            on("2025-02-27"),
            "SN29: the same, skewed to the winner",
            replace(_SN29, skew=2.0),
            {"one": (1.0, _SN29_EPSILON)},
        ),
    )
}
"""macrocosm-os/finetuning afd4403 and coldint/coldint_validator a5860df."""


def names() -> list[str]:
    """All named parameter sets, oldest first within each subnet."""
    return [*NAMED, *SISTERS]


def era(name: str) -> Era:
    """A named parameter set.

    Raises:
        EraError: no set of that name.
    """
    if name in SISTERS:
        return SISTERS[name]
    if name not in NAMED:
        raise EraError(f"there is no era {name!r}; {meant(name, names())}")
    block, about = NAMED[name]
    return replace(at(block), name=name, about=about)


def at(when: int | datetime) -> Era:
    """What SN9 had in force at a block or a moment.

    Raises:
        EraError: before the pairwise win rate came (2023-11-14).
    """
    block = when if isinstance(when, int) else block_at(when)
    if block < RULES[0][0]:
        asked = f"at block {when}" if isinstance(when, int) else f"on {when.date()}"
        raise EraError(
            f"sn9 had no rules {asked} that can be replayed; its first are of block {RULES[0][0]} (2023-11-14), "
            f"when pairwise win rates began, and its first named era is {next(iter(NAMED))}"
        )
    changed: dict[str, Any] = {}
    for since, _, change in RULES:
        if since <= block:
            changed |= change
    since, competitions = active(COMPETITIONS, block)
    newest = max([s for s, _, _ in RULES if s <= block] + [since])
    known = [name for name, (first, _) in NAMED.items() if first <= block]
    about = f"as in {known[-1]}, with the changes since" if known else "before the first named era"
    window = changed.pop("window")
    return Era(f"sn9@{block}", newest, about, Rules(**changed), competitions, window)


def subnet(name: str) -> str:
    """The part of a preset's name that says whose it is, `sn9` of `sn9-2025-03/3B`."""
    return re.split("[-@/]", name, maxsplit=1)[0]


def meant(name: str, known: Iterable[str]) -> str:
    """A sentence that helps where a subnet had no preset of that name or date: what it has, or which subnets have any.

    Args:
        name: what was asked for.
        known: all names that there are.
    """
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
        return at(int(text) if text.isdigit() else datetime.fromisoformat(text))
    except ValueError as error:
        if isinstance(error, EraError):
            raise
        raise EraError(f"{name!r}: {text!r} is neither a block nor a date such as 2024-10-15") from None
