"""Measures of predictions that no table of results has: `python -m experiments.verification.predictions h04`.

The predictions, each with the rule of its verdict, are the recipes in `experiments/data/recipes/predictions`;
docs/findings.md has the outcomes.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.data import RECIPES
from experiments.recipe.recipe import Spec, load
from experiments.results.estimate import Estimate, estimate
from experiments.verification.theory.reigns import survival
from sim.clock import BLOCKS_PER_DAY, blocks
from sim.lanes import Lane
from sim.scenario import Scenario
from sim.world import World

PREDICTIONS = RECIPES / "predictions"
PASS = 16
"""Worlds that run side by side."""

STOCK, STOCK_DAY = 0.0205, 28.0
"""Log loss that one miner is given for nothing, and when (h04)."""
THIRD = (0.2, 0.45)
"""Shares of the pay that count as about a third (h05)."""
NEARLY_ALL = 0.9
"""A share of the pay that counts as all of it (h05)."""
AGES = (1.0, 3.0, 7.0, 14.0)
"""Days at which reigns are counted (h07)."""
CLIFFS = {"linear decay_blocks=28800": (1, 2, 3, 4), "staircase": (1, 2, 3, 4), "narrow": (2,), "wide": (2,)}
"""Ages of the king, in days, at which its advantage drops, by the beginning of a lane's name (h08)."""
BEFORE, AFTER, AROUND = 1.5 / 24, 3.0 / 24, 0.5
"""Days: a commitment is at a cliff from `BEFORE` it to `AFTER` it, and counts if it is within `AROUND` of it (h08)."""
MOMENTS = (25.0, 50.0, 100.0, 200.0, 400.0)
"""Days at which private models are compared (convergence)."""


@dataclass(frozen=True)
class Contest:
    """The arguments of a `World` that runs several times from the beginning."""

    scenario: Scenario
    lanes: tuple[Lane, ...]
    seed: int
    worlds: Sequence[int]

    def world(self) -> World:
        """A fresh world."""
        return World(self.scenario, self.lanes, self.seed, self.worlds)

    def by_lane(self, columns: np.ndarray) -> np.ndarray:
        """`[columns]` -> `[lanes, worlds]`."""
        return columns.reshape(len(self.lanes), len(self.worlds))


def days_of_pay(contest: Contest, stock: float, day: float, *, works: bool) -> np.ndarray:
    """Pay of one miner after `day`, on which it is given `stock` of log loss, in days of all pay, `[lanes, worlds]`.

    It is the miner that deviates in lanes with a deviant, and the same miner in the others. From then on it trains
    if it `works`, or else shows what it has.
    """
    world = contest.world()
    columns = np.arange(world.columns.width)
    miner = np.argmin(world.miners.choices.rank, axis=0)[world.columns.world]
    start, every = blocks(day), contest.scenario.validation.step_blocks
    before = np.zeros(len(columns))

    def watch(now: int) -> None:
        if now <= start < now + every:
            world.miners.position[miner, columns] += stock
            before[:] = world.miners.emission[miner, columns]
        if now >= start and not works:
            world.miners.training[miner, columns] = False

    world.run(watch)
    return contest.by_lane(world.miners.emission[miner, columns] - before)


def standoffs(contest: Contest) -> dict[str, np.ndarray]:
    """Shares of time in which near misses decide the pay, float `[lanes, worlds]`.

    `thirds`: three models are paid about a third each. `blocked`: the king is paid nearly everything, although a
    younger model in the pool beats it by its present advantage.
    """
    world = contest.world()
    validator, columns = world.validators[0], range(world.columns.width)
    counts = {"thirds": np.zeros(len(columns)), "blocked": np.zeros(len(columns))}

    def watch(now: int) -> None:
        most = np.sort(validator.weights.T, axis=0)[-3:]
        counts["thirds"] += ((most >= THIRD[0]) & (most <= THIRD[1])).all(axis=0)
        king = validator.king
        for column in np.flatnonzero(most[-1] > NEARLY_ALL).tolist():
            counts["blocked"][column] += beaten(validator.pool(column), king[column])

    world.run(watch)
    return {name: contest.by_lane(count / contest.scenario.steps) for name, count in counts.items()}


def beaten(pool: np.ndarray, king: int) -> bool:
    """Whether a younger model in a pool (records of `SEAT`) beats the king's by its present advantage."""
    for seat in pool[pool["uid"] == king]:
        younger = pool[pool["block"] > seat["block"]]
        return bool((younger["score"] < seat["score"] * (1.0 - seat["epsilon"])).any())
    return False


def commitment_ages(contest: Contest) -> tuple[np.ndarray, np.ndarray]:
    """The column of every commitment by a miner that is not king, and the king's age then in days; `[some]` each."""
    world = contest.world()
    validator, columns = world.validators[0], np.arange(world.columns.width)
    found: list[tuple[np.ndarray, np.ndarray]] = []
    before = world.miners.submissions.copy()

    def watch(now: int) -> None:
        nonlocal before
        row, column = np.nonzero(world.miners.submissions > before)
        before = world.miners.submissions.copy()
        king = validator.king[column]
        age = world.miners.committed.block[row, column] - validator.models.block[king, column]
        other = (row != king) & (king >= 0)
        found.append((columns[column[other]], age[other] / BLOCKS_PER_DAY))

    world.run(watch)
    column, age = (np.concatenate(part) for part in zip(*found, strict=True))
    return column, age


def bunching(age: np.ndarray, cliffs: Sequence[float]) -> float:
    """Of the ages within `AROUND` of a cliff, the share that lies from `BEFORE` to `AFTER` it; NaN without any."""
    off = age[:, None] - np.array(cliffs)
    near = np.abs(off) <= AROUND
    at = near & (off >= -BEFORE) & (off <= AFTER)
    return float(at.sum() / near.sum()) if near.any() else float("nan")


def first_reigns(contest: Contest) -> np.ndarray:
    """Days of the first reign, cut at the end of the contest, `[lanes, worlds]`."""
    world = contest.world()
    crowns = world.run().crowns()
    reigns = np.empty(world.columns.width)
    for column in range(world.columns.width):
        start = crowns.block[crowns.column == column]
        reigns[column] = np.append(start, contest.scenario.horizon)[1] - start[0]
    return contest.by_lane(reigns / BLOCKS_PER_DAY)


def private_losses(contest: Contest, days: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Losses of the miners' private models on some days, and the set that each began to train on.

    Returns:
        Nats per token on the data that are evaluated at the end `[days, miners, columns]`, and the index of the set
        `[miners, columns]`.
    """
    world = contest.world()
    miners, every = world.miners, contest.scenario.validation.step_blocks
    found: list[np.ndarray] = []
    begun = np.argmax(miners.training_mix, axis=0)

    def watch(now: int) -> None:
        for day in days:
            if now < blocks(day) <= now + every:
                found.append(miners.losses(miners.target_mix))

    world.run(watch)
    return np.stack(found), begun


def spread_and_gap(losses: np.ndarray, begun: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pooled sd of losses `[miners, worlds]` within a set, and the mean of the later set less that of the first."""
    first = begun == begun.min()
    spread, gap = np.empty(losses.shape[1]), np.empty(losses.shape[1])
    for world in range(losses.shape[1]):
        groups = [losses[mine, world] for mine in (first[:, world], ~first[:, world])]
        squares = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
        spread[world] = np.sqrt(squares / (len(losses) - len(groups)))
        gap[world] = groups[1].mean() - groups[0].mean()
    return spread, gap


def passes(spec: Spec, scenario: Scenario) -> Iterator[Contest]:
    """The worlds of a scenario, `PASS` at a time."""
    for start in range(0, spec.recipe.worlds, PASS):
        worlds = range(start, min(start + PASS, spec.recipe.worlds))
        yield Contest(scenario, spec.lanes, spec.recipe.seed, worlds)


def joined(spec: Spec, scenario: Scenario, one: Callable[[Contest], np.ndarray]) -> np.ndarray:
    """What `one` measures in all worlds of a scenario, `[lanes, worlds]`."""
    return np.concatenate([one(contest) for contest in passes(spec, scenario)], axis=1)


def mean_of(values: np.ndarray) -> Estimate:
    """The mean over worlds with its interval."""
    return estimate(values, np.zeros(len(values)))


def shown(found: Estimate) -> str:
    """An estimate as text."""
    return f"{found.mean:.4g} ({found.lo:.4g} to {found.hi:.4g}, n={found.n})"


def slices(spec: Spec) -> Iterator[str]:
    """Days of pay that a stock of log loss is worth, by lane, and the ratio of withholding it to showing it (h04)."""
    policies = len(spec.lanes) // len(spec.populations)
    for works in (False, True):
        extra = _worth(spec, works)
        for i, lane in enumerate(spec.lanes):
            ratio = ratio_of(extra[i], extra[i % policies])  # the first population's lanes come first
            does = "works on" if works else "stops"
            yield f"{does:8} {lane.name:70} {shown(mean_of(extra[i])):36} ratio {shown(ratio)}"


def _worth(spec: Spec, works: bool) -> np.ndarray:
    """Days of pay that the stock is worth, `[lanes, worlds]`."""
    (scenario,) = spec.scenarios

    def days(stock: float) -> np.ndarray:
        return joined(spec, scenario, lambda contest: days_of_pay(contest, stock, STOCK_DAY, works=works))

    worth: np.ndarray = days(STOCK) - days(0.0)
    return worth


def ratio_of(above: np.ndarray, below: np.ndarray) -> Estimate:
    """Ratio of two means over the same worlds, with the interval of a ratio estimator (the delta method)."""
    ratio = above.mean() / below.mean()
    return mean_of(ratio + (above - ratio * below) / below.mean())


def blocks_and_cycles(spec: Spec) -> Iterator[str]:
    """Shares of time of thirds and blocks, by lane (h05)."""
    (scenario,) = spec.scenarios
    found = [standoffs(contest) for contest in passes(spec, scenario)]
    for name in found[0]:
        values = np.concatenate([part[name] for part in found], axis=1)
        for i, lane in enumerate(spec.lanes):
            yield f"{name:8} {lane.name:50} {shown(mean_of(values[i]))}"


def reigns(spec: Spec) -> Iterator[str]:
    """P(first reign > t) and its closed form, by lane, and by how much retries shorten the first reign (h07)."""
    found = {scenario.name: joined(spec, scenario, first_reigns) for scenario in spec.scenarios}
    for name, values in found.items():
        for i, lane in enumerate(spec.lanes):
            for age in AGES:
                theory = survival(lane.policy, age, 3.0, 0.01, retry=name == "retry")
                yield f"{name:9} {lane.name:10} t={age:<3g} {shown(mean_of(values[i] > age))} theory {theory:.4f}"
    cut = {name: np.minimum(values, AGES[-1]) for name, values in found.items()}
    for i, lane in enumerate(spec.lanes):
        saved = mean_of((cut["no retry"] - cut["retry"])[i])
        yield f"no retry less retry, cut at {AGES[-1]:g} days: {lane.name:10} {shown(saved)}"


def cliffs(spec: Spec) -> Iterator[str]:
    """Share of the commitments near a cliff that are right at it, by lane (h08)."""
    (scenario,) = spec.scenarios
    rows: dict[str, list[float]] = {}
    for contest in passes(spec, scenario):
        column, age = commitment_ages(contest)
        for number in range(len(spec.lanes) * len(contest.worlds)):
            lane = spec.lanes[number // len(contest.worlds)]
            mine = age[column == number]
            days = next(days for name, days in CLIFFS.items() if lane.name.startswith(name))
            rows.setdefault(lane.name, []).append(bunching(mine, days))
            rows.setdefault(f"{lane.name}, at 2 days", []).append(bunching(mine, (2,)))
    for name, values in rows.items():
        yield f"{name:50} {shown(mean_of(np.array(values)))}"


def convergence(spec: Spec) -> Iterator[str]:
    """Spread within training mixes and gap between them (convergence)."""
    (scenario,) = spec.scenarios
    parts = [private_losses(contest, MOMENTS) for contest in passes(spec, scenario)]
    losses, begun = np.concatenate([p[0] for p in parts], axis=2), np.concatenate([p[1] for p in parts], axis=1)
    for day, values in zip(MOMENTS, losses, strict=True):
        spread, gap = spread_and_gap(values, begun)
        yield f"day {day:<4g} spread {shown(mean_of(spread))}  gap {shown(mean_of(gap))}"


ANALYSES: dict[str, Callable[[Spec], Iterator[str]]] = {
    "h04": slices,
    "h05": blocks_and_cycles,
    "h07": reigns,
    "h08": cliffs,
    "convergence": convergence,
}


def main(arguments: Sequence[str]) -> int:
    """Print the analyses of these names, and return the exit code."""
    unknown = [name for name in arguments if name not in ANALYSES]
    if unknown or not arguments:
        known = ", ".join(ANALYSES)
        print(f"python -m experiments.verification.predictions NAME..., with names among {known}", file=sys.stderr)
        return 2
    for name in arguments:
        for line in ANALYSES[name](load(PREDICTIONS / f"{name}.yaml")):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
