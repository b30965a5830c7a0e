"""The selection: the best of a search are measured again, in worlds that it never saw, and judged by those alone."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.estimate import Estimate, estimate
from experiments.tune.errors import StudyFailedError
from experiments.tune.evaluator import Evaluator, Measured
from experiments.tune.finalist import Finalist, HeldOut, Limit
from experiments.tune.objective import Goals, differences, level, sign
from experiments.tune.paired import averaged, by_world, chance, holm, interval
from experiments.tune.recommendation import recommended
from experiments.tune.sensitivity import Sensitivity, neighbours
from experiments.tune.shortlist import shortlist
from experiments.tune.space import Candidate
from experiments.tune.spec import StudySpec
from experiments.tune.stage import beside
from experiments.tune.standings import table
from experiments.tune.verdict import Reranked, Verdict

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

__all__ = ["select", "table"]

Told = Callable[[str], None]
"""Called with what is measured next."""
Stage = tuple[Measured, Measured]
"""Baselines and candidates in the same worlds."""


def select(
    spec: StudySpec,
    goals: Goals,
    evaluator: Evaluator,
    trials: "Sequence[FrozenTrial]",
    told: Told = lambda text: None,
) -> Verdict:
    """The verdict of a study; what was measured before the program was stopped is not measured again.

    The shortlist is ranked again in worlds of its own; the first few and the best of each family live in the final
    worlds and in the held-out families; all tests and intervals are of these. (The best of many noisy candidates looks
    better than it is, which is why no number of the search or of the re-ranking decides more than who goes on.)

    Args:
        spec: the study.
        goals: what is asked for.
        evaluator: measures.
        trials: all of the study.
        told: is told of each stage.

    Raises:
        StudyFailedError: the worlds of the first baseline fail.
        ChildProcessError: workers were killed again and again.
        OSError: the results cannot be written.
    """
    return _Selection(spec, goals, evaluator, told).verdict(trials)


class _Selection:
    """Of one study."""

    def __init__(self, spec: StudySpec, goals: Goals, evaluator: Evaluator, told: Told) -> None:
        self._spec, self._goals, self._evaluator, self._told = spec, goals, evaluator, told
        self._seed, self._objective = spec.recipe.seed, goals.objectives[0]

    def verdict(self, trials: "Sequence[FrozenTrial]") -> Verdict:
        ranked = self._reranked(trials)
        going = self._going(ranked)
        final = self._measured("final", [each.entry.candidate for each in going])
        finalists = self._finalists(going, final)
        best = sorted(finalists, key=lambda each: (not each.feasible, *_last(each.difference)))
        names = [lane.name for lane in self._spec.baselines]
        winner, because = recommended(finalists, names[0], self._seed)
        levels = {
            name: {metric: level(final[0], i, metric) for metric in self._goals.objectives}
            for i, name in enumerate(names)
        }
        moved = self._sensitivity(winner or best[0]) if best else None
        if winner is not None and moved is not None:
            because += f"; with one number a quarter off it still gains {moved.worst:+.3g} at least, " + (
                "so that it is robust" if moved.robust else "so that it is not robust"
            )
        return Verdict(self._objective, levels, ranked, tuple(best), winner, because, moved)

    def _measured(self, stage: str, candidates: Sequence[Candidate], family: str = "") -> Stage:
        worlds = self._spec.worlds(stage)
        if candidates:
            self._told(f"{family or stage}: {len(candidates)} candidates in {len(worlds)} worlds")
        base, found = beside(self._evaluator, self._spec, candidates, worlds, family)
        if base.errors[0] is not None:
            raise StudyFailedError(f"the worlds of the first baseline fail in {family or stage}: {base.errors[0]}")
        return base, found

    def _gains(self, stage: Stage, lane: int, over: int = 0) -> np.ndarray:
        """How much better a candidate is than a baseline in the first objective, float64 `[worlds]`."""
        base, found = stage
        apart = differences(found, lane, base, self._objective, over)
        return by_world(sign(self._objective) * apart, found.case, found.world)

    def _reranked(self, trials: "Sequence[FrozenTrial]") -> tuple[Reranked, ...]:
        """The shortlist, ranked: who keeps all limits first, then by the mean gain."""
        entries = shortlist(self._spec.space, self._goals, trials, self._spec.recipe.rerank)
        if not entries:
            return ()
        base, found = stage = self._measured("rerank", [entry.candidate for entry in entries])
        ranked = []
        for lane, entry in enumerate(entries):
            kept = all(missed <= 0 for missed in self._goals.violations(found, lane, base).values())
            error = found.errors[lane]
            gain = interval(self._gains(stage, lane), self._seed)
            ranked.append(Reranked(entry, gain, kept and error is None, error))
        return tuple(sorted(ranked, key=lambda each: (each.error is not None, not each.feasible, *_last(each.gain))))

    def _going(self, ranked: Sequence[Reranked]) -> list[Reranked]:
        """The first few, and the first of each family."""
        first: dict[str, int] = {}
        for place, each in enumerate(ranked):
            first.setdefault(each.entry.candidate.family, place)
        return [ranked[i] for i in sorted({*range(min(self._spec.recipe.finalists, len(ranked))), *first.values()})]

    def _finalists(self, going: Sequence[Reranked], final: Stage) -> list[Finalist]:
        candidates = [each.entry.candidate for each in going]
        held = {family: self._measured("heldout", candidates, family) for family in self._spec.recipe.heldout if going}
        gains = [self._gains(final, lane) for lane in range(len(going))]
        chances = np.array([chance(each, self._seed) for each in gains])
        return [
            self._finalist(each, lane, final, held, gains[lane], float(p), float(raised))
            for lane, (each, p, raised) in enumerate(zip(going, chances, holm(chances), strict=True))
        ]

    def _finalist(
        self,
        each: Reranked,
        lane: int,
        final: Stage,
        held: dict[str, Stage],
        gains: np.ndarray,
        p: float,
        raised: float,
    ) -> Finalist:
        over = {
            baseline.name: interval(self._gains(final, lane, i), self._seed)
            for i, baseline in enumerate(self._spec.baselines)
        }
        errors = [each.error, *(found.errors[lane] for _, found in (final, *held.values()))]
        return Finalist(
            each.entry,
            each.gain,
            over[self._spec.baselines[0].name],
            over,
            p,
            raised,
            self._objectives(final, lane),
            self._limits(final, lane),
            self._heldout(final, held, lane) if held else None,
            next((error for error in errors if error is not None), None),
            gains,
        )

    def _objectives(self, final: Stage, lane: int) -> dict[str, tuple[float, Estimate]]:
        base, found = final
        return {
            name: (
                level(found, lane, name),
                interval(by_world(differences(found, lane, base, name), found.case, found.world), self._seed),
            )
            for name in self._goals.objectives
        }

    def _limits(self, final: Stage, lane: int) -> dict[str, Limit]:
        base, found = final
        missed = self._goals.violations(found, lane, base)
        return {
            name: Limit(level(found, lane, name), limit, missed[name]) for name, limit in self._goals.limits.items()
        }

    def _heldout(self, final: Stage, held: dict[str, Stage], lane: int) -> HeldOut:
        rows = {family: self._gains(stage, lane) for family, stage in held.items()}
        whole = averaged(np.stack([row * self._scale(final, held[family]) for family, row in rows.items()]))
        families = {family: interval(row, self._seed) for family, row in rows.items()}
        return HeldOut(interval(whole, self._seed), families, whole)

    def _scale(self, final: Stage, other: Stage) -> float:
        """What makes gains in other worlds comparable: the same share of what the first baseline comes to there."""
        here, there = (estimate(base.values[self._objective][0, 0], base.case) for base, _ in (final, other))
        return abs(here.mean / there.mean) if here.lo * here.hi > 0 and there.lo * there.hi > 0 else 1.0

    def _sensitivity(self, winner: Finalist) -> Sensitivity | None:
        """The winner in the final worlds with each of its numbers moved."""
        around = neighbours(self._spec.space, winner.entry.candidate)
        if not around:
            return None
        stage = self._measured("final", [each.candidate for each in around])
        shifts = [
            (each.name, each.value, interval(self._gains(stage, lane), self._seed)) for lane, each in enumerate(around)
        ]
        return Sensitivity(winner.entry.trial, tuple(shifts))


def _last(gain: Estimate) -> tuple[bool, float]:
    """Sorts by the mean, best first, what has none last."""
    return (True, 0.0) if np.isnan(gain.mean) else (False, -gain.mean)
