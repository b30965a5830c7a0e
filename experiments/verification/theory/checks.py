"""The checks of `steepest verify theory`: one expected value each, with the settings of its worlds.

Losses are U^0.01 unless a check says otherwise, noise is off, and evaluations take no time.
"""

from collections.abc import Iterator

import numpy as np

from experiments.verification.theory import (
    attack,
    bunching,
    crowds,
    decays,
    evaluations,
    incentive_checks,
    menu_checks,
    races,
    reigns,
    spender_checks,
)
from experiments.verification.theory.check import Check
from experiments.verification.theory.decays import RACED, STEADY, schedule
from experiments.verification.theory.evaluations import GatedServer
from experiments.verification.theory.payments import CASES, half_life
from sim.clock import BLOCKS_PER_DAY
from sim.validators.noise import SENSITIVE

SPREAD = 0.01
EPSILONS = (0.0, 0.0005, 0.001, 0.005, 0.01)
STEP = 5e-4
"""Log-loss of an improvement in the races."""

LOOK, ARRIVALS, AGES = 150, 3.0, (1, 3, 7, 14)
"""Blocks between two chances to challenge, challengers per day, and the ages in days at which reigns are counted."""
RATES, QUICK_RATES = (2e-4, 5e-4, 1e-3, 2e-3), (2e-3,)
"""Falls of the steady frontier, log loss per day."""
SHELF_RATES = RATES[1:]
"""The same for every age-only policy; the slowest rate takes ten seconds more and says the same."""
FIRSTS = (1, 2, 5, 10)
"""Numbers of improvements that two miners race for."""
FRONTIER, FIRST_LOSS, STALLING = reigns.Frontier(1.9, 2.1, 1.0), 2.3, 0.02
"""A frontier, the first king's loss and a margin under which the throne stalls soon: after nine successors, the last
of which comes when training has lasted 23 times as long as the first took."""
LOSS, SIGMA, RHO, SAMPLES, NOISE_EPSILON = 2.4, 0.3, 0.995, 64, 0.0005
"""The loss of both models and its sd over samples, in nats, the correlation of the two, and the margin."""
SERVER = GatedServer(kept=1.5, each=0.12, arrivals=2.0)
POOLS = (11, 101)
"""Sizes of the ordered pools."""
HALF_LIFE = half_life(0.995, 361)
"""Half-life of SN29's advantage, in blocks."""

WHOLE, FALL, KAPPA, SHIELD_HALF_LIFE = 0.02, 1e-3, 0.5, 3.0
"""A gain in log loss, the fall of the frontier per day, the shield's factor, and its half-life in days."""
SLICES, QUICK_SLICES = (1, 2, 4, 8), (2, 8)
LONGEST_DAYS = 11
SHIELDS = {
    "for-ever": {"kappa": KAPPA, "end": 0.0, "half_life_blocks": 0.0},
    "halving": {"kappa": KAPPA, "end": 0.0, "half_life_blocks": SHIELD_HALF_LIFE * BLOCKS_PER_DAY},
}
PROMISE_DAYS, PROMISE = 2.0, {"start": 0.004, "end": 0.0, "most": 0.05, "cut": 0.5, "target": 1e-3}
"""Days since the first crown, and the parameters of the policy `schedule-anchored`."""
PROMISED = PROMISE_DAYS * PROMISE["target"]
"""Log loss that should have been gained by then."""
ACHIEVED = {"on": 1.0, "behind": 0.0, "ahead": 2.0}
"""Shares of it that were gained."""


def checks(quick: bool = False) -> list[Check]:
    """All checks, or the quick ones, in the order of the results."""
    parts = (
        _records(),
        _margins((100,) if quick else (100, 200)),
        _luck(),
        _first_reigns(),
        _frontiers(),
        _shields(),
        _races(),
        _evaluations(),
        _attacks(),
        _payments(),
        incentive_checks.checks(),
        spender_checks.checks(),
        bunching.checks(),
        menu_checks.checks(),
    )
    return [check for part in parts for check in part if check.quick or not quick]


def _records() -> Iterator[Check]:
    for n, quick in ((10, True), (100, True), (1000, False)):
        mean, variance = crowds.kings(n)
        yield Check(f"records mean n={n}", f"kings after {n} submissions without a margin", mean, quick)
        yield Check(f"records variance n={n}", f"variance of the kings after {n} submissions", variance, quick)
    for j in (2, 3, 4):
        yield Check(f"records second j={j}", f"P(the second king is submission {j})", crowds.second_king(j))
    for m in (1, 2, 3, 4):
        yield Check(f"records law kings={m}", f"P(kings after 10 submissions = {m})", float(crowds.kings_law(10)[m]))
    yield Check(
        "records age n=100", "submissions since the king's own, after 100 without a margin", crowds.king_age(100)
    )


def _margins(sizes: tuple[int, ...]) -> Iterator[Check]:
    for n in sizes:
        for epsilon in EPSILONS:
            q, quick = crowds.chance(epsilon, SPREAD), n == 100
            after = f"kings after {n} submissions, epsilon {epsilon:g}"
            yield Check(
                f"running-best n={n} epsilon={epsilon:g}", f"{after}, running-best", crowds.running_best(n, q), quick
            )
            yield Check(f"king n={n} epsilon={epsilon:g}", f"{after}, king", crowds.king(n, q), quick)
    for epsilon in (0.001, 0.005, 0.01):
        what = f"kings after 200 submissions, epsilon {epsilon:g}, running-best, Weibull losses of shape 50"
        expected = crowds.running_best_weibull(200, epsilon, 50.0)
        yield Check(f"running-best weibull epsilon={epsilon:g}", what, expected)


def _luck() -> Iterator[Check]:
    yield Check("luck hhi", "HHI of 300 one-shot miners without a margin", crowds.hhi(300))
    yield Check(
        "luck longest", "longest reign of 300 one-shot miners as a share of all time", crowds.longest_share(300)
    )


def _first_reigns() -> Iterator[Check]:
    each = ARRIVALS * LOOK / BLOCKS_PER_DAY
    for retry, name in ((False, "once"), (True, "retry")):
        for days in AGES:
            ages = LOOK * np.arange(1, days * BLOCKS_PER_DAY // LOOK + 1)
            chances = each * np.array([crowds.chance(e, SPREAD) for e in schedule("linear-7d").epsilon(ages)])
            what = f"P(first reign > {days} d), linear-7d, a challenger every half hour with probability 1/16, {name}"
            yield Check(
                f"first-reign {name} days={days}", what, reigns.survival_steps(chances.tolist(), retry=retry), days < 7
            )


def _frontiers() -> Iterator[Check]:
    kings, rate = crowds.community_kings(400, 0.2, 0.5), crowds.community_rate(0.2, 0.5)
    yield Check("community kings", "kings after 400 submissions, drift 0.2 and margin 0.5 Gumbel scales", kings)
    yield Check("community rate", "kings per submission in the long run, drift 0.2 and margin 0.5 Gumbel scales", rate)
    for name in STEADY:
        for rate in RATES:
            expected = reigns.frontier_reign(schedule(name), rate, log=True)
            what = f"days of a reign, {name}, frontier falling {rate:g} a day"
            yield Check(f"frontier {name} rate={rate:g}", what, expected, rate in QUICK_RATES)
    for rate in SHELF_RATES:
        for name in decays.DECAYS:
            what = f"days of a reign, {name}, frontier falling {rate:g} a day"
            yield Check(f"frontier shelf {name} rate={rate:g}", what, decays.reign(name, rate), rate in QUICK_RATES)
    times = reigns.king_times(FRONTIER, FIRST_LOSS, STALLING)
    yield Check("stall successors", "kings after the first until a fixed margin of 0.02 stalls", len(times) - 1.0)
    yield Check("stall last", "when the last of them comes, if the first comes at 1", float(times[-1] / times[0]))
    left = FRONTIER.loss(times[-1]) - FRONTIER.floor
    yield Check("stall gap", "how far above the floor the last of them stays, nats", left)


def sliced_reign(name: str, slices: int) -> float:
    """Days of all reigns that a gain buys in so many slices: kappa g / r, or by Lambert's W for a halving shield."""
    bought = KAPPA * WHOLE / slices
    if name == "for-ever":
        return slices * bought / FALL
    return slices * reigns.frontier_reign_exponential(FALL, bought, SHIELD_HALF_LIFE / np.log(2.0))


def _shields() -> Iterator[Check]:
    for slices in SLICES:
        for name in SHIELDS:
            what = f"days that a gain of {WHOLE:g} in {slices} slices reigns in all, a shield of half of it, {name}"
            yield Check(f"shield {name} slices={slices}", what, sliced_reign(name, slices), slices in QUICK_SLICES)
    start = PROMISE["start"]
    for name, expected in (("on", start), ("behind", start / 4.0), ("ahead", 4.0 * start)):
        yield Check(
            f"promise {name}", f"epsilon two days {name} schedule, half of it gone with a day, from 0.004", expected
        )


def _attacks() -> Iterator[Check]:
    for number in attack.SUBMISSIONS:
        quick, after = number in attack.SUBMISSIONS[:2], f"after a vote of {number} random submissions"
        plain = attack.attacked(number, attack.SAMPLES)
        yield Check(f"board plain submissions={number}", f"error that a plain board shows {after}", plain, quick)
        what = f"error that the board shows under standard-errors {after}, authors' Ladder"
        yield Check(f"board ladder submissions={number}", what, attack.PUBLISHED[number], quick)
        yield Check(
            f"board same submissions={number}",
            f"decisions of standard-errors that are the Ladder's, {number} submissions",
            1.0,
            quick,
        )
        yield Check(f"board fresh submissions={number}", f"error {after}, fresh data each time", 0.5, quick)


def _races() -> Iterator[Check]:
    for steps in FIRSTS:
        what = f"days until one of 2 miners has found {steps}, 1 a day each"
        yield Check(f"race first miners=2 steps={steps}", what, races.first_of(2, steps), steps <= 5)
    for miners in (2, 4, 8, 16, 32):
        for steps in (1, 2, 3, 5, 10, 20):
            what = f"efficiency of {miners} miners, {steps} improvements needed"
            yield Check(
                f"race efficiency miners={miners} steps={steps}",
                what,
                races.efficiency(miners, steps),
                (miners, steps) in {(8, 2), (2, 1), (2, 2), (2, 5)},
            )
    for name in RACED:
        found, quick = races.pace(schedule(name), 8, 1.0, STEP), name in {"linear-2d", "fixed-.001"}
        yield Check(f"race reign {name}", f"days of a reign, 8 miners, 1 a day, {name}", found.reign, quick)
        yield Check(f"race gain {name}", f"log-loss gained per crown, 8 miners, 1 a day, {name}", found.gain, quick)
        yield Check(f"race speed {name}", f"log-loss gained per day, 8 miners, 1 a day, {name}", found.speed, quick)
    for steps in (1, 2, 5, 10, 20):
        what = f"crowns of the one of two miners with 0.6 of the compute, {steps} needed"
        yield Check(f"race crowns steps={steps}", what, races.crown_share(0.6, steps), steps <= 2)
    share, reign = races.two_kings(3.0, 1.0)
    yield Check("race two share", "emission share of the miner that dethrones 3 times a day against once", share)
    yield Check("race two reign", "days of a reign that is ended once a day", reign)


def _evaluations() -> Iterator[Check]:
    sd = evaluations.paired_sd(NOISE_EPSILON, SIGMA, RHO, SAMPLES)
    what = "noise 0.0016, a quarter of it for good, epsilon 0.0005"
    for looks, name in ((1, "once"), (4, "four")):
        expected = evaluations.win_chance(-NOISE_EPSILON * LOSS, sd, SENSITIVE, looks)
        yield Check(f"noise {name}", f"P(no gain, but a win in {looks} evaluations), {what}", expected)
    yield Check("queue step", "hours of a step, 2 arrivals an hour, 0.12 h each, 1.5 h kept", SERVER.mean_step)
    yield Check("queue step variance", "variance of a step's length, hours^2", SERVER.step_variance)
    yield Check("queue delay", "hours from a submission to its score", SERVER.delay)
    for steps in (1, 2, 3, 5):
        yield Check(
            f"average new steps={steps}", f"a new king's share after {steps} steps", evaluations.new_king(steps, 0.5)
        )
    yield Check("average old", "what the old king still gets, in steps", evaluations.old_king(0.5))
    for models in POOLS:
        expected = evaluations.top_weight(models, 0.01)
        yield Check(f"softmax top models={models}", f"weight of the best of {models} models", expected)


def _payments() -> Iterator[Check]:
    yield Check("payment credit", "credited descent per nat of descent", 1.0)
    for slices in SLICES:
        what = f"for one descent in {slices} slice{'s' if slices > 1 else ''} of different miners"
        yield Check(f"payment prize slices={slices}", f"prize: paid over promised per nat, {what}", 1.0)
        yield Check(
            f"payment royalty slices={slices}", f"royalty: a slice's share over its share of the descent, {what}", 1.0
        )
    yield Check("payment half-life", "blocks in which SN29's advantage halves", HALF_LIFE)
    for number, case in enumerate(CASES):
        for place, share in enumerate(case.shares or (0.0,)):
            yield Check(f"pool case={number} model={place}", f"{case.what}: share of model {place}", share)
