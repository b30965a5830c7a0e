"""How well a lane rewarded the descent: the metrics of a pass, per column (theory, section B)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.race.race import Race

if TYPE_CHECKING:
    from sim.race.world import RaceWorld
    from sim.world import World


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
    best = race.loss[0]
    for i, bits in enumerate(race.lineages()):
        if race.loss[i] < best:
            share = float(np.log(best / race.loss[i])) / bits.bit_count()
            for model in owners_in(bits):
                shares[race.miner[model]] += share
            best = race.loss[i]
    total = sum(shares.values())
    return {miner: share / total if total else 0.0 for miner, share in shares.items()}


def owners_in(bits: int) -> list[int]:
    """The numbers of the bits that are set, rising."""
    octets = np.frombuffer(bits.to_bytes(-(-bits.bit_length() // 8), "little"), np.uint8)
    return [int(place) for place in np.flatnonzero(np.unpackbits(octets, bitorder="little"))]


def emission_shares(world: "RaceWorld") -> np.ndarray:
    """Share of each miner in what was emitted, `[miners, columns]`, in the order of `credit`'s keys."""
    row = {miner: i for i, miner in enumerate(dict.fromkeys(world.race.miner))}
    paid = np.zeros((len(row), world.columns.width))
    np.add.at(paid, [row[miner] for miner in world.race.miner], world.miners.emission)
    total = ordered_sum(paid)
    return paid / np.where(total > 0, total, 1.0)


def measure(world: "RaceWorld") -> dict[str, np.ndarray]:
    """All metrics of a finished race, each float64 `[columns]`."""
    record, state, days = world.record, world.validators[0].state, world.scenario.days
    shares = emission_shares(world)
    due = np.array(list(credit(world.race).values()))[:, None]
    concentration, emitted = ordered_sum(shares**2), ordered_sum(world.miners.emission)
    paid = np.where(emitted > 0, 1.0, np.nan)
    return {
        "descent_area": record.area / days,
        "descent_rate": np.where(np.isnan(record.log_king), 0.0, record.first - record.log_king) / days,
        "final_loss": final_loss(world),
        "stagnation_longest": record.gap.copy(),
        "stagnation_residual": record.gap_squares / (2.0 * days),
        "eligibility_gap": record.eligibility / days,
        "luck": record.luck / (emitted * paid),
        "hhi": concentration * paid,
        "miners_effective": paid / np.where(concentration > 0, concentration, np.nan),
        "top_share": shares.max(axis=0) * paid,
        "misallocation": 0.5 * ordered_sum(np.abs(shares - due)) * paid,
        "rank_correlation": spearman(np.round(shares, DUST), np.broadcast_to(due, shares.shape)),
        "evaluations": state["evaluations"] / days,
        "lost_steps": state["losses"].astype(np.float64),
        **reigns(world),
    }


def final_loss(world: "World") -> np.ndarray:
    """True loss of the last king as its model has it, `[columns]`; NaN without one."""
    there = world.kings >= 0
    loss = world.validators[0].models.loss[np.maximum(world.kings, 0), np.arange(len(there))]
    return np.where(there, loss, np.nan)


def spearman(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Rank correlation, average ranks on ties, `[n, columns]` -> `[columns]`; NaN if one is flat."""
    ranks = [_centred_ranks(x) for x in (a, b)]
    squares = ordered_sum(ranks[0] ** 2) * ordered_sum(ranks[1] ** 2)
    return np.asarray(ordered_sum(ranks[0] * ranks[1]) / np.sqrt(np.where(squares > 0, squares, np.nan)))


def _centred_ranks(x: np.ndarray) -> np.ndarray:
    """In each column how many are below a value and half of those that equal it, less half of all."""
    ranks = np.empty(x.shape)
    for column in range(x.shape[1]):
        _, place, count = np.unique(x[:, column], return_inverse=True, return_counts=True)
        ranks[:, column] = (np.cumsum(count) - count / 2.0)[place] - len(x) / 2.0
    return ranks


def reigns(world: "World") -> dict[str, np.ndarray]:
    """The metrics that come from the order of kings."""
    crowns, width, days = world.record.crowns(), world.columns.width, world.scenario.days
    count = np.bincount(crowns.column, minlength=width).astype(np.float64)
    order = np.lexsort((crowns.block, crowns.column))
    column, start = crowns.column[order], crowns.block[order] / BLOCKS_PER_DAY
    first = np.append(True, column[1:] != column[:-1])[: len(column)]
    last = np.append(column[1:] != column[:-1], True)[: len(column)]
    reign = np.where(last, days, np.append(start[1:], days)[: len(start)]) - start
    longest, total = np.zeros(width), np.bincount(column, reign, width)
    np.maximum.at(longest, column, reign)
    worse = np.bincount(column, ~first & (crowns.gain[order] <= 0), width)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "crowns": count,
            "reign_mean": total / count,
            "reign_longest": np.where(count > 0, longest, np.nan),
            "false_dethroning": np.where(count > 1, worse / (count - 1.0), np.nan),
        }


def ordered_sum(values: np.ndarray) -> np.ndarray:
    """The sum over the first axis, `[n, *lanes]` -> `[*lanes]`, added in float64 strictly from first to last.

    An ordinary sum may be split into partial sums by the array's layout, and so by the number of lanes.
    """
    if values.ndim == 2 and values.shape[1] > 1:  # whole rows are added, one after the other
        rows = np.ascontiguousarray(values)
        return np.asarray(np.add.reduce(rows, axis=0, dtype=np.float64).astype(values.dtype))
    return np.asarray(np.cumulative_sum(values, axis=0, dtype=np.float64)[-1, ...].astype(values.dtype))
