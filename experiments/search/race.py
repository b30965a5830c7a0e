"""The race of a generation: a candidate that is worse than the best in the first worlds is not measured in the rest."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from optuna.trial import FrozenTrial

from experiments.run.evaluator import Evaluator
from experiments.search import StudyFailedError
from experiments.search.measure import join_worlds, measure, place_lanes
from experiments.search.objective import GAINS, Joint, Paired, violation
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


def run_race(
    spec: StudySpec, evaluator: Evaluator, candidates: Sequence[Candidate], earlier: Sequence[FrozenTrial]
) -> tuple[Joint, np.ndarray]:
    """Measure a generation in the search worlds; with several objectives every candidate in all of them.

    Where there are several families, a candidate runs by its gains in that where they are least.

    Args:
        earlier: all trials of the generations before.

    Returns:
        The measurements, NaN in the worlds after a candidate was stopped; and in how many worlds of each family each
        candidate was measured, int64 `[candidates]`.

    Raises:
        StudyFailedError: the worlds of the first baseline fail, or those of every candidate.
    """
    recipe, worlds = spec.recipe, spec.worlds("search")
    stops = looks(len(worlds)) if recipe.race and len(recipe.objectives) == 1 else [len(worlds)]
    kept = [trial.user_attrs.get(GAINS, []) for trial in earlier if violation(trial) <= 0]
    past = [np.array(gains) for gains in kept if len(gains) == len(worlds)]
    running = np.arange(len(candidates))
    joint = _measure(spec, evaluator, candidates, worlds[: stops[0]])
    lengths = np.full(len(candidates), stops[0])
    for look, until in pairwise(stops):
        # the best candidate of any generation so far that keeps all limits, in the worlds up to here
        rows = [joint.least_gains(lane) for lane in running.tolist() if joint.feasible(lane)]
        rows += [gains[:look] for gains in past]
        rows = [row for row in rows if np.isfinite(row).all()]
        if rows:
            best = max(rows, key=lambda row: float(row.mean()))
            running = running[~find_losing(np.array([joint.least_gains(lane) for lane in running.tolist()]), best)]
        if not len(running):  # all are worse than the best of an earlier generation
            break
        more = _measure(spec, evaluator, [candidates[i] for i in running.tolist()], worlds[look:until])
        parts = {}
        for name, before in joint.parts.items():
            after = more.parts[name]
            # stopped candidates have NaN in the worlds that are added
            found = place_lanes(after.candidates, [(running.tolist(), after.candidates)], len(candidates))
            baselines = join_worlds(before.baselines, after.baselines)
            parts[name] = Paired(recipe, baselines, join_worlds(before.candidates, found))
        joint = replace(joint, parts=parts, units=parts[spec.kinds[0].name])
        lengths[running] = until
    return joint, lengths


def _measure(spec: StudySpec, evaluator: Evaluator, candidates: Sequence[Candidate], worlds: tuple[int, ...]) -> Joint:
    joint = measure(evaluator, spec, candidates, worlds)
    errors = [joint.error(lane) for lane in range(len(candidates))]
    if all(error is not None for error in errors):
        raise StudyFailedError(f"every candidate of a generation fails, the first with: {errors[0]}")
    return joint
