"""The recommendation: the simplest finalist that is surely better than the first baseline, or that baseline."""

from collections.abc import Sequence

import numpy as np

from experiments.results.estimate import Estimate
from experiments.search.statistics import interval
from experiments.search.verdict import Finalist

CHANCE = 0.05  #: chance of recommending anything where nothing is better


def recommend(ranked: Sequence[Finalist], baseline: str, seed: int) -> tuple[Finalist | None, str]:
    """The recommended finalist (None: the baseline), and a sentence with the reason.

    Finalists are compared from the simplest to the most complex, by how many numbers were searched. Of equally simple
    ones the best of the re-ranking is taken: if the final worlds chose it, their estimate of it would be too good. A
    more complex one replaces the simpler one only if it is surely better: the lower limit of their difference, over the
    held-out families or, without these, in the final worlds, is above 0.

    Args:
        ranked: all finalists, in the order of the re-ranking.
        baseline: the name of the first baseline.
        seed: of the study.
    """
    sure = [each for each in ranked if proven(each)]
    if not sure:
        return None, _refusal(ranked, baseline)
    best, *others = (
        next(each for each in sure if each.entry.complexity == size)
        for size in sorted({each.entry.complexity for each in sure})
    )
    notes = []
    for other in others:
        apart = interval(_gains(other) - _gains(best), seed)
        surely = "surely" if apart.lo > 0 else "not surely"
        notes.append(f"{other.label}, more complex, is {surely} better than {best.label} ({_text(apart)})")
        best = other if apart.lo > 0 else best
    held = "" if best.heldout is None else f", and over the held-out families by {_text(best.heldout.mean)}"
    kept = "keeps all limits and " if best.limits else ""
    said = (
        f"{best.label} {kept}is better than {baseline} by {_text(best.difference)} in the final worlds "
        f"(p = {best.p_holm:.2g} by Holm){held}"
    )
    rivals = [
        f"but {name}, another baseline, is better than it: {_text(gain)}"
        for name, gain in best.baselines.items()
        if gain.hi < 0
    ]
    return best, "; ".join([said, *notes, *rivals])


def proven(each: Finalist) -> bool:
    """Whether a finalist keeps all limits and is surely better than the first baseline, also in held-out families."""
    return each.feasible and _better(each) and (each.heldout is None or each.heldout.mean.lo > 0)


def _better(each: Finalist) -> bool:
    return each.p_holm < CHANCE and each.difference.mean > 0


def _gains(each: Finalist) -> np.ndarray:
    return each.gains if each.heldout is None else each.heldout.gains


def _refusal(ranked: Sequence[Finalist], baseline: str) -> str:
    """The reason why none is recommended: the first test that no finalist passed."""
    if not ranked:
        return f"{baseline} stays: no trial was measured in all search worlds without failing"
    kept = [each for each in ranked if each.feasible]
    if not kept:
        failed = sum(each.error is not None for each in ranked)
        return f"{baseline} stays: no finalist keeps all limits" + (f"; {failed} failed in a world" if failed else "")
    better = [each for each in kept if _better(each)]
    if not better:
        most = max(kept, key=lambda each: each.difference.mean)
        return (
            f"{baseline} stays: no finalist that keeps all limits is surely better in the final worlds; the best, "
            f"{most.label}, gains {_text(most.difference)} (p = {most.p_holm:.2g} by Holm){_too_few(most, len(ranked))}"
        )
    most = max(better, key=lambda each: each.heldout.mean.mean if each.heldout else 0.0)
    held = most.heldout.mean if most.heldout else most.difference
    return (
        f"{baseline} stays: what is better in the final worlds is not surely better over the held-out families; "
        f"the best, {most.label}, gains {_text(held)}"
    )


def _too_few(most: Finalist, finalists: int) -> str:
    """A hint if even a gain in every world could not be sure: at least 2 of the 2**worlds sign flips are as extreme."""
    worlds = most.difference.n
    if not most.difference.mean > 0 or finalists * 2.0 ** (1 - worlds) < CHANCE:
        return ""
    return f"; {worlds} final worlds can never be enough for {finalists} finalists, take more"


def _text(e: Estimate) -> str:
    return f"{e.mean:+.3g}, 95 % from {e.lo:+.3g} to {e.hi:+.3g}"
