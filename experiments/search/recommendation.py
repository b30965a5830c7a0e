"""The recommendation: the finalist that surely gains most where it gains least, or the first baseline."""

from collections.abc import Sequence

from experiments.results.estimate import Estimate, worlds_needed
from experiments.search.verdict import Finalist, Hold, lower_limit

CHANCE = 0.05  #: chance of recommending anything where nothing is better


def recommend(ranked: Sequence[Finalist], baseline: str) -> tuple[Finalist | None, str]:
    """The recommended finalist (None: the baseline), and a sentence with the reason.

    A finalist has to keep all limits, and where a population plays its regret must not surely be above `MOST_REGRET`.
    Of those whose p-value is below `CHANCE` in every family, corrected for the number of finalists, it is the one whose
    least lower limit over all families is largest, if that is above 0.

    Args:
        ranked: all finalists.
        baseline: the name of the first baseline.
    """
    kept = [each for each in ranked if each.feasible]
    calm = [each for each in kept if not each.restless]
    sure = [each for each in calm if each.p_holm < CHANCE and lower_limit(each.worst) > 0]
    if not sure:
        return None, f"{baseline} stays: {_refusal(ranked, kept, calm)}"
    best = max(sure, key=lambda each: lower_limit(each.worst))
    said = (
        f"{best.label} {'surely keeps all limits and ' if best.limits else ''}is better than {baseline} "
        f"{_where(best)} (p = {best.p_holm:.2g} by Holm)"
    )
    rivals = [
        f"but {name}, another baseline, is better than it{_in(best.difference, gain.family)}: {_text(gain)}"
        for name, gain in best.baselines.items()
        if gain.hi < 0
    ]
    return best, "; ".join([said, *rivals])


def _refusal(ranked: Sequence[Finalist], kept: Sequence[Finalist], calm: Sequence[Finalist]) -> str:
    """The reason why none is recommended: the first test that no finalist passed."""
    if not ranked:
        return "no trial was measured in all search worlds without failing"
    if not kept:
        failed = sum(each.error is not None for each in ranked)
        return "no finalist surely keeps all limits" + (f"; {failed} failed in a world" if failed else "")
    if not calm:
        return "under every finalist that keeps all limits a single deviant surely gains more than 5 % of mean pay"
    most = max(calm, key=lambda each: lower_limit(each.worst))
    several = len(most.difference.families) > 1 or most.heldout is not None
    where = "in every family" if several else "in the final worlds"
    reason = (
        f"no finalist that keeps all limits is surely better {where}; "
        f"the one that holds best, {most.label}, gains {_text(most.worst)}{_in(most.worst, most.worst.family)} "
        f"(p = {most.p_holm:.2g} by Holm)"
    )
    # of the 2**worlds sign flips at least 2 are as extreme as a gain in every world
    worlds = min(gain.n for hold in most.holds for gain in hold.families.values())
    if most.worst.mean > 0 and len(ranked) * 2.0 ** (1 - worlds) >= CHANCE:
        return f"{reason}; {worlds} worlds of a family can never be enough for {len(ranked)} finalists, take more"
    needed = worlds_needed(most.worst, most.worst.n, most.worst.mean) if most.worst.mean > 0 else None
    return reason if needed is None else f"{reason}; to be sure of so small a gain takes some {needed} worlds"


def _where(best: Finalist) -> str:
    """In which worlds a finalist is better, and by how much in the worst of them."""
    count = sum(len(hold.families) for hold in best.holds)
    if count == 1:
        return f"by {_text(best.difference)} in the final worlds"
    held = f", {len(best.heldout.families)} of which the search never saw" if best.heldout else ""
    return f"in all {count} families{held}: in the worst of them, {best.worst.family}, by {_text(best.worst)}"


def _in(hold: Hold, family: str) -> str:
    """A family, where there are several."""
    return f" in {family}" if len(hold.families) > 1 else ""


def _text(e: Estimate) -> str:
    return f"{e.mean:+.3g}, 95 % from {e.lo:+.3g} to {e.hi:+.3g}"
