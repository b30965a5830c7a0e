"""The selection: measure the best of a search again, in worlds that it never saw, and judge them by those alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from optuna.trial import FrozenTrial

from experiments.results.estimate import Estimate, estimate
from experiments.run.evaluator import Evaluator
from experiments.search import StudyFailedError
from experiments.search.objective import Paired, level, measure
from experiments.search.recommendation import recommend
from experiments.search.sensitivity import Sensitivity, neighbours, summarize
from experiments.search.shortlist import shortlist
from experiments.search.space import Candidate
from experiments.search.spec import StudySpec
from experiments.search.statistics import average_rows, by_world, holm, interval, p_value
from experiments.search.verdict import Finalist, HeldOut, Level, Limit, Reranked, Verdict

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
        self._recipe = spec.recipe

    def verdict(self, trials: Sequence[FrozenTrial]) -> Verdict:
        """The verdict, from all trials of the study; `StudyFailedError` if the worlds of the first baseline fail."""
        ranked = self._rerank(trials)
        first: dict[str, int] = {}  # the place of the best of each family
        for place, each in enumerate(ranked):
            first.setdefault(each.candidate.family, place)
        places = sorted({*range(min(self._recipe.finalists, len(ranked))), *first.values()})
        finalists, final = self._finalists([ranked[place] for place in places])
        best = sorted(finalists, key=lambda each: (not each.feasible, *_best_first(each.difference)))
        baselines = [lane.name for lane in self._spec.baselines]
        levels = {
            name: {metric: level(final.baselines, i, metric) for metric in self._recipe.objectives}
            for i, name in enumerate(baselines)
        }
        winner, because = recommend(finalists, baselines[0], self._recipe.seed)
        if best:
            place = 0 if winner is None else best.index(winner)
            best[place] = replace(best[place], sensitivity=self._sensitivity(best[place].candidate))
            moved = best[place].sensitivity
            if winner is not None:
                winner = best[place]
                if moved is not None:
                    because += f"; with one number a quarter off it still gains {moved.worst:+.3g} at least, so that "
                    because += "it is robust" if moved.robust else "it is not robust"
        return Verdict(self._recipe.objectives[0], winner, because, tuple(best), levels, ranked)

    def _measure(self, stage: str, candidates: Sequence[Candidate], family: str = "") -> Paired:
        worlds = self._spec.worlds(stage)
        if candidates:
            self._note(f"{family or stage}: {len(candidates)} candidates in {len(worlds)} worlds")
        paired = measure(self._evaluator, self._spec, candidates, worlds, family)
        if (error := paired.baselines.errors[0]) is not None:
            raise StudyFailedError(f"the worlds of the first baseline fail in {family or stage}: {error}")
        return paired

    def _rerank(self, trials: Sequence[FrozenTrial]) -> tuple[Reranked, ...]:
        """The shortlist, ranked: candidates that keep all limits first, then by the mean gain."""
        entries = shortlist(self._spec, trials)
        if not entries:
            return ()
        stage = self._measure("rerank", [entry.candidate for entry in entries])
        ranked = [
            Reranked(
                **vars(entry), rerank=self._gain(stage, i), feasible=stage.feasible(i), error=stage.candidates.errors[i]
            )
            for i, entry in enumerate(entries)
        ]
        key = lambda each: (each.error is not None, not each.feasible, *_best_first(each.rerank))  # noqa: E731
        return tuple(sorted(ranked, key=key))

    def _finalists(self, chosen: Sequence[Reranked]) -> tuple[list[Finalist], Paired]:
        """The finalists in the order of the re-ranking, and the measurements in the final worlds."""
        candidates = [each.candidate for each in chosen]
        final = self._measure("final", candidates)
        held = {family: self._measure("heldout", candidates, family) for family in self._recipe.heldout if chosen}
        gains = [final.gains_by_world(lane) for lane in range(len(chosen))]
        p = np.array([p_value(row, self._recipe.seed) for row in gains])
        p_holm = holm(p)
        finalists = []
        for lane, each in enumerate(chosen):
            over = {baseline.name: self._gain(final, lane, i) for i, baseline in enumerate(self._spec.baselines)}
            difference = over[self._spec.baselines[0].name]
            heldout = self._heldout(final, held, lane) if held else None
            missed = final.violations(lane)
            limits = {
                name: Limit(level(final.candidates, lane, name), limit, missed[name] <= 0)
                for name, limit in self._recipe.constraints.items()
            }
            errors = [each.error, *(stage.candidates.errors[lane] for stage in (final, *held.values()))]
            error = next((error for error in errors if error is not None), None)
            kept = error is None and all(limit.kept for limit in limits.values())
            finalists.append(
                Finalist(
                    **{**vars(each), "error": error, "feasible": kept},
                    difference=difference,
                    p=float(p[lane]),
                    p_holm=float(p_holm[lane]),
                    heldout=heldout,
                    drop={
                        "final": each.search.mean - difference.mean,
                        "heldout": None if heldout is None else each.search.mean - heldout.mean,
                    },
                    baselines=over,
                    objectives={name: self._objective(final, lane, name) for name in self._recipe.objectives},
                    limits=limits,
                    gains=gains[lane],
                )
            )
        return finalists, final

    def _objective(self, final: Paired, lane: int, name: str) -> Level:
        found = final.candidates
        apart = by_world(final.differences(lane, name), found.case, found.world)
        return Level(level(found, lane, name), interval(apart, self._recipe.seed))

    def _heldout(self, final: Paired, held: Mapping[str, Paired], lane: int) -> HeldOut:
        rows = {family: stage.gains_by_world(lane) for family, stage in held.items()}
        whole = average_rows(np.stack([row * _scale(final, held[family]) for family, row in rows.items()]))
        families = {family: interval(row, self._recipe.seed) for family, row in rows.items()}
        return HeldOut(**vars(interval(whole, self._recipe.seed)), families=families, gains=whole)

    def _sensitivity(self, candidate: Candidate) -> Sensitivity | None:
        """The gains of a candidate in the final worlds with each of its numbers moved; None if it has none to move."""
        around = neighbours(self._spec.space, candidate)
        if not around:
            return None
        stage = self._measure("final", [each for _, _, each in around])
        return summarize((name, value, self._gain(stage, lane)) for lane, (name, value, _) in enumerate(around))

    def _gain(self, paired: Paired, lane: int, over: int = 0) -> Estimate:
        return interval(paired.gains_by_world(lane, over), self._recipe.seed)


def _scale(final: Paired, other: Paired) -> float:
    """The factor that makes gains in other worlds comparable: equal shares of the first baseline count the same."""
    first = final.recipe.objectives[0]
    here, there = (estimate(each.baselines.values[first][0, 0], each.baselines.case) for each in (final, other))
    # a share of a baseline that may be 0 means nothing
    return abs(here.mean / there.mean) if here.lo * here.hi > 0 and there.lo * there.hi > 0 else 1.0


def _best_first(gain: Estimate) -> tuple[bool, float]:
    """Sorts by the mean, best first, an unknown mean last."""
    return (True, 0.0) if np.isnan(gain.mean) else (False, -gain.mean)
