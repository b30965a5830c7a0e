"""A finalist: a candidate of the shortlist with all that was measured of it in worlds that the search never saw."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.estimate import Estimate
from experiments.tune.shortlist import Entry
from policies.rewards.subnet import Subnet


@dataclass(frozen=True)
class Limit:
    """A limit on a metric.

    Attributes:
        level: the metric's mean over the final worlds.
        limit: the most of it, or the least; a number, or `baseline`.
        missed: by how much it is broken; what is not positive is kept.
    """

    level: float
    limit: float | str
    missed: float


@dataclass(frozen=True)
class HeldOut:
    """What a finalist gains over the first baseline in families of worlds that the search never saw.

    Attributes:
        mean: over all families, each of the same weight, in units of the final worlds: the gain in a family is taken as
            the same share of what the baseline comes to.
        families: the same for each.
        gains: over all families, float64 `[worlds]`.
    """

    mean: Estimate
    families: dict[str, Estimate]
    gains: np.ndarray = field(repr=False, compare=False)


@dataclass(frozen=True)
class Finalist:
    """A candidate in the final worlds. Gains and differences are positive where it is better.

    Attributes:
        entry: who it is.
        reranked: its gain over the first baseline in the worlds of the re-ranking.
        difference: the same in the final worlds, with the BCa interval.
        baselines: the same to each baseline, by name.
        p: the chance of such a difference to the first baseline where there is none, either way.
        p_holm: the same by Holm for all finalists.
        objectives: by metric its level and its difference to the first baseline, in the metric's own direction.
        limits: by metric.
        heldout: None where a study has no held-out family.
        error: the last line of the first error in any world; None where there was none.
        gains: over the first baseline in the final worlds, float64 `[worlds]`.
    """

    entry: Entry
    reranked: Estimate
    difference: Estimate
    baselines: dict[str, Estimate]
    p: float
    p_holm: float
    objectives: dict[str, tuple[float, Estimate]]
    limits: dict[str, Limit]
    heldout: HeldOut | None
    error: str | None
    gains: np.ndarray = field(repr=False, compare=False)

    @property
    def feasible(self) -> bool:
        """Whether it kept all limits in the final worlds, and failed in none at all."""
        return self.error is None and all(limit.missed <= 0 for limit in self.limits.values())

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"{self.entry.candidate.family} (trial {self.entry.trial})"

    def document(self) -> dict[str, Any]:
        """For JSON."""
        held, gain = self.heldout, self.entry.search.mean
        return {
            **described(self.entry),
            "difference": self.difference.document(),
            "p": self.p,
            "p_holm": self.p_holm,
            "heldout": None
            if held is None
            else {**held.mean.document(), "families": {name: e.document() for name, e in held.families.items()}},
            "search": self.entry.search.document(),
            "rerank": self.reranked.document(),
            "drop": {
                "final": plain(gain - self.difference.mean),
                "heldout": None if held is None else plain(gain - held.mean.mean),
            },
            "baselines": {name: e.document() for name, e in self.baselines.items()},
            "objectives": {
                name: {"level": plain(level), "difference": e.document()}
                for name, (level, e) in self.objectives.items()
            },
            "limits": {
                name: {"level": plain(each.level), "limit": each.limit, "kept": each.missed <= 0}
                for name, each in self.limits.items()
            },
            "feasible": self.feasible,
            "error": self.error,
        }


def described(entry: Entry) -> dict[str, Any]:
    """Who a candidate is, for JSON: its policy, reward and constants."""
    lane = entry.candidate.lane
    ((policy, parameters),) = lane.policy.spec().items()
    ((reward, paid),) = (lane.reward or Subnet()).spec().items()
    rules = {name.removeprefix("rules."): value for name, value in entry.candidate.params.items() if "rules." in name}
    return {
        "policy": policy,
        "parameters": parameters,
        "reward": reward,
        "reward_parameters": paid,
        "rules": rules,
        "scenario": dict(entry.candidate.variant),
        "family": entry.candidate.family,
        "trial": entry.trial,
        "complexity": entry.complexity,
    }


def plain(value: float) -> float | None:
    """A number for JSON, where NaN does not exist."""
    return float(value) if np.isfinite(value) else None
