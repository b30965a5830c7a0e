"""The race of a generation: a candidate that is worse than the best in the first worlds is not measured in the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from optuna.trial import FrozenTrial

from experiments.run.evaluator import Evaluator
from experiments.search import StudyFailedError
from experiments.search.objective import GAINS, Paired, join_worlds, measure, place_lanes, violation
from experiments.search.space import Candidate
from experiments.search.spec import StudySpec

LEVEL = 0.05  #: chance that a candidate as good as the best is stopped, at each look
FEWEST = 5  #: worlds of a look: with fewer, Wilcoxon's test can never reach the level


def looks(worlds: int) -> list[int]:
    """How many worlds have been measured at each look and in the end: half, three quarters, all."""
    half = -(-worlds // 2)
    if half < FEWEST:
        return [worlds]
    return sorted({half, half + (worlds - half) // 2, worlds})


def find_losing(gains: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Test which candidates are worse than the best, by Wilcoxon's one-sided signed-rank test over worlds.

    Optuna's WilcoxonPruner does the same test, but for one trial after the other; here the candidates of a generation
    are simulated in one pass, and the best may be among them.

    Args:
        gains: float64 `[candidates, worlds]`.
        best: the gains of the best, `[worlds]`.

    Returns:
        bool `[candidates]`.
    """
    from scipy.stats import wilcoxon  # noqa: PLC0415 - a slow import

    lost = np.zeros(len(gains), dtype=bool)
    for i, apart in enumerate(gains - best):
        values = apart[np.isfinite(apart)]
        if len(values) >= FEWEST and np.any(values != 0):
            lost[i] = wilcoxon(values, alternative="less").pvalue < LEVEL
    return lost


@dataclass(frozen=True)
class Race:
    """Measures generations of candidates."""

    spec: StudySpec
    evaluator: Evaluator

    def run(self, candidates: Sequence[Candidate], earlier: Sequence[FrozenTrial]) -> tuple[Paired, np.ndarray]:
        """Measure a generation in the search worlds; `earlier` are all trials of the generations before.

        With several objectives there is no race: every candidate is measured in all worlds.

        Returns:
            The measurements, NaN in the worlds after a candidate was stopped; and in how many worlds of all cases each
            candidate was measured, int64 `[candidates]`.

        Raises:
            StudyFailedError: the worlds of the first baseline fail, or those of every candidate.
        """
        recipe, worlds, cases = self.spec.recipe, self.spec.worlds("search"), len(self.spec.cases())
        stops = looks(len(worlds)) if recipe.race and len(recipe.objectives) == 1 else [len(worlds)]
        running = np.arange(len(candidates))
        paired = self._measured(candidates, worlds[: stops[0]])
        lengths = np.full(len(candidates), stops[0] * cases)
        for look, until in pairwise(stops):
            best = self._best(paired, running, earlier)
            if best is not None:
                gains = np.array([paired.gains(lane) for lane in running.tolist()])
                running = running[~find_losing(gains, best)]
            if not len(running):  # all are worse than the best of an earlier generation
                break
            more = self._measured([candidates[i] for i in running.tolist()], worlds[look:until])
            found = place_lanes(more.found, [(running.tolist(), more.found)], len(candidates))
            paired = replace(paired, base=join_worlds(paired.base, more.base), found=join_worlds(paired.found, found))
            lengths[running] = until * cases
        return paired, lengths

    def _measured(self, candidates: Sequence[Candidate], worlds: tuple[int, ...]) -> Paired:
        paired = measure(self.evaluator, self.spec, candidates, worlds)
        if paired.base.errors[0] is not None:
            raise StudyFailedError(f"the worlds of the first baseline fail: {paired.base.errors[0]}")
        errors = paired.found.errors
        if candidates and all(error is not None for error in errors):
            raise StudyFailedError(f"every candidate of a generation fails, the first with: {errors[0]}")
        return paired

    def _best(self, paired: Paired, running: np.ndarray, earlier: Sequence[FrozenTrial]) -> np.ndarray | None:
        """The gains of the best candidate that keeps all limits, in any generation so far; None if there is none."""
        rows = [paired.gains(lane) for lane in running.tolist() if paired.feasible(lane)]
        length = len(paired.found.world)
        for trial in earlier:
            past = trial.user_attrs.get(GAINS)
            if past and len(past) == self.spec.recipe.worlds.search and violation(trial) <= 0:
                rows.append(np.array(past[:length], dtype=np.float64))
        comparable = [row for row in rows if len(row) == length and np.isfinite(row).all()]
        return max(comparable, key=lambda row: float(row.mean()), default=None)
