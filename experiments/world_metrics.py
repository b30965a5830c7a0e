"""How well a lane rewarded the descent in a world of miners that decide: metrics per column."""

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.metrics import DUST, METRICS, Metric, ordered_sum, reigns, spearman
from sim.clock import BLOCKS_PER_DAY, LATE_DAYS, LONG_DAYS
from sim.miners.progress.law import LawProgress
from sim.scenario import Scenario
from sim.traces.laws.published import law

if TYPE_CHECKING:
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


def measure_world(world: "World") -> dict[str, np.ndarray]:
    """All metrics of a finished world, each float64 `[columns]`."""
    n, days, record, miners = world.scenario.miners, world.scenario.days, world.record, world.miners
    state = world.validators[0].state
    shares = emission_shares(world)
    due = credit_shares(world)
    first, marks = record.first, record.marks
    gained = first - marks[3]
    paid = ordered_sum(miners.emission)
    emitted = paid + record.burned + record.held
    ordered = np.sort(shares, axis=0)[::-1]
    hours = record.gpu_days * 24.0
    pooled = sum(course.pooled(miners.worked[way]) for way, course in enumerate(miners.courses.courses))
    with np.errstate(divide="ignore", invalid="ignore"):
        out = {
            "descent_area": record.area / days,
            "descent_rate": gained / days,
            "final_loss": np.exp(marks[3]),
            "stagnation_longest": record.gap,
            "stagnation_residual": record.gap_squares / (2.0 * days),
            "stagnation_share": record.gap_long / days,
            "eligibility_gap": record.eligibility / days,
            "withholding_gap": record.withholding / days,
            "lag": (record.eligibility + record.withholding) / days,
            "missed_promotion": record.missed / days,
            "luck": record.luck / np.where(paid > 0, paid, np.nan),
            "hhi": (hhi := ordered_sum(shares**2)),
            "miners_effective": 1.0 / hhi,
            "top_share": ordered[0],
            "misallocation": 0.5 * ordered_sum(np.abs(shares - due)),
            "rank_correlation": spearman(np.round(shares, DUST), np.round(due, DUST)),
            "kendall": kendall(np.round(shares, DUST), np.round(due, DUST)),
            "dishonest_share": ordered_sum(np.where(_honest(world), 0.0, shares)),
            "copied_share": record.to_copies(miners.emission) / paid,
            "beside_king": np.maximum(1.0 - record.kings / paid, 0.0),
            "pay_luck": pay_luck(shares, _power(world), miners.choices.code),
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
            "time_to_target": np.where(np.isnan(reached := record.reached), days, reached),
            "profit": ordered_sum(profit(world)) / days,
            "burned": record.burned / emitted,
            "held": record.held / emitted,
            "in_contest": miners.active.mean(axis=0),
            "submissions": miners.submissions.sum(axis=0) / days,
            "evaluations": state["evaluations"] / days,
            "retries": state["retries"] / days,
            "disagreement": record.disagreements / record.opinions,
            "lost_steps": state["losses"].astype(np.float64),
            "storage": record.stored / np.float64(record.looks),
            "timeouts": state["timeouts"].astype(np.float64),
            "delay_median": delay(record.delays, 0.5),
            "delay_p95": delay(record.delays, 0.95),
            **(kings := reigns(world)),
            "churn": np.maximum(kings["crowns"] - 1.0, 0.0) / (days / 7.0),
        }
    with np.errstate(divide="ignore", invalid="ignore"):  # shares of nothing, where nothing is paid or nobody was
        out["ic_gap"] = _deviation(world, profit(world) / np.float64(world.scenario.economy.usd_per_day * days / n))
        out["ic_pay"] = _deviation(world, shares * n)
    honest = _all_honest(world, out["descent_area"])
    out["selfishness"] = out["descent_area"] / np.where(honest > 0, honest, np.nan)
    return {name: np.asarray(out[name], dtype=np.float64) for name in WORLD_METRICS}


def emission_shares(world: "World") -> np.ndarray:
    """Share of each miner in what was emitted, `[miners, columns]`."""
    paid = world.miners.emission
    total = ordered_sum(paid)
    return np.asarray(paid / np.where(total > 0, total, 1.0))


def credit_shares(world: "World") -> np.ndarray:
    """Share of each miner in the descent of the king's loss, split over lineages; 0 if nothing fell."""
    due = world.record.credit
    total = ordered_sum(due)
    return np.asarray(due / np.where(total > 0, total, 1.0))


def profit(world: "World") -> np.ndarray:
    """USD earned less USD spent, `[miners, columns]`."""
    return world.miners.balance


def kendall(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Kendall's tau-b, `[n, columns]` -> `[columns]`; NaN if one is flat."""
    agreed, apart_a, apart_b = np.zeros((3, a.shape[1]), dtype=np.int64)
    for i in range(1, len(a)):  # each with all before it
        x, y = _side(a[i], a[:i]), _side(b[i], b[:i])
        agreed += (x * y).sum(axis=0)
        apart_a += np.count_nonzero(x, axis=0)
        apart_b += np.count_nonzero(y, axis=0)
    flat = (apart_a == 0) | (apart_b == 0)
    tau = agreed / np.sqrt(np.where(flat, 1, apart_a)) / np.sqrt(np.where(flat, 1, apart_b))
    return np.asarray(np.where(flat, np.nan, np.clip(tau, -1.0, 1.0)))


def _side(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """1 where it is more than the others, -1 where it is less."""
    return np.asarray(np.greater(one, others).view(np.int8) - np.less(one, others).view(np.int8))


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
    """`ln((L_0 - E) / (L_H - E)) / H`, per day, of log losses `[columns]` and E in nats per token."""
    return np.asarray(np.log((np.exp(first) - least) / (np.exp(last) - least)) / days)


def hhi_of_luck(owners: np.ndarray) -> np.ndarray:
    """HHI of reigns among n equal owners with one model each and no margin, `(n + 1) / (2n)`."""
    n = np.asarray(owners, dtype=np.float64)
    return (n + 1.0) / (2.0 * np.where(n > 0, n, np.nan))


def pay_luck(shares: np.ndarray, power: np.ndarray, code: np.ndarray) -> np.ndarray:
    """The part of the variance of emission that neither power nor strategy explains, in one world.

    The miners of each strategy, in the order of their power, are cut into about as many classes as a class has miners.
    The variance within classes over that of all, each by its degrees of freedom, is 1 less the adjusted R squared:
    0 if a class is paid alike, and 1 on average, sometimes more, if pay has nothing to do with classes.

    Args:
        shares: of the emission, `[miners, columns]`.
        power: work that a miner gets done, likewise, in any unit.
        code: number of its strategy, likewise.

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


def delay(histogram: np.ndarray, level: float) -> np.ndarray:
    """A quantile of delays in days, `[bins, columns]` -> `[columns]`; upper edge of its bin, NaN without any."""
    from sim.record import DELAY_BLOCKS  # noqa: PLC0415 - who only names metrics needs no compiler

    total = histogram.sum(axis=0)
    place = (np.cumsum(histogram, axis=0) < level * total).sum(axis=0)
    return np.where(total > 0, (place + 1.0) * DELAY_BLOCKS / BLOCKS_PER_DAY, np.nan)


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
