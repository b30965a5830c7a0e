"""How well a lane rewarded the descent: the metrics of a pass, per column (theory, section B)."""

from dataclasses import dataclass

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.mechanism.sums import ordered_sum
from sim.replay.race import Race
from sim.replay.replay import Replay


@dataclass(frozen=True)
class Metric:
    """What a column of the metrics table means.

    Attributes:
        about: the definition in a sentence.
        unit: its unit.
        better: which direction is better, "higher", "lower", or "" where that depends.
    """

    about: str
    unit: str
    better: str


METRICS: dict[str, Metric] = {
    "descent_area": Metric(
        "A: mean over the contest of ln(first loss / king's loss); early and large drops count most", "1", "higher"
    ),
    "descent_rate": Metric("ln(first loss / last king's loss) per day", "1/day", "higher"),
    "final_loss": Metric("true loss of the last king", "loss", "lower"),
    "crowns": Metric("changes of king, the first included", "count", ""),
    "reign_mean": Metric("mean reign; the last one is cut by the horizon", "days", ""),
    "reign_longest": Metric("longest reign", "days", ""),
    "stagnation_longest": Metric("longest time without a truly better king", "days", "lower"),
    "stagnation_residual": Metric(
        "mean wait for the next truly better king, seen from a random moment", "days", "lower"
    ),
    "eligibility_gap": Metric(
        "G1: mean of ln(king's loss / best published loss): the cost of epsilon and queue", "1", "lower"
    ),
    "false_dethroning": Metric("share of dethronings by a model that is truly no better", "1", "lower"),
    "luck": Metric("share of emission paid to kings that are truly no better than their predecessor", "1", "lower"),
    "hhi": Metric("concentration: sum of squared emission shares of miners; 1 is a monopoly", "1", ""),
    "miners_effective": Metric("1 / hhi: as many equal miners would be as concentrated", "miners", ""),
    "top_share": Metric("emission share of the best paid miner", "1", ""),
    "misallocation": Metric("TV: share of emission paid to others than those who made the loss fall", "1", "lower"),
    "rank_correlation": Metric("Spearman correlation over miners of emission and credited descent", "1", "higher"),
    "evaluations": Metric("model evaluations of the validator", "1/day", "lower"),
    "lost_steps": Metric("steps lost because nobody was competitive (pitfall P2)", "count", "lower"),
}
"""The metrics, in the order of tables."""


DUST = 6
"""Decimals of a share that count for its rank: the softmax leaves 1e-44 to a loser, and the chain, whose weights are
whole numbers up to 65,535, leaves him nothing."""


def credit(race: Race) -> dict[str, float]:
    """Share of each miner in the published descent, by miner; sums to 1 (0 everywhere if nothing improved).

    Every improvement of the best published loss, g = ln(before / after), is split equally over the miner and the miners
    of all submissions that it builds on, directly or not (ancestral Shapley, theory R4).
    """
    shares = dict.fromkeys(race.miner, 0.0)
    ancestors: list[frozenset[int]] = []
    best = race.loss[0]
    for i, parents in enumerate(race.builds_on):
        ancestors.append(frozenset(parents).union(*(ancestors[p] for p in parents)))
        if race.loss[i] < best:
            line = [*sorted(ancestors[i]), i]
            for model in line:
                shares[race.miner[model]] += float(np.log(best / race.loss[i])) / len(line)
            best = race.loss[i]
    total = sum(shares.values())
    return {miner: share / total if total else 0.0 for miner, share in shares.items()}


def emission_shares(world: Replay) -> np.ndarray:
    """Share of each miner in what was emitted, `[miners, columns]`, in the order of `credit`'s keys."""
    race, pool = world.race, world.validator.pool
    row = {miner: i for i, miner in enumerate(dict.fromkeys(race.miner))}
    paid = np.zeros((len(row), world.columns.width))
    owner = np.empty(pool.uids, dtype=np.int64)
    owner[pool.uid[:-1]] = [row[miner] for miner in race.miner]
    np.add.at(paid, owner, world.record.emission)
    total = ordered_sum(paid)
    return paid / np.where(total > 0, total, 1.0)


def measure(world: Replay) -> dict[str, np.ndarray]:
    """All metrics of a finished world, each float64 `[columns]`."""
    record, validator, days = world.record, world.validator, world.days
    shares = emission_shares(world)
    due = np.array(list(credit(world.race).values()))[:, None]
    concentration = ordered_sum(shares**2)
    paid = np.where(ordered_sum(shares) > 0, 1.0, np.nan)
    total = np.where(record.emission.sum(axis=0) > 0, ordered_sum(record.emission), np.nan)
    return {
        "descent_area": record.area / days,
        "eligibility_gap": record.eligibility / days,
        "luck": record.luck / total,
        "hhi": concentration * paid,
        "miners_effective": paid / np.where(concentration > 0, concentration, np.nan),
        "top_share": shares.max(axis=0) * paid,
        "misallocation": 0.5 * ordered_sum(np.abs(shares - due)) * paid,
        "rank_correlation": spearman(np.round(shares, DUST), np.broadcast_to(due, shares.shape)),
        "evaluations": validator.evaluations / days,
        "lost_steps": validator.lost.astype(np.float64),
        **_reigns(world),
    }


def spearman(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Rank correlation, average ranks on ties, `[n, columns]` -> `[columns]`; NaN if one is flat."""
    ranks = [_centred_ranks(x) for x in (a, b)]
    squares = ordered_sum(ranks[0] ** 2) * ordered_sum(ranks[1] ** 2)
    return np.asarray(ordered_sum(ranks[0] * ranks[1]) / np.sqrt(np.where(squares > 0, squares, np.nan)))


def _centred_ranks(x: np.ndarray) -> np.ndarray:
    below = sum((x > row).astype(np.float64) + 0.5 * (x == row) for row in x)
    return np.asarray(below - len(x) / 2.0)


def _reigns(world: Replay) -> dict[str, np.ndarray]:
    """The metrics that come from the order of kings."""
    crowns, race = world.record.crowns(), world.race
    order = np.argsort(crowns.column, kind="stable")
    ends = np.searchsorted(crowns.column[order], np.arange(world.columns.width + 1))
    names = (
        "descent_rate",
        "final_loss",
        "crowns",
        "reign_mean",
        "reign_longest",
        "stagnation_longest",
        "stagnation_residual",
        "false_dethroning",
    )
    out = {name: np.full(world.columns.width, np.nan) for name in names}
    for column in range(world.columns.width):
        mine = order[ends[column] : ends[column + 1]]
        start, loss = crowns.block[mine] / BLOCKS_PER_DAY, race.loss[crowns.model[mine]]
        for name, value in zip(names, _of_reigns(start, loss, float(race.loss[0]), world.days), strict=True):
            out[name][column] = value
    return out


def _of_reigns(start: np.ndarray, loss: np.ndarray, first: float, days: float) -> tuple[float, ...]:
    if not len(loss):
        return (0.0, np.nan, 0.0, np.nan, np.nan, days, days / 2.0, np.nan)
    reigns = np.diff(np.append(start, days))
    better = start[1:][loss[1:] < np.minimum.accumulate(loss)[:-1]]
    gaps = np.diff(np.concatenate([[0.0], better, [days]]))
    worse = loss[1:] >= loss[:-1]
    return (
        float(np.log(first / loss[-1])) / days,
        float(loss[-1]),
        float(len(loss)),
        float(reigns.mean()),
        float(reigns.max()),
        float(gaps.max()),
        float((gaps**2).sum() / (2.0 * gaps.sum())),
        float(worse.mean()) if len(worse) else np.nan,
    )
