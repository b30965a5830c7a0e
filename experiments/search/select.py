"""The selection: measure the best of a search again, in worlds that it never saw, and judge them by those alone."""

from collections.abc import Callable, Sequence

import numpy as np
from optuna.trial import FrozenTrial

from experiments.results.estimate import Estimate, estimate
from experiments.run.evaluator import Evaluator
from experiments.search import StudyFailedError
from experiments.search.objective import Goals, Paired, level, measure
from experiments.search.recommendation import recommend
from experiments.search.sensitivity import neighbours
from experiments.search.shortlist import shortlist
from experiments.search.space import Candidate
from experiments.search.spec import StudySpec
from experiments.search.statistics import average_rows, by_world, holm, interval, p_value
from experiments.search.verdict import Finalist, HeldOut, Limit, Reranked, Sensitivity, Verdict

Note = Callable[[str], None]  #: called with what is measured next, for a progress bar


class Selection:
    """The selection of one study.

    The shortlist is ranked again in worlds of its own. The first few and the best of each family are the finalists;
    they are measured in the final worlds and in the held-out families, and all tests and intervals are of these. (The
    best of many noisy candidates looks better than it is. So the numbers of the search and of the re-ranking only
    decide which candidates are measured further.)
    """

    def __init__(self, spec: StudySpec, evaluator: Evaluator, note: Note = lambda text: None) -> None:
        self._spec, self._evaluator, self._note = spec, evaluator, note
        self._goals, self._seed = Goals.from_recipe(spec.recipe), spec.recipe.seed

    def verdict(self, trials: Sequence[FrozenTrial]) -> Verdict:
        """The verdict, from all trials of the study.

        Raises:
            StudyFailedError: the worlds of the first baseline fail.
            ChildProcessError: workers were killed again and again.
            OSError: the results cannot be written.
        """
        ranked = self._reranked(trials)
        chosen = self._chosen(ranked)
        final = self._measured("final", [each.entry.candidate for each in chosen])
        finalists = self._finalists(chosen, final)
        best = sorted(finalists, key=lambda each: (not each.feasible, *_last(each.difference)))
        names = [lane.name for lane in self._spec.baselines]
        winner, because = recommend(finalists, names[0], self._seed)
        levels = {
            name: {metric: level(final.base, i, metric) for metric in self._goals.objectives}
            for i, name in enumerate(names)
        }
        moved = self._sensitivity(winner or best[0]) if best else None
        if winner is not None and moved is not None:
            because += f"; with one number a quarter off it still gains {moved.worst:+.3g} at least, " + (
                "so that it is robust" if moved.robust else "so that it is not robust"
            )
        return Verdict(self._goals.objectives[0], levels, ranked, tuple(best), winner, because, moved)

    def _measured(self, stage: str, candidates: Sequence[Candidate], family: str = "") -> Paired:
        worlds = self._spec.worlds(stage)
        if candidates:
            self._note(f"{family or stage}: {len(candidates)} candidates in {len(worlds)} worlds")
        paired = measure(self._evaluator, self._spec, candidates, worlds, family)
        if (error := paired.base.errors[0]) is not None:
            raise StudyFailedError(f"the worlds of the first baseline fail in {family or stage}: {error}")
        return paired

    def _reranked(self, trials: Sequence[FrozenTrial]) -> tuple[Reranked, ...]:
        """The shortlist, ranked: candidates that keep all limits first, then by the mean gain."""
        entries = shortlist(self._spec.space, self._goals, trials, self._spec.recipe.rerank)
        if not entries:
            return ()
        stage = self._measured("rerank", [entry.candidate for entry in entries])
        ranked = [
            Reranked(entry, self._gain(stage, lane), stage.feasible(lane), stage.found.errors[lane])
            for lane, entry in enumerate(entries)
        ]
        return tuple(sorted(ranked, key=lambda each: (each.error is not None, not each.feasible, *_last(each.gain))))

    def _chosen(self, ranked: Sequence[Reranked]) -> list[Reranked]:
        """The finalists: the first few, and the first of each family."""
        first: dict[str, int] = {}
        for place, each in enumerate(ranked):
            first.setdefault(each.entry.candidate.family, place)
        return [ranked[i] for i in sorted({*range(min(self._spec.recipe.finalists, len(ranked))), *first.values()})]

    def _finalists(self, chosen: Sequence[Reranked], final: Paired) -> list[Finalist]:
        candidates = [each.entry.candidate for each in chosen]
        held = {family: self._measured("heldout", candidates, family) for family in self._spec.recipe.heldout if chosen}
        p = np.array([p_value(_by_world(final, lane), self._seed) for lane in range(len(chosen))])
        return [
            self._finalist(each, lane, final, held, float(single), float(corrected))
            for lane, (each, single, corrected) in enumerate(zip(chosen, p, holm(p), strict=True))
        ]

    def _finalist(
        self, each: Reranked, lane: int, final: Paired, held: dict[str, Paired], p: float, p_holm: float
    ) -> Finalist:
        over = {baseline.name: self._gain(final, lane, i) for i, baseline in enumerate(self._spec.baselines)}
        errors = [each.error, *(stage.found.errors[lane] for stage in (final, *held.values()))]
        missed = final.violations(lane)
        return Finalist(
            entry=each.entry,
            reranked=each.gain,
            difference=over[self._spec.baselines[0].name],
            baselines=over,
            p=p,
            p_holm=p_holm,
            objectives=self._objectives(final, lane),
            limits={
                name: Limit(level(final.found, lane, name), limit, missed[name])
                for name, limit in self._goals.limits.items()
            },
            heldout=self._heldout(final, held, lane) if held else None,
            error=next((error for error in errors if error is not None), None),
            gains=_by_world(final, lane),
        )

    def _objectives(self, final: Paired, lane: int) -> dict[str, tuple[float, Estimate]]:
        found = final.found
        apart = {name: final.differences(lane, name) for name in self._goals.objectives}
        return {
            name: (level(found, lane, name), interval(by_world(values, found.case, found.world), self._seed))
            for name, values in apart.items()
        }

    def _heldout(self, final: Paired, held: dict[str, Paired], lane: int) -> HeldOut:
        rows = {family: _by_world(stage, lane) for family, stage in held.items()}
        whole = average_rows(np.stack([row * _scale(final, held[family]) for family, row in rows.items()]))
        families = {family: interval(row, self._seed) for family, row in rows.items()}
        return HeldOut(interval(whole, self._seed), families, whole)

    def _sensitivity(self, finalist: Finalist) -> Sensitivity | None:
        """The gains of a candidate in the final worlds with each of its numbers moved; None if it has none to move."""
        around = neighbours(self._spec.space, finalist.entry.candidate)
        if not around:
            return None
        stage = self._measured("final", [candidate for _, _, candidate in around])
        shifts = ((name, value, self._gain(stage, lane)) for lane, (name, value, _) in enumerate(around))
        return Sensitivity(finalist.entry.trial, tuple(shifts))

    def _gain(self, paired: Paired, lane: int, over: int = 0) -> Estimate:
        return interval(_by_world(paired, lane, over), self._seed)


def _by_world(paired: Paired, lane: int, over: int = 0) -> np.ndarray:
    """The gains of a candidate over a baseline, the mean over cases in each world, float64 `[worlds]`."""
    return by_world(paired.gains(lane, over), paired.found.case, paired.found.world)


def _scale(final: Paired, other: Paired) -> float:
    """The factor that makes gains in other worlds comparable: equal shares of the first baseline count the same."""
    first = final.goals.objectives[0]
    here, there = (estimate(each.base.values[first][0, 0], each.base.case) for each in (final, other))
    # of a baseline that may be 0 a share means nothing
    return abs(here.mean / there.mean) if here.lo * here.hi > 0 and there.lo * there.hi > 0 else 1.0


def _last(gain: Estimate) -> tuple[bool, float]:
    """A key that sorts by the mean, best first, an unknown mean last."""
    return (True, 0.0) if np.isnan(gain.mean) else (False, -gain.mean)
