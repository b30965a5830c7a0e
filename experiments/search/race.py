"""The race of a generation: a candidate that is worse than the best in the first worlds is not measured in the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from optuna.trial import FrozenTrial

from experiments.run.evaluator import Evaluator, Measured
from experiments.search import StudyFailedError
from experiments.search.objective import GAINS, Goals, join_worlds, measure, place_lanes, violation
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
    goals: Goals  #: with several objectives there is no race: no candidate is stopped

    def run(
        self, candidates: Sequence[Candidate], earlier: Sequence[FrozenTrial]
    ) -> tuple[Measured, Measured, np.ndarray]:
        """Measure a generation in the search worlds; `earlier` are all trials of the generations before.

        Returns:
            The baselines; the candidates, NaN in the worlds after a candidate was stopped; and in how many worlds of
            all cases each was measured, int64 `[candidates]`.

        Raises:
            StudyFailedError: the worlds of the first baseline fail, or those of every candidate.
        """
        worlds, cases = self.spec.worlds("search"), len(self.spec.cases())
        racing = self.spec.recipe.race and len(self.goals.objectives) == 1
        stops = looks(len(worlds)) if racing else [len(worlds)]
        going = np.arange(len(candidates))
        base, whole = self._measured(candidates, worlds[: stops[0]])
        lengths = np.full(len(candidates), stops[0] * cases)
        for look, until in pairwise(stops):
            gains = np.array([self.goals.gains(whole, i, base) for i in going.tolist()])
            best = self._best(gains, whole, going, base, earlier)
            if best is not None:
                going = going[~find_losing(gains, best)]
            if not len(going):  # all are worse than the best of an earlier generation
                break
            more, part = self._measured([candidates[i] for i in going.tolist()], worlds[look:until])
            part = place_lanes([part], [going.tolist()], len(candidates))
            whole, base = join_worlds(whole, part), join_worlds(base, more)
            lengths[going] = until * cases
        return base, whole, lengths

    def _measured(self, candidates: Sequence[Candidate], worlds: tuple[int, ...]) -> tuple[Measured, Measured]:
        base, part = measure(self.evaluator, self.spec, candidates, worlds)
        if base.errors[0] is not None:
            raise StudyFailedError(f"the worlds of the first baseline fail: {base.errors[0]}")
        if candidates and all(error is not None for error in part.errors):
            raise StudyFailedError(f"every candidate of a generation fails, the first with: {part.errors[0]}")
        return base, part

    def _best(
        self, gains: np.ndarray, whole: Measured, going: np.ndarray, base: Measured, earlier: Sequence[FrozenTrial]
    ) -> np.ndarray | None:
        """The gains of the best candidate that keeps all limits, in any generation so far; None if there is none."""
        rows: list[np.ndarray] = []
        for place, lane in enumerate(going.tolist()):
            kept = all(missed <= 0 for missed in self.goals.violations(whole, lane, base).values())
            if kept and whole.errors[lane] is None:
                rows.append(gains[place])
        for trial in earlier:
            past = trial.user_attrs.get(GAINS)
            if past and len(past) == self.spec.recipe.worlds.search and violation(trial) <= 0:
                rows.append(np.array(past[: gains.shape[1]], dtype=np.float64))
        comparable = [row for row in rows if len(row) == gains.shape[1] and np.isfinite(row).all()]
        return max(comparable, key=lambda row: float(row.mean()), default=None)
