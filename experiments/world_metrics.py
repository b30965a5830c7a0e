"""How well a lane rewarded the descent in a world of miners who decide: metrics per column (theory, section B)."""

from typing import Any

import numpy as np

from experiments.metrics import DUST, METRICS, Metric, spearman
from sim.clock import BLOCKS_PER_DAY
from sim.mechanism.sums import ordered_sum
from sim.miners.progress.law import LawProgress
from sim.record import DELAY_BLOCKS, LATE_DAYS, LONG_DAYS
from sim.scenario import Scenario
from sim.traces.laws.published import law
from sim.world import World

WORLD_METRICS: dict[str, Metric] = {
    **METRICS,
    "rate_early": Metric("descent rate in the first third of the contest", "1/day", "higher"),
    "rate_middle": Metric("descent rate in the second third", "1/day", "higher"),
    "rate_late": Metric("descent rate in the last third", "1/day", "higher"),
    "excess_rate": Metric(
        "descent rate of the loss less the entropy of text; not defined without a law, or where data switch",
        "1/day",
        "higher",
    ),
    "time_to_target": Metric("days until the target descent was reached; the horizon if it never was", "days", "lower"),
    "stagnation_share": Metric(
        f"share of time in waits of more than {LONG_DAYS:g} days for a truly better king", "1", "lower"
    ),
    "withholding_gap": Metric(
        "G2: mean of ln(best committed loss / best loss anywhere): hidden progress", "1", "lower"
    ),
    "lag": Metric("G1 + G2: how far the king is behind the best loss anywhere", "1", "lower"),
    "gpu_hours": Metric("machine time of all miners", "GPU hours", "lower"),
    "efficiency": Metric("eta: log loss gained per 1,000 GPU hours", "1", "higher"),
    "waste": Metric(
        "W: 1 - descent over that of one lineage with all the work; not defined where data are switched", "1", "lower"
    ),
    "missed_promotion": Metric(
        "share of time in which a committed model was better than the king by more than the decayed bar", "1", "lower"
    ),
    "kendall": Metric("Kendall's tau-b over miners of emission and credited descent", "1", "higher"),
    "dishonest_share": Metric(
        "share of emission paid to strategies that do not try to make the loss fall", "1", "lower"
    ),
    "copied_share": Metric(
        "share of emission paid to miners while their judged model was a copy of somebody else's", "1", "lower"
    ),
    "beside_king": Metric(
        "share of emission paid to others than the king: cycles, the moving average, reward rules", "1", ""
    ),
    "pay_luck": Metric(
        "variance of emission among miners of one strategy and like power over that among all; 1 if neither matters",
        "1",
        "lower",
    ),
    "hhi_excess": Metric(
        "hhi less what luck alone gives n equal miners with one model each, (n + 1) / (2n); n: miners who committed",
        "1",
        "",
    ),
    "gini": Metric("Gini coefficient of emission over miners", "1", ""),
    "nakamoto": Metric("fewest miners with more than half of the emission", "miners", ""),
    "entrant_share": Metric(
        f"share of the emission of the last {LATE_DAYS:g} days that goes to miners whose first model came in them",
        "1",
        "",
    ),
    "churn": Metric("changes of king per week", "1/week", ""),
    "profit": Metric("USD per day that all miners together earned less what they spent", "USD/day", ""),
    "burned": Metric("share of emission that a reward rule burned", "1", ""),
    "held": Metric("share of emission that a reward rule still held at the end", "1", ""),
    "in_contest": Metric("share of miners who were in the contest at its end", "1", ""),
    "submissions": Metric("commitments of all miners", "1/day", ""),
    "retries": Metric("evaluations of dropped models that the decay made worth another look", "1/day", "lower"),
    "delay_median": Metric("median time from a commitment to its first score", "days", "lower"),
    "delay_p95": Metric("95th percentile of the time from a commitment to its first score", "days", "lower"),
    "disagreement": Metric(
        "chance that a second validator with data of its own would crown somebody else", "1", "lower"
    ),
    "storage": Metric(
        "models that the validator keeps or may look at again, the mean of one look a day", "models", "lower"
    ),
    "timeouts": Metric("steps lost because they would have taken too long", "count", "lower"),
    "ic_gap": Metric(
        "gain of the deviating miner over the same miner in the honest lane, in equal shares of emission", "1", "lower"
    ),
    "ic_pay": Metric("the same in emission alone, whatever it cost", "1", "lower"),
    "selfishness": Metric("descent area over that of the same policy with an all-honest population", "1", "higher"),
}
"""The metrics of worlds, in the order of tables: those of races first, with the same meaning."""


def measure_world(world: World) -> dict[str, np.ndarray]:
    """All metrics of a finished world, each float64 `[columns]`."""
    n, record, place = world.scenario.miners, world.record, world.place
    days, get = world.scenario.days, place.numpy
    validator, books = world.validators[0], world.miners.books
    shares = emission_shares(world)
    due = credit_shares(world)
    first, marks = get(record.first), get(record.marks)
    gained = first - marks[3]
    paid = ordered_sum(get(books.emission))
    emitted = paid + get(record.burned) + get(record.held)
    ordered = np.sort(shares, axis=0)[::-1]
    hours = get(books.gpu_days) * 24.0
    pooled = sum(get(course.pooled(world.miners.worked[i])) for i, course in enumerate(world.miners.courses.courses))
    with np.errstate(divide="ignore", invalid="ignore"):
        out = {
            "descent_area": get(record.area) / days,
            "descent_rate": gained / days,
            "final_loss": np.exp(marks[3]),
            "stagnation_longest": get(record.gap),
            "stagnation_residual": get(record.gap_squares) / (2.0 * days),
            "stagnation_share": get(record.gap_long) / days,
            "eligibility_gap": get(record.eligibility) / days,
            "withholding_gap": get(record.withholding) / days,
            "lag": (get(record.eligibility) + get(record.withholding)) / days,
            "missed_promotion": get(record.missed) / days,
            "luck": get(record.luck) / np.where(paid > 0, paid, np.nan),
            "hhi": (hhi := ordered_sum(shares**2)),
            "miners_effective": 1.0 / hhi,
            "top_share": ordered[0],
            "misallocation": 0.5 * ordered_sum(np.abs(shares - due)),
            "rank_correlation": spearman(np.round(shares, DUST), np.round(due, DUST)),
            "kendall": kendall(np.round(shares, DUST), np.round(due, DUST)),
            "dishonest_share": ordered_sum(np.where(_honest(world), 0.0, shares)),
            "copied_share": get(record.to_copies(books.emission)) / paid,
            "beside_king": np.maximum(1.0 - get(record.kings) / paid, 0.0),
            "pay_luck": pay_luck(shares, _power(world), world.miners.choices.code),
            "hhi_excess": np.where(paid > 0, hhi - hhi_of_luck(_committed(world)), np.nan),
            "gini": gini(shares),
            "nakamoto": 1.0 + (np.cumsum(ordered, axis=0) <= 0.5).sum(axis=0),
            "entrant_share": _entrants(world),
            "gpu_hours": hours,
            "efficiency": gained / hours * 1e3,
            "waste": 1.0 - gained / pooled if world.scenario.data is None else np.full_like(gained, np.nan),
            "excess_rate": excess_rate(first, marks[3], entropy(world.scenario), days),
            "rate_early": (first - marks[1]) * 3.0 / days,
            "rate_middle": (marks[1] - marks[2]) * 3.0 / days,
            "rate_late": (marks[2] - marks[3]) * 3.0 / days,
            "time_to_target": np.where(np.isnan(reached := get(record.reached)), days, reached),
            "profit": ordered_sum(profit(world)) / days,
            "burned": get(record.burned) / emitted,
            "held": get(record.held) / emitted,
            "in_contest": get(world.miners.active).mean(axis=0),
            "submissions": get(world.miners.submissions).sum(axis=0) / days,
            "evaluations": get(validator.evaluations) / days,
            "retries": get(validator.queue.retries) / days,
            "disagreement": get(record.disagreements) / get(record.opinions),
            "lost_steps": get(validator.lost).astype(np.float64),
            "storage": get(record.stored) / np.float64(record.looks),
            "timeouts": get(validator.timeouts).astype(np.float64),
            "delay_median": delay(record.delays, 0.5),
            "delay_p95": delay(record.delays, 0.95),
            **_reigns(world),
        }
    with np.errstate(divide="ignore", invalid="ignore"):  # shares of nothing, where nothing is paid or nobody was
        out["ic_gap"] = _deviation(world, profit(world) / np.float64(world.scenario.economy.usd_per_day * days / n))
        out["ic_pay"] = _deviation(world, shares * n)
    honest = _all_honest(world, out["descent_area"])
    out["selfishness"] = out["descent_area"] / np.where(honest > 0, honest, np.nan)
    return {name: np.asarray(out[name], dtype=np.float64) for name in WORLD_METRICS}


def emission_shares(world: World) -> np.ndarray:
    """Share of each miner in what was emitted, `[miners, columns]`."""
    paid = world.place.numpy(world.miners.books.emission)
    total = ordered_sum(paid)
    return np.asarray(paid / np.where(total > 0, total, 1.0))


def credit_shares(world: World) -> np.ndarray:
    """Share of each miner in the descent of the king's loss, split over lineages (theory R4); 0 if nothing fell."""
    due = world.place.numpy(world.record.credit)
    total = ordered_sum(due)
    return np.asarray(due / np.where(total > 0, total, 1.0))


def profit(world: World) -> np.ndarray:
    """USD earned less USD spent, `[miners, columns]`."""
    return np.asarray(world.place.numpy(world.miners.books.balance(np.arange(world.scenario.miners))))


def kendall(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Kendall's tau-b, `[n, columns]` -> `[columns]`; NaN if one is flat."""
    from scipy.stats import kendalltau  # noqa: PLC0415 - a slow import that few commands need

    flat = (np.ptp(a, axis=0) == 0) | (np.ptp(b, axis=0) == 0)
    columns = zip(a.T, b.T, flat, strict=True)
    return np.array([np.nan if still else kendalltau(x, y).statistic for x, y, still in columns])


def gini(shares: np.ndarray) -> np.ndarray:
    """Gini coefficient, `[n, columns]` -> `[columns]`: 0 all alike, 1 - 1/n one has it all."""
    n = len(shares)
    rising = np.sort(shares, axis=0)
    place = (2.0 * np.arange(1, n + 1) - n - 1.0)[:, None]
    total = ordered_sum(rising)
    return np.asarray(ordered_sum(place * rising) / (n * np.where(total > 0, total, np.nan)))


def entropy(scenario: Scenario) -> float:
    """E of the law that all miners follow, nats per token; NaN where there is no such law, or data are switched."""
    laws = {
        law(way.law).entropy if isinstance(way, LawProgress) else np.nan for way, share in scenario.progress if share
    }
    return laws.pop() if len(laws) == 1 and scenario.data is None else np.nan


def excess_rate(first: np.ndarray, last: np.ndarray, least: float, days: float) -> np.ndarray:
    """`ln((L_0 - E) / (L_H - E)) / H` (theory B1), per day, of log losses `[columns]` and E in nats per token."""
    return np.asarray(np.log((np.exp(first) - least) / (np.exp(last) - least)) / days)


def hhi_of_luck(owners: np.ndarray) -> np.ndarray:
    """HHI of reigns among n equal owners with one model each and no margin, `(n + 1) / (2n)` (theory D4)."""
    n = np.asarray(owners, dtype=np.float64)
    return (n + 1.0) / (2.0 * np.where(n > 0, n, np.nan))


def pay_luck(shares: np.ndarray, power: np.ndarray, code: np.ndarray) -> np.ndarray:
    """The part of the variance of emission that neither power nor strategy explains (theory B3, in one world).

    The miners of each strategy, in the order of their power, are cut into about as many classes as a class has miners.
    The variance within classes over that of all, each by its degrees of freedom, is 1 less the adjusted R squared:
    0 if a class is paid alike, and 1 on average, sometimes more, if pay has nothing to do with classes.

    Args:
        shares: of the emission, `[miners, columns]`.
        power: work that a miner gets done, likewise, in any unit.
        code: number of his strategy, likewise.

    Returns:
        `[columns]`; NaN where all are paid alike, or no class has two miners.
    """
    n, width = shares.shape
    group, count = _classes(power, code)
    flat, cells = (group * width + np.arange(width)).ravel(), int(count.max()) * width
    size = np.bincount(flat, minlength=cells)
    means = np.bincount(flat, shares.ravel(), cells) / np.maximum(size, 1)
    within = ordered_sum((shares - means[flat].reshape(shares.shape)) ** 2)
    total = ordered_sum((shares - ordered_sum(shares) / n) ** 2)
    free = n - count
    known = (total > 0) & (free > 0)
    return np.where(known, within / np.maximum(free, 1) * (n - 1) / np.where(known, total, 1.0), np.nan)


def _classes(power: np.ndarray, code: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The class of each miner `[miners, columns]`, and how many classes there are `[columns]`."""
    group, count = np.zeros(code.shape, dtype=np.int64), np.zeros(code.shape[1], dtype=np.int64)
    for strategy in np.unique(code):
        mine = code == strategy
        size = mine.sum(axis=0)
        order = np.argsort(np.where(mine, power, np.inf), axis=0, kind="stable")
        rank = np.argsort(order, axis=0, kind="stable")
        classes = np.floor(np.sqrt(size)).astype(np.int64)
        group = np.where(mine, count + rank * classes // np.maximum(size, 1), group)
        count = count + classes
    return group, count


def _power(world: World) -> np.ndarray:
    """Speed times skill, `[miners, columns]`."""
    hardware = world.miners.hardware
    return np.asarray((hardware.tokens * hardware.skill)[:, world.columns.world])


def _committed(world: World) -> np.ndarray:
    """Miners who ever had a model in the contest, `[columns]`: the founder with the public one among them."""
    had = np.isfinite(world.place.numpy(world.miners.since))
    if world.scenario.founded:
        had[world.miners.founder, np.arange(world.columns.width)] = True
    return np.asarray(had.sum(axis=0))


def delay(histogram: np.ndarray, level: float) -> np.ndarray:
    """A quantile of delays in days, `[bins, columns]` -> `[columns]`; upper edge of its bin, NaN without any."""
    total = histogram.sum(axis=0)
    place = (np.cumsum(histogram, axis=0) < level * total).sum(axis=0)
    return np.where(total > 0, (place + 1.0) * DELAY_BLOCKS / BLOCKS_PER_DAY, np.nan)


def _honest(world: World) -> np.ndarray:
    choices = world.miners.choices
    return np.array([s.honest for s in choices.strategies])[choices.code]


def _entrants(world: World) -> np.ndarray:
    """Emission of the last days that went to miners who first committed in them."""
    get = world.place.numpy
    late = get(world.miners.books.emission) - get(world.record.late)
    start = world.scenario.horizon - LATE_DAYS * BLOCKS_PER_DAY
    new = get(world.miners.since) >= start
    total = ordered_sum(late)
    return np.asarray(ordered_sum(np.where(new, late, 0.0)) / np.where(total > 0, total, np.nan))


def _deviation(world: World, worth: np.ndarray) -> np.ndarray:
    """What the deviant of a lane is worth more than the same miner in the lane without him."""
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


def _all_honest(world: World, area: np.ndarray) -> np.ndarray:
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


def _reigns(world: World) -> dict[str, np.ndarray]:
    crowns, width = world.record.crowns(), world.columns.width
    days = world.scenario.days
    count = np.bincount(crowns.column, minlength=width).astype(np.float64)
    order = np.lexsort((crowns.block, crowns.column))
    column, start = crowns.column[order], crowns.block[order] / BLOCKS_PER_DAY
    last = np.append(column[1:] != column[:-1], True)[: len(column)]
    reign = np.where(last, days, np.append(start[1:], days)[: len(start)]) - start
    longest, total = np.zeros(width), np.bincount(column, reign, width)
    np.maximum.at(longest, column, reign)
    first = np.append(True, column[1:] != column[:-1])[: len(column)]
    worse = np.bincount(column, ~first & (crowns.gain[order] <= 0), width)
    changes = count - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "crowns": count,
            "reign_mean": total / count,
            "reign_longest": np.where(count > 0, longest, np.nan),
            "false_dethroning": np.where(changes > 0, worse / changes, np.nan),
            "churn": np.maximum(changes, 0.0) / (days / 7.0),
        }
