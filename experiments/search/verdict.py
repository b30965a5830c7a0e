"""The verdict of a study: its recommendation, the reason, and all measurements behind it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from experiments.results.estimate import Estimate
from experiments.search.shortlist import Entry
from policies.rewards.subnet import Subnet


@dataclass(frozen=True)
class Reranked:
    """A candidate of the shortlist in the worlds of the re-ranking."""

    entry: Entry
    gain: Estimate  #: over the first baseline
    feasible: bool  #: it kept all limits there, and did not fail
    error: str | None  #: the last line of the first error; None where there was none


@dataclass(frozen=True)
class Limit:
    """A limit on a metric."""

    level: float  #: the metric's mean over the final worlds
    limit: float | str  #: the most of it, or the least; a number, or `baseline`
    kept: bool


@dataclass(frozen=True)
class HeldOut:
    """The gain of a finalist over the first baseline in families of worlds that the search never saw."""

    #: over all families with equal weights, in units of the final worlds: a gain in a family counts as its share of the
    #: baseline's level there
    mean: Estimate
    families: dict[str, Estimate]  #: the gain in each
    gains: np.ndarray = field(repr=False, compare=False)  #: over all families, float64 `[worlds]`


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
        return self.error is None and all(limit.kept for limit in self.limits.values())

    @property
    def label(self) -> str:
        """Its name in messages."""
        return f"{self.entry.candidate.family} (trial {self.entry.trial})"


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
    def robust(self) -> bool:
        """Whether the candidate stays better than the baseline whichever number is a quarter off."""
        return self.worst > 0


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
        """`results.json`."""
        winner = self.recommended
        name = {"name": winner.label, **_describe(winner.entry)} if winner else {"name": self.baseline, "trial": None}
        shortlist = [
            {
                **_describe(each.entry),
                "search": each.entry.search,
                "rerank": each.gain,
                "feasible": each.feasible,
                "error": each.error,
            }
            for each in self.shortlist
        ]
        document: dict[str, Any] = _plain(
            {
                "objective": self.objective,
                "recommended": name,
                "because": self.because,
                "best": [self._finalist(each) for each in self.best],
                "baselines": self.baselines,
                "reranked": shortlist,
            }
        )
        return document

    def _finalist(self, each: Finalist) -> dict[str, Any]:
        held, gain, moved = each.heldout, each.entry.search.mean, self.sensitivity
        return {
            **_describe(each.entry),
            "difference": each.difference,
            "p": each.p,
            "p_holm": each.p_holm,
            "heldout": held and {**held.mean.document(), "families": held.families},
            "search": each.entry.search,
            "rerank": each.reranked,
            "drop": {"final": gain - each.difference.mean, "heldout": held and gain - held.mean.mean},
            "baselines": each.baselines,
            "objectives": {name: {"level": level, "difference": e} for name, (level, e) in each.objectives.items()},
            "limits": {name: asdict(limit) for name, limit in each.limits.items()},
            "feasible": each.feasible,
            "error": each.error,
            "sensitivity": _sensitivity(moved) if moved and moved.trial == each.entry.trial else None,
        }


def _sensitivity(moved: Sensitivity) -> dict[str, Any]:
    numbers: dict[str, list[dict[str, Any]]] = {}
    for name, value, gain in moved.shifts:
        numbers.setdefault(name, []).append({"value": value, "difference": gain})
    mean = float(np.mean([gain.mean for _, _, gain in moved.shifts]))
    return {"worst": moved.worst, "mean": mean, "robust": moved.robust, "numbers": numbers}


def _describe(entry: Entry) -> dict[str, Any]:
    lane = entry.candidate.lane
    ((policy, parameters),) = lane.policy.spec().items()
    ((reward, reward_parameters),) = (lane.reward or Subnet()).spec().items()
    return {
        "policy": policy,
        "parameters": parameters,
        "reward": reward,
        "reward_parameters": reward_parameters,
        "rules": entry.candidate.constants,
        "scenario": dict(entry.candidate.variant),
        "family": entry.candidate.family,
        "trial": entry.trial,
        "complexity": entry.complexity,
    }


def _plain(value: Any) -> Any:
    """Plain data for JSON, where estimates are mappings, and NaN and infinity do not exist."""
    if isinstance(value, Estimate):
        return value.document()
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
