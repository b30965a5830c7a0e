"""The metrics of a finished pass, per column: how well each lane rewarded the descent."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.results.metrics import METRICS, RACE_METRICS
from experiments.results.statistics import (
    LEAST_RANKED,
    delay,
    excess_rate,
    gini,
    hhi_of_luck,
    kendall,
    ordered_sum,
    pay_luck,
    spearman,
)
from sim.clock import BLOCKS_PER_DAY, LATE_DAYS
from sim.miners.population import Population
from sim.miners.progress.law import LawProgress
from sim.race.race import Race
from sim.scenario import Scenario
from sim.traces.laws.published import law

if TYPE_CHECKING:
    from sim.world import World

DUST = 6
"""Decimals of a share that count for its rank: the softmax leaves 1e-44 to a loser, and the chain, whose weights are
whole numbers up to 65,535, leaves it nothing."""


def race_of(world: "World") -> Race | None:
    """The race that a world plays; None of one whose miners decide."""
    race: Race | None = getattr(world, "race", None)
    return race


def measure(world: "World") -> dict[str, np.ndarray]:
    """All metrics of a finished world or race, each float64 `[columns]`."""
    shares, due, names = emission_shares(world), credit_shares(world), RACE_METRICS
    with np.errstate(divide="ignore", invalid="ignore"):  # shares of nothing, where nothing is paid or nobody was
        out = _measure_all(world, shares, due)
        if race_of(world) is None:
            out, names = out | _measure_world(world, shares, due, out), METRICS
    return {name: np.asarray(out[name], dtype=np.float64) for name in names}


def _measure_all(world: "World", shares: np.ndarray, due: np.ndarray) -> dict[str, np.ndarray]:
    """The metrics that races and worlds have."""
    record, state, days = world.record, world.validators[0].state, world.scenario.days
    emitted = ordered_sum(world.miners.emission)
    # Where nothing was paid all shares are 0, and metrics of them do not exist.
    paid = np.where(emitted > 0, 1.0, np.nan)
    hhi = ordered_sum(shares**2) * paid
    return {
        "descent_area": record.area / days,
        "descent_rate": _gained(world) / days,
        "final_loss": _final_loss(world),
        "stagnation_longest": record.gap,
        "stagnation_residual": record.gap_squares / (2.0 * days),
        "eligibility_gap": record.eligibility / days,
        "luck": record.luck / (emitted * paid),
        "hhi": hhi,
        "miners_effective": 1.0 / hhi,
        "top_share": shares.max(axis=0) * paid,
        "misallocation": 0.5 * ordered_sum(np.abs(shares - due)) * paid,
        "rank_correlation": _ranked(spearman, shares, due),
        "evaluations": state["evaluations"] / days,
        "lost_steps": state["losses"],
        **_reigns(world),
    }


def _measure_world(
    world: "World", shares: np.ndarray, due: np.ndarray, known: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """The metrics that only worlds have; `known` are those that races have too."""
    scenario, record, miners, state = world.scenario, world.record, world.miners, world.validators[0].state
    days, first, marks, gained = scenario.days, record.first, record.marks, _gained(world)
    lanes, columns = world.columns.lanes, np.arange(world.columns.width)
    paid = ordered_sum(miners.emission)
    emitted = paid + record.burned + record.held
    committed = np.isfinite(miners.since)
    if scenario.founded:  # the founder's public model is in the contest from the beginning
        committed[miners.founder, columns] = True
    late = miners.emission - record.late
    entered = np.where(miners.since >= scenario.horizon - LATE_DAYS * BLOCKS_PER_DAY, late, 0.0)
    paid_late = ordered_sum(late)
    honest = np.array([strategy.honest for strategy in miners.choices.strategies])[miners.choices.code]
    power = (miners.hardware.tokens * miners.hardware.skill)[:, world.columns.world]
    hours, falling = record.gpu_days * 24.0, np.sort(shares, axis=0)[::-1]
    pooled = sum(course.pooled(miners.worked[way]) for way, course in enumerate(miners.courses.courses))
    honest_area = _of_twin(
        world, known["descent_area"], range(len(lanes)), lambda other, _: all(s.honest for s in other.strategies)
    )
    deviating = [i for i, lane in enumerate(lanes) if lane.population is not None and lane.population.deviants]
    deviant = np.tile(np.argmin(miners.choices.rank, axis=0), len(lanes))  # of each world the same miner in all lanes

    def gain(worth: np.ndarray) -> np.ndarray:
        """What the deviant of a lane is worth more than the same miner in the lane without it."""
        own = worth[deviant, columns]
        usual = _of_twin(world, own, deviating, lambda other, mine: not other.deviants and other.mix == mine.mix)
        return np.asarray(own - usual)

    return {
        "stagnation_share": record.gap_long / days,
        "withholding_gap": record.withholding / days,
        "lag": (record.eligibility + record.withholding) / days,
        "missed_promotion": record.missed / days,
        "kendall": _ranked(kendall, shares, due),
        "dishonest_share": ordered_sum(np.where(honest, 0.0, shares)),
        "copied_share": record.to_copies(miners.emission) / paid,
        "beside_king": np.maximum(1.0 - record.kings / paid, 0.0),
        "pay_luck": pay_luck(shares, power, miners.choices.code),
        "hhi_excess": np.where(paid > 0, ordered_sum(shares**2) - hhi_of_luck(committed.sum(axis=0)), np.nan),
        "gini": gini(shares),
        "nakamoto": 1.0 + (np.cumsum(falling, axis=0) <= 0.5).sum(axis=0),
        "entrant_share": ordered_sum(entered) / np.where(paid_late > 0, paid_late, np.nan),
        "gpu_hours": hours,
        "effort": record.effort_days / record.active_days,
        "dissipation": ordered_sum(miners.spent) / (world.scenario.economy.usd_per_day * days),
        **_per_crown(world, gained),
        "misallocation_excess": 0.5 * ordered_sum(np.abs(shares - due)) - _misallocation_at_once(world),
        "efficiency": gained / hours * 1e3,
        "waste": 1.0 - gained / pooled if scenario.data is None else np.full_like(gained, np.nan),
        "excess_rate": excess_rate(first, marks[3], entropy(scenario), days),
        "rate_early": (first - marks[1]) * 3.0 / days,
        "rate_middle": (marks[1] - marks[2]) * 3.0 / days,
        "rate_late": (marks[2] - marks[3]) * 3.0 / days,
        "time_to_target": np.where(np.isnan(record.reached), days, record.reached),
        "profit": ordered_sum(miners.balance) / days,
        "burned": record.burned / emitted,
        "held": record.held / emitted,
        "in_contest": miners.active.mean(axis=0),
        "submissions": miners.submissions.sum(axis=0) / days,
        "retries": state["retries"] / days,
        "disagreement": record.disagreements / record.opinions,
        "storage": record.stored / np.float64(record.looks),
        "timeouts": state["timeouts"],
        "delay_median": delay(record.delays, 0.5),
        "delay_p95": delay(record.delays, 0.95),
        "churn": np.maximum(known["crowns"] - 1.0, 0.0) / (days / 7.0),
        "ic_gap": gain(miners.balance / np.float64(scenario.economy.usd_per_day * days / scenario.miners)),
        "ic_pay": gain(shares * scenario.miners),
        "regret": np.full_like(gained, np.nan),  # of all worlds together: `compare` finds the best deviation
        "selfishness": known["descent_area"] / np.where(honest_area > 0, honest_area, np.nan),
    }


def _per_crown(world: "World", gained: np.ndarray) -> dict[str, np.ndarray]:
    """What crowns after the first, that of the public model, were worth, and how many miners shared them."""
    crowns, width = world.record.crowns(), world.columns.width
    count = np.bincount(crowns.column, minlength=width)
    kings = np.bincount(np.unique(np.stack([crowns.column, crowns.miner]), axis=1)[0], minlength=width)
    return {
        "net_descent_per_crown": np.where(count > 1, gained / (count - 1.0), np.nan),
        "kings_per_crown": np.where(count > 0, kings / count, np.nan),
    }


def _misallocation_at_once(world: "World") -> np.ndarray:
    """TV of pay against credit if the owner of the best published model were always king, `[columns]`."""
    paid, due = world.record.account.instant_paid.T, world.record.account.instant_credit.T
    return np.asarray(0.5 * ordered_sum(np.abs(paid / ordered_sum(paid) - due / ordered_sum(due))))


def emission_shares(world: "World") -> np.ndarray:
    """Share of each miner in what was emitted, `[miners, columns]`; of a race those of all hotkeys of a name."""
    paid, race = world.miners.emission, race_of(world)
    if race is not None:
        row = {miner: i for i, miner in enumerate(dict.fromkeys(race.miner))}
        hotkeys, paid = paid, np.zeros((len(row), world.columns.width))
        np.add.at(paid, [row[miner] for miner in race.miner], hotkeys)
    total = ordered_sum(paid)
    return np.asarray(paid / np.where(total > 0, total, 1.0))


def credit_shares(world: "World") -> np.ndarray:
    """Share of each miner in the descent, split over lineages, `[miners, columns]`; 0 if nothing fell.

    In a race it is the descent of the best published loss, see `credit`, in a world that of the king's loss.
    """
    race = race_of(world)
    if race is not None:
        due = np.array(list(credit(race).values()))[:, None]
        return np.broadcast_to(due, (len(due), world.columns.width))
    due = world.record.credit
    total = ordered_sum(due)
    return np.asarray(due / np.where(total > 0, total, 1.0))


def credit(race: Race) -> dict[str, float]:
    """Share of each miner in the published descent, by miner; sums to 1 (0 everywhere if nothing improved).

    Every improvement of the best published loss, g = ln(before / after), is split equally over the miner and the miners
    of all submissions that it builds on, directly or not (ancestral Shapley).
    """
    shares = dict.fromkeys(race.miner, 0.0)
    best = race.loss[0]
    for loss, bits in zip(race.loss, race.lineages(), strict=True):
        if loss < best:
            share = float(np.log(best / loss)) / bits.bit_count()
            # The set bits are the submissions; numpy unpacks thousands of them faster than a loop over bits.
            octets = np.frombuffer(bits.to_bytes(-(-bits.bit_length() // 8), "little"), np.uint8)
            for model in np.flatnonzero(np.unpackbits(octets, bitorder="little")):
                shares[race.miner[model]] += share
            best = loss
    total = sum(shares.values())
    return {miner: share / total if total else 0.0 for miner, share in shares.items()}


def entropy(scenario: Scenario) -> float:
    """E of the law that all miners follow, nats per token; NaN where there is no such law, or data are switched."""
    laws = {law(way.law).entropy if isinstance(way, LawProgress) else np.nan for way, share in scenario.ways if share}
    return laws.pop() if len(laws) == 1 and scenario.data is None else np.nan


def _ranked(
    correlate: Callable[[np.ndarray, np.ndarray], np.ndarray], shares: np.ndarray, due: np.ndarray
) -> np.ndarray:
    """A correlation of ranks over miners, `[columns]`; NaN of so few that chance explains any order."""
    if len(shares) < LEAST_RANKED:
        return np.full(shares.shape[1], np.nan)
    return np.asarray(correlate(np.round(shares, DUST), np.round(due, DUST)))


def _gained(world: "World") -> np.ndarray:
    """Log loss that the king has gained at the end, `[columns]`; 0 in a race without a king."""
    record = world.record
    gained = record.first - record.marks[3]
    return gained if race_of(world) is None else np.where(np.isnan(record.marks[3]), 0.0, gained)


def _final_loss(world: "World") -> np.ndarray:
    """True loss of the last king, `[columns]`; NaN without one. Of a race as its table has it."""
    if race_of(world) is None:
        return np.asarray(np.exp(world.record.marks[3]))
    there = world.kings >= 0
    loss = world.validators[0].models.loss[np.maximum(world.kings, 0), np.arange(len(there))]
    return np.where(there, loss, np.nan)


def _reigns(world: "World") -> dict[str, np.ndarray]:
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
    return {
        "crowns": count,
        "reign_mean": total / count,
        "reign_longest": np.where(count > 0, longest, np.nan),
        "false_dethroning": np.where(count > 1, worse / (count - 1.0), np.nan),
    }


def _of_twin(
    world: "World", values: np.ndarray, lanes: Iterable[int], fits: Callable[[Population, Any], bool]
) -> np.ndarray:
    """For columns of these lanes the value of the lane's twin in the same world; NaN without one.

    The twin is the first lane of the same policy, rules and reward whose population fits to the lane's own.
    """
    every, worlds, out = world.columns.lanes, world.columns.worlds, np.full(world.columns.width, np.nan)
    alike: dict[Any, list[int]] = {}  # lanes of one policy, rules and reward
    for number, lane in enumerate(every):
        alike.setdefault((lane.policy, lane.rules, lane.reward), []).append(number)
    for number in lanes:
        lane = every[number]
        for twin in alike[lane.policy, lane.rules, lane.reward]:
            other = every[twin].population
            if other is not None and fits(other, lane.population):
                out[number * worlds : (number + 1) * worlds] = values[twin * worlds : (twin + 1) * worlds]
                break
    return out
