"""How well a lane rewarded the descent: the metrics of a finished pass are measured, per column."""

from collections.abc import Callable
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
    shares, due = emission_shares(world), credit_shares(world)
    with np.errstate(divide="ignore", invalid="ignore"):
        out = _measure_all(world, shares, due)
        if race_of(world) is None:
            out.update(_measure_world(world, shares, due))
    if race_of(world) is not None:
        return {name: np.asarray(out[name], dtype=np.float64) for name in RACE_METRICS}
    with np.errstate(divide="ignore", invalid="ignore"):  # shares of nothing, where nothing is paid or nobody was
        n, days = world.scenario.miners, world.scenario.days
        out["ic_gap"] = _deviation(world, profit(world) / np.float64(world.scenario.economy.usd_per_day * days / n))
        out["ic_pay"] = _deviation(world, shares * n)
    honest = _all_honest(world, out["descent_area"])
    out["selfishness"] = out["descent_area"] / np.where(honest > 0, honest, np.nan)
    return {name: np.asarray(out[name], dtype=np.float64) for name in METRICS}


def _measure_all(world: "World", shares: np.ndarray, due: np.ndarray) -> dict[str, np.ndarray]:
    """The metrics that races and worlds have."""
    record, state, days = world.record, world.validators[0].state, world.scenario.days
    emitted = ordered_sum(world.miners.emission)
    paid = np.where(emitted > 0, 1.0, np.nan)
    hhi = ordered_sum(shares**2) * paid
    return {
        "descent_area": record.area / days,
        "descent_rate": _gained(world) / days,
        "final_loss": final_loss(world),
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
        "lost_steps": state["losses"].astype(np.float64),
        **reigns(world),
    }


def _measure_world(world: "World", shares: np.ndarray, due: np.ndarray) -> dict[str, np.ndarray]:
    """The metrics that only worlds have, but for those that compare lanes."""
    days, record, miners = world.scenario.days, world.record, world.miners
    state = world.validators[0].state
    first, marks, gained = record.first, record.marks, _gained(world)
    paid = ordered_sum(miners.emission)
    emitted = paid + record.burned + record.held
    hhi, hours, ordered = ordered_sum(shares**2), record.gpu_days * 24.0, np.sort(shares, axis=0)[::-1]
    pooled = sum(course.pooled(miners.worked[way]) for way, course in enumerate(miners.courses.courses))
    return {
        "stagnation_share": record.gap_long / days,
        "withholding_gap": record.withholding / days,
        "lag": (record.eligibility + record.withholding) / days,
        "missed_promotion": record.missed / days,
        "kendall": _ranked(kendall, shares, due),
        "dishonest_share": ordered_sum(np.where(_honest(world), 0.0, shares)),
        "copied_share": record.to_copies(miners.emission) / paid,
        "beside_king": np.maximum(1.0 - record.kings / paid, 0.0),
        "pay_luck": pay_luck(shares, _power(world), miners.choices.code),
        "hhi_excess": np.where(paid > 0, hhi - hhi_of_luck(_committed(world)), np.nan),
        "gini": gini(shares),
        "nakamoto": 1.0 + (np.cumsum(ordered, axis=0) <= 0.5).sum(axis=0),
        "entrant_share": _entrants(world),
        "gpu_hours": hours,
        "effort": record.effort_days / record.active_days,
        "dissipation": ordered_sum(miners.spent) / (world.scenario.economy.usd_per_day * days),
        **_per_crown(world, gained),
        "misallocation_excess": 0.5 * ordered_sum(np.abs(shares - due)) - _misallocation_at_once(world),
        "efficiency": gained / hours * 1e3,
        "waste": 1.0 - gained / pooled if world.scenario.data is None else np.full_like(gained, np.nan),
        "excess_rate": excess_rate(first, marks[3], entropy(world.scenario), days),
        "rate_early": (first - marks[1]) * 3.0 / days,
        "rate_middle": (marks[1] - marks[2]) * 3.0 / days,
        "rate_late": (marks[2] - marks[3]) * 3.0 / days,
        "time_to_target": np.where(np.isnan(reached := record.reached), days, reached),
        "profit": ordered_sum(profit(world)) / days,
        "burned": record.burned / emitted,
        "held": record.held / emitted,
        "in_contest": miners.active.mean(axis=0),
        "submissions": miners.submissions.sum(axis=0) / days,
        "retries": state["retries"] / days,
        "disagreement": record.disagreements / record.opinions,
        "storage": record.stored / np.float64(record.looks),
        "timeouts": state["timeouts"].astype(np.float64),
        "delay_median": delay(record.delays, 0.5),
        "delay_p95": delay(record.delays, 0.95),
        "churn": np.maximum(reigns(world)["crowns"] - 1.0, 0.0) / (days / 7.0),
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


def profit(world: "World") -> np.ndarray:
    """USD earned less USD spent, `[miners, columns]`."""
    return world.miners.balance


def _ranked(
    correlation: Callable[[np.ndarray, np.ndarray], np.ndarray], shares: np.ndarray, due: np.ndarray
) -> np.ndarray:
    """A correlation of ranks over miners, `[columns]`; NaN of so few that chance explains any order."""
    if len(shares) < LEAST_RANKED:
        return np.full(shares.shape[1], np.nan)
    return correlation(np.round(shares, DUST), np.round(due, DUST))


def _gained(world: "World") -> np.ndarray:
    """Log loss that the king has gained at the end, `[columns]`; 0 in a race without a king."""
    record = world.record
    gained = record.first - record.marks[3]
    return gained if race_of(world) is None else np.where(np.isnan(record.marks[3]), 0.0, gained)


def final_loss(world: "World") -> np.ndarray:
    """True loss of the last king, `[columns]`; NaN without one. Of a race as its table has it."""
    if race_of(world) is None:
        return np.asarray(np.exp(world.record.marks[3]))
    there = world.kings >= 0
    loss = world.validators[0].models.loss[np.maximum(world.kings, 0), np.arange(len(there))]
    return np.where(there, loss, np.nan)


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


def entropy(scenario: Scenario) -> float:
    """E of the law that all miners follow, nats per token; NaN where there is no such law, or data are switched."""
    laws = {
        law(way.law).entropy if isinstance(way, LawProgress) else np.nan for way, share in scenario.progress if share
    }
    return laws.pop() if len(laws) == 1 and scenario.data is None else np.nan


def _power(world: "World") -> np.ndarray:
    """Speed times skill, `[miners, columns]`."""
    hardware = world.miners.hardware
    return np.asarray((hardware.tokens * hardware.skill)[:, world.columns.world])


def _committed(world: "World") -> np.ndarray:
    """Miners that ever had a model in the contest, `[columns]`: the founder with the public one among them."""
    had = np.isfinite(world.miners.since)
    if world.scenario.founded:
        had[world.miners.founder, np.arange(world.columns.width)] = True
    return np.asarray(had.sum(axis=0))


def _honest(world: "World") -> np.ndarray:
    choices = world.miners.choices
    return np.array([s.honest for s in choices.strategies])[choices.code]


def _entrants(world: "World") -> np.ndarray:
    """Emission of the last days that went to miners that first committed in them."""
    late = world.miners.emission - world.record.late
    start = world.scenario.horizon - LATE_DAYS * BLOCKS_PER_DAY
    new = world.miners.since >= start
    total = ordered_sum(late)
    return np.asarray(ordered_sum(np.where(new, late, 0.0)) / np.where(total > 0, total, np.nan))


def _deviation(world: "World", worth: np.ndarray) -> np.ndarray:
    """What the deviant of a lane is worth more than the same miner in the lane without it."""
    lanes, worlds = world.columns.lanes, world.columns.worlds
    out = np.full(world.columns.width, np.nan)
    deviant = np.argmin(world.miners.choices.rank, axis=0)  # of each world
    for i, lane in enumerate(lanes):
        if lane.population is None or not lane.population.deviants:
            continue
        base = _twin(lanes, lane, lambda p, mine: not p.deviants and p.mix == mine.mix)
        if base is None:
            continue
        mine, theirs = (worth[deviant, number * worlds + np.arange(worlds)] for number in (i, base))
        out[i * worlds : (i + 1) * worlds] = mine - theirs
    return out


def _all_honest(world: "World", area: np.ndarray) -> np.ndarray:
    """The descent area of the lane of the same policy where everybody is honest."""
    lanes, worlds = world.columns.lanes, world.columns.worlds
    out = np.full(world.columns.width, np.nan)
    for i, lane in enumerate(lanes):
        base = _twin(lanes, lane, lambda p, _: all(s.honest for s in p.strategies))
        if base is not None:
            out[i * worlds : (i + 1) * worlds] = area[base * worlds : (base + 1) * worlds]
    return out


def _twin(lanes: Any, lane: Any, fits: Any) -> int | None:
    """The first lane of the same policy, rules and reward whose population fits."""
    for number, other in enumerate(lanes):
        same = (other.policy, other.rules, other.reward) == (lane.policy, lane.rules, lane.reward)
        if same and other.population is not None and fits(other.population, lane.population):
            return number
    return None
