"""The verdict of a study: its recommendation, the reason, and all measurements behind it."""

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from experiments.results.estimate import Estimate
from experiments.search.shortlist import Entry
from experiments.search.space import RULES
from policies.rewards.subnet import Subnet
from sim.mechanism.rules import Rules

CONSTANTS = {f"{RULES}.{each.name}" for each in fields(Rules)}  #: names of searched numbers of the mechanism


@dataclass(frozen=True)
class Reranked:
    """A candidate of the shortlist in the worlds of the re-ranking."""

    entry: Entry
    gain: Estimate  #: over the first baseline
    feasible: bool  #: it kept all limits there, and did not fail
    error: str | None  #: the last line of the first error; None where there was none

    def document(self) -> dict[str, Any]:
        """For JSON."""
        measured = {"search": self.entry.search.document(), "rerank": self.gain.document()}
        return {**describe(self.entry), **measured, "feasible": self.feasible, "error": self.error}


@dataclass(frozen=True)
class Limit:
    """A limit on a metric."""

    level: float  #: the metric's mean over the final worlds
    limit: float | str  #: the most of it, or the least; a number, or `baseline`
    missed: float  #: the violation; at 0 or below the limit is kept

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {"level": plain(self.level), "limit": self.limit, "kept": self.missed <= 0}


@dataclass(frozen=True)
class HeldOut:
    """What a finalist gains over the first baseline in families of worlds that the search never saw."""

    #: over all families with equal weights, in units of the final worlds: a gain in a family counts as its share of the
    #: baseline's level there
    mean: Estimate
    families: dict[str, Estimate]  #: the gain in each
    gains: np.ndarray = field(repr=False, compare=False)  #: over all families, float64 `[worlds]`

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {**self.mean.document(), "families": {name: e.document() for name, e in self.families.items()}}


@dataclass(frozen=True)
class Finalist:
    """A candidate in the final worlds. Gains and differences are positive where it is better."""

    entry: Entry
    reranked: Estimate  #: the gain over the first baseline in the worlds of the re-ranking
    difference: Estimate  #: the gain over the first baseline in the final worlds, with the BCa interval
    baselines: dict[str, Estimate]  #: the gain over each baseline in the final worlds, by name
    p: float  #: of no difference to the first baseline, two-sided
    p_holm: float  #: corrected for the number of finalists by Holm's method
    #: by metric its level and its difference to the first baseline, in the metric's own direction
    objectives: dict[str, tuple[float, Estimate]]
    limits: dict[str, Limit]  #: by metric
    heldout: HeldOut | None  #: None where a study has no held-out family
    error: str | None  #: the last line of the first error in any world; None where there was none
    #: over the first baseline in the final worlds, float64 `[worlds]`
    gains: np.ndarray = field(repr=False, compare=False)

    @property
    def feasible(self) -> bool:
        """Whether it kept all limits in the final worlds, and failed in no world of any stage."""
        return self.error is None and all(limit.missed <= 0 for limit in self.limits.values())

    @property
    def label(self) -> str:
        """Its name in messages."""
        return f"{self.entry.candidate.family} (trial {self.entry.trial})"

    def document(self) -> dict[str, Any]:
        """For JSON."""
        held, gain = self.heldout, self.entry.search.mean
        return {
            **describe(self.entry),
            "difference": self.difference.document(),
            "p": self.p,
            "p_holm": self.p_holm,
            "heldout": held.document() if held else None,
            "search": self.entry.search.document(),
            "rerank": self.reranked.document(),
            "drop": {
                "final": plain(gain - self.difference.mean),
                "heldout": plain(gain - held.mean.mean) if held else None,
            },
            "baselines": {name: e.document() for name, e in self.baselines.items()},
            "objectives": {
                name: {"level": plain(level), "difference": e.document()}
                for name, (level, e) in self.objectives.items()
            },
            "limits": {name: each.document() for name, each in self.limits.items()},
            "feasible": self.feasible,
            "error": self.error,
        }


@dataclass(frozen=True)
class Sensitivity:
    """How much a candidate depends on its numbers."""

    trial: int
    #: name and value of a number, and the gain over the first baseline in the final worlds with that value
    shifts: tuple[tuple[str, float, Estimate], ...]

    @property
    def worst(self) -> float:
        """The least mean gain of all shifts; NaN if one failed."""
        return float(np.min([gain.mean for _, _, gain in self.shifts]))

    @property
    def mean(self) -> float:
        """The mean gain over all shifts; NaN if one failed."""
        return float(np.mean([gain.mean for _, _, gain in self.shifts]))

    @property
    def robust(self) -> bool:
        """Whether the candidate stays better than the baseline whichever number is a quarter off."""
        return self.worst > 0

    def document(self) -> dict[str, Any]:
        """For JSON."""
        numbers: dict[str, list[dict[str, Any]]] = {}
        for name, value, gain in self.shifts:
            numbers.setdefault(name, []).append({"value": value, "difference": gain.document()})
        return {"worst": plain(self.worst), "mean": plain(self.mean), "robust": self.robust, "numbers": numbers}


@dataclass(frozen=True)
class Verdict:
    """The result of a study. Gains and differences are positive where a candidate is better."""

    objective: str  #: the metric that decides
    #: by name the levels of all objectives in the final worlds; differences are to the first
    baselines: dict[str, dict[str, float]]
    shortlist: tuple[Reranked, ...]  #: in the order of the re-ranking
    #: the finalists, those that keep all limits first, then by their difference in the final worlds
    best: tuple[Finalist, ...]
    recommended: Finalist | None  #: None: the first baseline
    because: str  #: the reason, a sentence
    #: of the recommended finalist, else of the best; None if it has no number to move
    sensitivity: Sensitivity | None

    @property
    def baseline(self) -> str:
        """The name of the first baseline."""
        return next(iter(self.baselines))

    def document(self) -> dict[str, Any]:
        """For JSON."""
        moved, winner = self.sensitivity, self.recommended
        return {
            "objective": self.objective,
            "recommended": {"name": winner.label, **describe(winner.entry)}
            if winner
            else {"name": self.baseline, "trial": None},
            "because": self.because,
            "best": [
                {
                    **each.document(),
                    "sensitivity": moved.document() if moved and moved.trial == each.entry.trial else None,
                }
                for each in self.best
            ],
            "baselines": {
                name: {metric: plain(level) for metric, level in levels.items()}
                for name, levels in self.baselines.items()
            },
            "reranked": [each.document() for each in self.shortlist],
        }


def describe(entry: Entry) -> dict[str, Any]:
    """A candidate for JSON: its policy, reward and constants."""
    lane, params = entry.candidate.lane, entry.candidate.params
    ((policy, parameters),) = lane.policy.spec().items()
    ((reward, paid),) = (lane.reward or Subnet()).spec().items()
    return {
        "policy": policy,
        "parameters": parameters,
        "reward": reward,
        "reward_parameters": paid,
        "rules": {name.removeprefix(f"{RULES}."): value for name, value in params.items() if name in CONSTANTS},
        "scenario": dict(entry.candidate.variant),
        "family": entry.candidate.family,
        "trial": entry.trial,
        "complexity": entry.complexity,
    }


def plain(value: float) -> float | None:
    """A number for JSON, where NaN does not exist."""
    return float(value) if np.isfinite(value) else None
