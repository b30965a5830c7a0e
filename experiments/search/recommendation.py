"""The recommendation: the simplest finalist that is surely better than the first baseline, or that baseline."""

from collections.abc import Sequence

from experiments.results.estimate import Estimate
from experiments.search.statistics import interval
from experiments.search.verdict import Finalist

CHANCE = 0.05  #: chance of recommending anything where nothing is better


def recommend(ranked: Sequence[Finalist], baseline: str, seed: int) -> tuple[Finalist | None, str]:
    """The recommended finalist (None: the baseline), and a sentence with the reason.

    A finalist is surely better than the baseline if it keeps all limits, its p-value in the final worlds is below
    `CHANCE`, and in held-out families the lower limit of its gain is above 0. Those are compared from the simplest to
    the most complex, by how many numbers were searched. Of equally simple ones the best of the re-ranking is taken: if
    the final worlds chose it, their estimate of it would be too good. A more complex one replaces the simpler one only
    if it is surely better: the lower limit of their difference, over the held-out families or, without these, in the
    final worlds, is above 0.

    Args:
        ranked: all finalists, in the order of the re-ranking.
        baseline: the name of the first baseline.
        seed: of the study.
    """
    kept = [each for each in ranked if each.feasible]
    better = [each for each in kept if each.p_holm < CHANCE and each.difference.mean > 0]
    sure = [each for each in better if each.heldout is None or each.heldout.lo > 0]
    if not sure:
        return None, f"{baseline} stays: {_refusal(ranked, kept, better)}"
    best, *others = (
        next(each for each in sure if each.complexity == size) for size in sorted({each.complexity for each in sure})
    )
    notes = []
    for other in others:
        other_gains, best_gains = (each.heldout.gains if each.heldout else each.gains for each in (other, best))
        apart = interval(other_gains - best_gains, seed)
        surely = "surely" if apart.lo > 0 else "not surely"
        notes.append(f"{other.label}, more complex, is {surely} better than {best.label} ({_text(apart)})")
        best = other if apart.lo > 0 else best
    said = (
        f"{best.label} {'keeps all limits and ' if best.limits else ''}is better than {baseline} by "
        f"{_text(best.difference)} in the final worlds (p = {best.p_holm:.2g} by Holm)"
    )
    if best.heldout is not None:
        said += f", and over the held-out families by {_text(best.heldout)}"
    rivals = [
        f"but {name}, another baseline, is better than it: {_text(gain)}"
        for name, gain in best.baselines.items()
        if gain.hi < 0
    ]
    return best, "; ".join([said, *notes, *rivals])


def _refusal(ranked: Sequence[Finalist], kept: Sequence[Finalist], better: Sequence[Finalist]) -> str:
    """The reason why none is recommended: the first test that no finalist passed."""
    if not ranked:
        return "no trial was measured in all search worlds without failing"
    if not kept:
        failed = sum(each.error is not None for each in ranked)
        return "no finalist keeps all limits" + (f"; {failed} failed in a world" if failed else "")
    if not better:
        most = max(kept, key=lambda each: each.difference.mean)
        reason = (
            "no finalist that keeps all limits is surely better in the final worlds; "
            f"the best, {most.label}, gains {_text(most.difference)} (p = {most.p_holm:.2g} by Holm)"
        )
        # of the 2**worlds sign flips at least 2 are as extreme as a gain in every world
        worlds = most.difference.n
        if most.difference.mean > 0 and len(ranked) * 2.0 ** (1 - worlds) >= CHANCE:
            reason += f"; {worlds} final worlds can never be enough for {len(ranked)} finalists, take more"
        return reason
    most = max(better, key=lambda each: each.heldout.mean if each.heldout else 0.0)
    held = most.heldout or most.difference
    return (
        "what is better in the final worlds is not surely better over the held-out families; "
        f"the best, {most.label}, gains {_text(held)}"
    )


def _text(e: Estimate) -> str:
    return f"{e.mean:+.3g}, 95 % from {e.lo:+.3g} to {e.hi:+.3g}"
