"""The verdict of a study: its recommendation, the reason, and all measurements behind it, as in `results.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from experiments.results.estimate import Estimate
from experiments.search.sensitivity import Sensitivity
from experiments.search.shortlist import Entry
from experiments.search.space import Candidate
from policies.rewards.subnet import Subnet

MOST_REGRET = 0.05  #: equal shares of the emission


def lower_limit(gain: Estimate) -> float:
    """The lower limit of a gain; minus infinity where it is not known."""
    return gain.lo if np.isfinite(gain.lo) else -np.inf


@dataclass(frozen=True)
class Reranked(Entry):
    """A candidate of the shortlist in the worlds of the re-ranking."""

    rerank: Estimate  #: the gain over the first baseline there
    feasible: (
        bool  #: it surely kept all limits there, and did not fail; of a finalist: in the final worlds, and nowhere
    )
    error: str | None  #: the last line of the first error so far; None where there was none


@dataclass(frozen=True)
class Level:
    """An objective of a finalist in the final worlds."""

    level: float
    difference: Estimate  #: to the first baseline, in the metric's own direction


@dataclass(frozen=True)
class Limit:
    """A limit on a metric, in the family where it is kept with the least chance."""

    family: str
    level: float  #: the metric's mean over the final worlds
    limit: float | str  #: the most of it, or the least; a number, or `baseline`
    chance: float  #: of being kept
    kept: bool  #: with the chance that the study asks for


@dataclass(frozen=True)
class Gain(Estimate):
    """The gain of a finalist over the first baseline in a family."""

    p: float  #: of no difference, two-sided
    regret: Estimate | None  #: of the mix where its miners settled; None where they do not play
    settled: bool | None  #: whether that mix came to rest


@dataclass(frozen=True)
class Worst(Estimate):
    """A gain in the family where its lower limit is least."""

    family: str


@dataclass(frozen=True)
class Hold(Worst):
    """The same, with the gain in every family, in units of the first: a gain counts as its share of the baseline."""

    families: dict[str, Gain]


@dataclass(frozen=True)
class Finalist(Reranked):
    """A candidate in the final worlds. Gains and differences are positive where it is better."""

    difference: Hold  #: the gain over the first baseline in the final worlds
    heldout: Hold | None  #: in families that the search never saw; None where a study has none
    p: float  #: the largest of all families: of no difference in at least one of them
    p_holm: float  #: corrected for the number of finalists by Holm's method
    drop: dict[str, float | None]  #: how much smaller the gain is in `final` and `heldout` worlds than in the search
    baselines: dict[str, Worst]  #: the gain over each baseline in the final worlds, by name
    objectives: dict[str, Level]  #: by metric, in the first family
    limits: dict[str, Limit]  #: by metric
    sensitivity: Sensitivity | None = None  #: of the recommended finalist, else of the best, if it has a number to move

    @property
    def holds(self) -> tuple[Hold, ...]:
        """Its gains in the families of the study, and in those that are held out."""
        return (self.difference, *([self.heldout] if self.heldout else []))

    @property
    def worst(self) -> Hold:
        """The one of them with the family where its lower limit is least."""
        return min(self.holds, key=lower_limit)

    @property
    def restless(self) -> tuple[str, ...]:
        """Families in which a single deviant surely gains more than `MOST_REGRET`."""
        gains = (item for hold in self.holds for item in hold.families.items())
        return tuple(name for name, gain in gains if gain.regret is not None and gain.regret.lo > MOST_REGRET)

    @property
    def label(self) -> str:
        """Its name in messages."""
        return f"{self.candidate.family} (trial {self.trial})"


@dataclass(frozen=True)
class Verdict:
    """The result of a study."""

    objective: str  #: the metric that decides
    recommended: Finalist | None  #: None: the first baseline
    because: str  #: the reason, a sentence
    #: the finalists, those that keep all limits first, then by the lower limit in their worst family
    best: tuple[Finalist, ...]
    #: by name the levels of all objectives in the final worlds of the first family; differences are to the first
    baselines: dict[str, dict[str, float]]
    reranked: tuple[Reranked, ...]  #: the shortlist in the order of the re-ranking

    @property
    def baseline(self) -> str:
        """The name of the first baseline."""
        return next(iter(self.baselines))

    def document(self) -> dict[str, Any]:
        """`results.json`."""
        shown: dict[str, Any] = {"name": self.baseline, "trial": None}
        if (winner := self.recommended) is not None:
            shown = {"name": winner.label, "trial": winner.trial, "complexity": winner.complexity}
            shown |= _describe(winner.candidate)
        return {**_plain(self), "recommended": shown}


def _describe(candidate: Candidate) -> dict[str, Any]:
    ((policy, parameters),) = candidate.lane.policy.spec().items()
    ((reward, reward_parameters),) = (candidate.lane.reward or Subnet()).spec().items()
    return {
        "policy": policy,
        "parameters": parameters,
        "reward": reward,
        "reward_parameters": reward_parameters,
        "rules": candidate.constants,
        "scenario": dict(candidate.variant),
        "family": candidate.family,
    }


def _plain(value: Any) -> Any:
    """Plain data for JSON: the fields that `repr` shows, candidates described, and None for NaN and infinity."""
    if is_dataclass(value):
        described = _describe(value.candidate) if isinstance(value, Entry) else {}
        value = {**described, **{each.name: getattr(value, each.name) for each in fields(value) if each.repr}}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
