"""One evaluation of all columns at once: from losses to a verdict, whatever each column's rules compare."""

from collections.abc import Callable
from dataclasses import dataclass

from policies.arrays import Array, namespace
from sim.by_sample import judge_samples
from sim.lanes import Columns
from sim.mechanism.dethrone import against_king, running_best
from sim.mechanism.judge import Verdict, judge
from sim.mechanism.pair import beats

NOBODY = -1
"""The index of a king before there is one, and of a model that nobody has."""


@dataclass(frozen=True)
class Bench:
    """The models under evaluation, arrays `[slots, columns]`.

    Attributes:
        uid: whose they are.
        score: measured losses, inf in empty slots and where a model cannot be evaluated.
        block: commit blocks, inf likewise.
        epsilon: the advantage of each, whoever challenges.
        present: which slots hold a model.
        against: the advantage of the first against the second, `[slots, slots, columns]`; None where nobody asks who
            challenges.
        alike: what that rests on, from `History.each_other`.
    """

    uid: Array
    score: Array
    block: Array
    epsilon: Array
    present: Array
    against: Array | None = None
    alike: Array | None = None

    @property
    def advantage(self) -> Array:
        """What the pair rule asks for: of each model, or of each against each."""
        return self.epsilon if self.against is None else self.against


def evaluate(
    columns: Columns, bench: Bench, samples: Callable[[], Array], king: Array, floor: Array = None
) -> tuple[Verdict, Array]:
    """The verdict on a bench, and the kings of the columns whose semantics are `king` or `running-best`.

    Args:
        columns: the lanes times worlds, with their rules.
        bench: the models.
        samples: gives the same losses sample by sample, `[samples, slots, columns]`; called only where rules need it.
        king: uid of each column's king, -1 before the first.
        floor: epsilon after full decay, of columns, slots or pairs of slots; that of the columns when left out.

    Returns:
        The verdict, and the kings with those columns' replaced that crown by pair.
    """
    found = judge(
        bench.score,
        bench.block,
        bench.advantage,
        columns.floor if floor is None else floor,
        temperature=columns.temperature,
        present=bench.present,
        filtered=columns.filtered,
        winner_takes_all=columns.winner_takes_all,
        alone=columns.alone,
    )
    if columns.sampled:
        found = judge_samples(found, samples(), bench, columns)
    for by_record, chosen in ((False, columns.by_king), (True, columns.by_record)):
        if len(chosen):
            found, king = _crown_by_pair(found, bench, king, chosen, by_record)
    return found, king


def _crown_by_pair(found: Verdict, bench: Bench, king: Array, chosen: Array, by_record: bool) -> tuple[Verdict, Array]:
    """The verdict where the chosen columns have one competitive model: the new king.

    So the king is always kept, everything goes to him, and the rest of the keep-set are the lowest losses.
    """
    xp = namespace(bench.score)
    beaten = beats(bench.score[:, chosen], bench.block[:, chosen], bench.advantage[..., chosen])
    there = bench.present[:, chosen] & xp.isfinite(bench.score[:, chosen])
    if by_record:
        place = running_best(beaten, bench.block[:, chosen], there)
    else:
        same = (bench.uid[:, chosen] == king[chosen]) & there
        reigning = xp.where(xp.any(same, axis=0), xp.argmax(xp.astype(same, xp.int8), axis=0), NOBODY)
        place = against_king(beaten, bench.block[:, chosen], there, reigning)
    crowned = xp.take_along_axis(bench.uid[:, chosen], xp.where(place < 0, 0, place)[None, ...], axis=0)[0, ...]
    king = _with(king, chosen, xp.where(place >= 0, crowned, king[chosen]))
    alone = xp.arange(bench.uid.shape[0], device=bench.uid.device)[:, None] == place
    among = _with(found.competitive, (slice(None), chosen), alone)
    wins = _with(found.wins, (slice(None), chosen), xp.sum(beaten & there[None, ...], axis=1, dtype=xp.int64) * there)
    rate = _with(found.rate, (slice(None), chosen), xp.astype(alone, found.rate.dtype))
    weights = _with(found.weights, (slice(None), chosen), xp.astype(alone, found.weights.dtype))
    return Verdict(among, wins, rate, weights, _with(found.lost, chosen, place < 0)), king


def _with(array: Array, where: object, values: Array) -> Array:
    """A copy with some values replaced: verdicts may share their arrays."""
    copy = namespace(array).asarray(array, copy=True)
    copy[where] = values
    return copy
