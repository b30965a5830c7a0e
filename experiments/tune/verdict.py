"""The verdict: what a study recommends, why, and all that was measured to come to it."""

from dataclasses import dataclass
from typing import Any

from experiments.estimate import Estimate
from experiments.tune.finalist import Finalist, described, plain
from experiments.tune.sensitivity import Sensitivity
from experiments.tune.shortlist import Entry


@dataclass(frozen=True)
class Reranked:
    """A candidate of the shortlist in the worlds of the re-ranking.

    Attributes:
        entry: who it is.
        gain: over the first baseline.
        feasible: whether it kept all limits there, and did not fail.
        error: the last line of the first error; None where there was none.
    """

    entry: Entry
    gain: Estimate
    feasible: bool
    error: str | None


@dataclass(frozen=True)
class Verdict:
    """The end of a study. Gains and differences are positive where a candidate is better.

    Attributes:
        objective: the metric that decides.
        baselines: by name the levels of all objectives in the final worlds; differences are to the first.
        shortlist: in the order of the re-ranking.
        best: the finalists, those that keep all limits first, then by their difference in the final worlds.
        recommended: one of them; None for the first baseline.
        because: why, in a sentence.
        sensitivity: of the recommended one, or of the first of the best; None where it has no number to move.
    """

    objective: str
    baselines: dict[str, dict[str, float]]
    shortlist: tuple[Reranked, ...]
    best: tuple[Finalist, ...]
    recommended: Finalist | None
    because: str
    sensitivity: Sensitivity | None

    @property
    def baseline(self) -> str:
        """The name of the first baseline."""
        return next(iter(self.baselines))

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "objective": self.objective,
            "recommended": {"name": self.baseline, "trial": None}
            if self.recommended is None
            else {"name": self.recommended.label, **described(self.recommended.entry)},
            "because": self.because,
            "best": [{**each.document(), "sensitivity": self._sensitivity(each)} for each in self.best],
            "baselines": {
                name: {metric: plain(level) for metric, level in levels.items()}
                for name, levels in self.baselines.items()
            },
            "reranked": [
                {
                    **described(each.entry),
                    "search": each.entry.search.document(),
                    "rerank": each.gain.document(),
                    "feasible": each.feasible,
                    "error": each.error,
                }
                for each in self.shortlist
            ],
        }

    def _sensitivity(self, each: Finalist) -> dict[str, Any] | None:
        mine = self.sensitivity is not None and self.sensitivity.trial == each.entry.trial
        return self.sensitivity.document() if mine and self.sensitivity else None
