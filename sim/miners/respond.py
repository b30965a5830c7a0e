"""What a miner that responds to pay decides by itself: effort, course and entry, from public facts and its own books.

The functions share their arguments: `book` and `rule` are records of `BOOK` and `RULE`, `pay` is USD per day for all
miners together, `draw` a uniform number of the look, and `odds` work space.
"""

from math import exp, inf
from typing import Any

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.compiler import inner
from sim.miners.responses import FIXED, PROFIT, REINVEST, TULLOCK
from sim.validators.fees import Options

OWN = 0.5
"""Weight of its own smoothed share, against the mean share of an active miner, in the share that a miner believes in.

Where the winner takes all, its own share says who won last rather than what effort is worth. Beliefs of all miners in
the contest sum to about 1 for any weight."""


@inner
def keep_books(book: Any, rule: Any, active: bool, emission: float, days: float, pay: float, mean: float) -> float:
    """Take in what a miner was paid since its last look: the USD.

    `emission` is all of it so far, in days of all emission; `mean` what one more miner would be paid, USD per day.
    """
    earned = (emission - book.emission) * pay
    book.emission = emission
    if days > 0.0:
        usual = days == rule.usual
        left = rule.left if usual else exp(-days / rule.memory)
        book.income = book.income * left + earned / days * (1.0 - left)
        if rule.entry == PROFIT:
            left = rule.entry_left if usual else exp(-days / rule.entry_memory)
            book.belief = book.belief * left + (earned / days if active else mean) * (1.0 - left)
    return float(earned)


@inner
def fade(head_days: np.ndarray, head_pay: np.ndarray, rule: Any, blocks: float) -> None:
    """Let what is known of the courses of a menu grow older, in all columns; both arrays as in `Responses`."""
    if head_days.shape[1] == 0:
        return
    left = exp(-blocks / BLOCKS_PER_DAY / rule.menu_memory)
    for c in range(len(head_days)):
        for course in range(head_days.shape[1]):
            head_days[c, course] *= left
            head_pay[c, course] *= left


@inner
def choose_effort(
    book: Any, rule: Any, active: int, cost: float, pay: float, draw: float, levels: np.ndarray, odds: np.ndarray
) -> float:  # fmt: skip
    """The effort of the next stretch.

    `active` miners are in the contest; `cost` is USD per day at effort 1; `levels` are those of `Logit`.
    """
    if rule.effort == FIXED:
        return float(min(1.0, rule.most))
    if cost <= 0.0:
        return float(rule.most)
    if rule.effort == REINVEST:
        return float(min(rule.share * book.income / cost, rule.most))
    mean = 1.0 / max(active, 1)
    share = 0.0
    if pay > 0.0:
        share = min(OWN * book.income / pay + (1.0 - OWN) * mean, 1.0)
    if rule.effort == TULLOCK:
        return float(min(share * (1.0 - share) * pay / cost, rule.most))
    return float(draw_level(book.effort, rule.temperature, share, mean, cost, pay, draw, levels, odds))


@inner
def draw_level(
    effort: float, temperature: float, share: float, mean: float, cost: float, pay: float, draw: float,
    levels: np.ndarray, odds: np.ndarray,
) -> float:  # fmt: skip
    """A level of effort, with odds exp(expected profit / temperature).

    The odds of a miner's share are believed to grow in proportion to its effort. Of a miner that does nothing now, the
    share says nothing; it believes that effort 1 earns the `mean` share of an active miner.
    """
    if effort <= 0.0:
        share, effort = mean, 1.0
    for_one, best = share / max(1.0 - share, 1e-9) / effort, -inf
    for place in range(len(levels)):
        reached = for_one * levels[place]
        odds[place] = (pay * reached / (1.0 + reached) - cost * levels[place]) / temperature
        best = max(best, odds[place])
    return float(levels[draw_place(odds, len(levels), best, draw)])


@inner
def choose_course(
    head_days: np.ndarray, head_pay: np.ndarray, rule: Any, mean: float, draw: float, odds: np.ndarray
) -> int:  # fmt: skip
    """The course of the menu that a miner begins again on, or the option that it takes; see `Choosing`.

    `head_days` and `head_pay` are those of the column, `[courses]`; `mean` is the mean pay of a miner in a day.
    """
    courses = len(head_days)
    if draw < rule.explore:
        return min(int(draw / rule.explore * courses), int(courses) - 1)
    best = -inf
    for course in range(courses):
        odds[course] = head_pay[course] / max(head_days[course], 1e-300) / (max(mean, 1e-300) * rule.choice)
        best = max(best, odds[course])
    return int(draw_place(odds, courses, best, (draw - rule.explore) / (1.0 - rule.explore)))


@inner
def choose_option(options: Options, c: int, rule: Any, draw: float) -> int:
    """The option of a protection menu for a model that is committed; 0 where there is nothing to choose."""
    count = options.offered[c]
    if count < 2:
        return 0
    days, pay = options.days[c, :count], options.pay[c, :count]
    return int(choose_course(days, pay, rule, options.mean, draw, options.odds))


@inner
def draw_place(odds: np.ndarray, count: int, best: float, draw: float) -> int:
    """A place among the first `count`, whose logarithms of odds are given, the largest of them `best`; by lot."""
    total = 0.0
    for place in range(count):
        odds[place] = exp(odds[place] - best)
        total += odds[place]
    below = draw * total
    for place in range(count):
        below -= odds[place]
        if below < 0.0:
            return int(place)
    return count - 1


@inner
def stays(book: Any, rule: Any, active: bool, cost: float) -> bool:
    """Whether a miner is in the contest from now on, by the profit that it expects; see `Profit`."""
    if rule.entry != PROFIT:
        return True
    # who leaves would have to earn the fee and the reserve again to come back, so it stays a little below its cost
    profit = book.belief - cost * book.effort
    return bool(profit >= (-rule.asked if active else rule.asked))


@inner
def reached(begin: int, end: int, work: float, gain: np.ndarray, mark: np.ndarray, effort: float, most: float) -> float:
    """How far a stretch takes a miner at an effort; see `Ideas`. `work` is what it would be at effort 1."""
    if begin < 0:
        return work * effort
    done = 0.0
    for idea in range(begin, end):
        if mark[idea] * most < effort:
            done += gain[idea]
    return done
