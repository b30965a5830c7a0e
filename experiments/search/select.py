"""The selection: measure the best of a search again, in worlds that it never saw, and judge them by those alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from optuna.trial import FrozenTrial

from experiments.results.estimate import Estimate
from experiments.results.inference import holm, interval, p_value
from experiments.run.evaluator import Evaluator
from experiments.search.kinds import Kind
from experiments.search.measure import measure
from experiments.search.objective import Joint, Paired, level
from experiments.search.recommendation import recommend
from experiments.search.sensitivity import Sensitivity, neighbours, summarize
from experiments.search.shortlist import shortlist
from experiments.search.space import Candidate
from experiments.search.spec import StudySpec
from experiments.search.verdict import (
    Finalist,
    Gain,
    Hold,
    Level,
    Limit,
    Reranked,
    Verdict,
    Worst,
    lower_limit,
)

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
        best = sorted(finalists, key=lambda each: (not each.feasible, -lower_limit(each.worst)))
        baselines = [lane.name for lane in self._spec.baselines]
        levels = {
            name: {metric: level(final.first.baselines, i, metric) for metric in self._recipe.objectives}
            for i, name in enumerate(baselines)
        }
        winner, because = recommend(finalists, baselines[0])
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

    def _measure(
        self, stage: str, candidates: Sequence[Candidate], kinds: Sequence[Kind], units: Paired | None = None
    ) -> Joint:
        worlds = self._spec.worlds(stage)
        if candidates:
            for kind in kinds:
                name = stage if len(kinds) == 1 and not kind.heldout else f"{stage}, {kind.name}"
                self._note(f"{name}: {len(candidates)} candidates in {len(worlds)} worlds")
        return measure(self._evaluator, self._spec, candidates, worlds, kinds, units)

    def _rerank(self, trials: Sequence[FrozenTrial]) -> tuple[Reranked, ...]:
        """The shortlist, ranked: candidates that keep all limits first, then by the mean gain."""
        entries = shortlist(self._spec, trials)
        if not entries:
            return ()
        stage = self._measure("rerank", [entry.candidate for entry in entries], self._spec.searched)
        ranked = [
            Reranked(**vars(entry), rerank=self._least_gain(stage, i), feasible=stage.feasible(i), error=stage.error(i))
            for i, entry in enumerate(entries)
        ]
        key = lambda each: (each.error is not None, not each.feasible, *_best_first(each.rerank))  # noqa: E731
        return tuple(sorted(ranked, key=key))

    def _finalists(self, chosen: Sequence[Reranked]) -> tuple[list[Finalist], Joint]:
        """The finalists in the order of the re-ranking, and the measurements in the final worlds."""
        spec, candidates = self._spec, [each.candidate for each in chosen]
        final = self._measure("final", candidates, [kind for kind in spec.kinds if not kind.heldout])
        heldout = [kind for kind in spec.kinds if kind.heldout]
        held = self._measure("heldout", candidates, heldout, final.first) if heldout and chosen else None
        holds = [(self._hold(final, lane), self._hold(held, lane) if held else None) for lane in range(len(chosen))]
        p = [max(gain.p for hold in both if hold for gain in hold.families.values()) for both in holds]
        finalists = []
        for lane, (each, (difference, outside), corrected) in enumerate(
            zip(chosen, holds, holm(np.array(p)), strict=True)
        ):
            limits = {name: self._limit(final, lane, name) for name in self._recipe.constraints}
            errors = [each.error, final.error(lane), held and held.error(lane)]
            error = next((error for error in errors if error is not None), None)
            kept = error is None and all(limit.kept for limit in limits.values())
            finalists.append(
                Finalist(
                    **{**vars(each), "error": error, "feasible": kept},
                    difference=difference,
                    heldout=outside,
                    p=p[lane],
                    p_holm=float(corrected),
                    drop={
                        "final": each.search.mean - difference.mean,
                        "heldout": None if outside is None else each.search.mean - outside.mean,
                    },
                    baselines={
                        baseline.name: self._worst(final.gains(lane, over=i))
                        for i, baseline in enumerate(spec.baselines)
                    },
                    objectives={name: self._objective(final.first, lane, name) for name in self._recipe.objectives},
                    limits=limits,
                )
            )
        return finalists, final

    def _hold(self, joint: Joint, lane: int) -> Hold:
        """The gains of a candidate over the first baseline in each family."""
        gains, seed = joint.gains(lane), self._recipe.seed
        families = {}
        for name, row in gains.items():
            crowd = joint.parts[name].crowds[lane]
            told = (None, None) if crowd is None else (crowd.regret, crowd.settled)
            families[name] = Gain(**vars(interval(row, seed)), p=p_value(row, seed), regret=told[0], settled=told[1])
        return Hold(**vars(self._worst(gains)), families=families)

    def _worst(self, gains: Mapping[str, np.ndarray]) -> Worst:
        found = [Worst(**vars(interval(row, self._recipe.seed)), family=name) for name, row in gains.items()]
        return min(found, key=lower_limit)

    def _limit(self, joint: Joint, lane: int, name: str) -> Limit:
        chances = joint.chances(lane, name)
        family = min(chances, key=lambda each: chances[each])
        shown, chance = level(joint.parts[family].candidates, lane, name), chances[family]
        return Limit(family, shown, self._recipe.constraints[name], chance, chance >= self._recipe.sure)

    def _objective(self, paired: Paired, lane: int, name: str) -> Level:
        return Level(level(paired.candidates, lane, name), interval(paired.differences(lane, name), self._recipe.seed))

    def _sensitivity(self, candidate: Candidate) -> Sensitivity | None:
        """The gains of a candidate in the final worlds with each of its numbers moved; None if it has none to move.

        In the families of the search, since settling takes long.
        """
        around = neighbours(self._spec.space, candidate)
        if not around:
            return None
        stage = self._measure("final", [each for _, _, each in around], self._spec.searched)
        return summarize((name, value, self._least_gain(stage, lane)) for lane, (name, value, _) in enumerate(around))

    def _least_gain(self, joint: Joint, lane: int) -> Estimate:
        return interval(joint.least_gains(lane), self._recipe.seed)


def _best_first(gain: Estimate) -> tuple[bool, float]:
    """Sorts by the mean, best first, an unknown mean last."""
    return (True, 0.0) if np.isnan(gain.mean) else (False, -gain.mean)
