"""What a miner that responds to pay decides by itself: effort, course and entry, from public facts and its own books.

The functions share their arguments: `c` is a column, `m` a miner, `pay` USD per day for all miners together, and
`draw` a uniform number of the look.
"""

from math import exp

import numpy as np

from sim.clock import BLOCKS_PER_DAY
from sim.compiler import inner
from sim.miners.responses import FIXED, PROFIT, REINVEST, TULLOCK, Responses

OWN = 0.5
"""Weight of its own smoothed share, against the mean share of an active miner, in the share that a miner believes in.

Where the winner takes all, its own share says who won last rather than what effort is worth. Beliefs of all miners in
the contest sum to 1 for any weight."""


@inner
def keep_books(
    responses: Responses, c: int, m: int, course: int, active: bool, emission: float, days: float, pay: float
) -> None:  # fmt: skip
    """Take in what a miner was paid since its last look: `emission` is all of it so far, in days of all emission."""
    book = responses.books[c, m]
    earned = (emission - book.emission) * pay
    book.emission = emission
    if days <= 0.0:
        return
    left = exp(-days * BLOCKS_PER_DAY / responses.memory)
    book.income = book.income * left + earned / days * (1.0 - left)
    if responses.entry == PROFIT:
        left = exp(-days * BLOCKS_PER_DAY / responses.entry_memory)
        expected = earned / days if active else pay / (responses.active[c] + 1)
        book.belief = book.belief * left + expected * (1.0 - left)
    if responses.head_days.shape[1] > 0 and active:
        responses.head_days[c, course] += days
        responses.head_pay[c, course] += earned


@inner
def fade(responses: Responses, blocks: float) -> None:
    """Let what is known of the courses of a menu grow older, in all columns."""
    if responses.head_days.shape[1] == 0:
        return
    left = exp(-blocks / responses.menu_memory)
    for c in range(len(responses.head_days)):
        for course in range(responses.head_days.shape[1]):
            responses.head_days[c, course] *= left
            responses.head_pay[c, course] *= left


@inner
def choose_effort(responses: Responses, c: int, m: int, cost: float, pay: float, draw: float) -> float:
    """The effort of the next stretch; `cost` is USD per day at effort 1."""
    book, most = responses.books[c, m], responses.most
    if responses.rule == FIXED:
        return float(min(1.0, most))
    if cost <= 0.0:
        return float(most)
    if responses.rule == REINVEST:
        return float(min(responses.share * book.income / cost, most))
    active = max(responses.active[c], 1)
    share = 0.0
    if pay > 0.0:
        share = min(OWN * book.income / pay + (1.0 - OWN) / active, 1.0)
    if responses.rule == TULLOCK:
        return float(min(share * (1.0 - share) * pay / cost, most))
    return float(draw_level(responses, share, active, book.effort, cost, pay, draw))


@inner
def draw_level(
    responses: Responses, share: float, active: int, effort: float, cost: float, pay: float, draw: float
) -> float:  # fmt: skip
    """A level of effort, with odds exp(expected profit / temperature).

    The odds of a miner's share are believed to grow in proportion to its effort. Of a miner that does nothing now, the
    share says nothing; it believes that effort 1 earns what an active miner earns on average.
    """
    if effort <= 0.0:
        share, effort = 1.0 / active, 1.0
    for_one = share / max(1.0 - share, 1e-9) / effort
    best = -np.inf
    for place in range(len(responses.levels)):
        odds = for_one * responses.levels[place]
        profit = pay * odds / (1.0 + odds) - cost * responses.levels[place]
        responses.odds[place] = profit / responses.temperature
        best = max(best, responses.odds[place])
    return float(responses.levels[draw_place(responses.odds, len(responses.levels), best, draw)])


@inner
def choose_course(responses: Responses, c: int, miners: int, pay: float, draw: float) -> int:
    """The course of the menu that a miner begins again on; see `Choosing`."""
    courses = responses.head_days.shape[1]
    if draw < responses.explore:
        return min(int(draw / responses.explore * courses), int(courses) - 1)
    mean, best = max(pay / miners, 1e-300), -np.inf
    for course in range(courses):
        per_head = responses.head_pay[c, course] / max(responses.head_days[c, course], 1e-300)
        responses.odds[course] = per_head / (mean * responses.choice)
        best = max(best, responses.odds[course])
    return int(draw_place(responses.odds, courses, best, (draw - responses.explore) / (1.0 - responses.explore)))


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
def stays(responses: Responses, c: int, m: int, active: bool, cost: float) -> bool:
    """Whether a miner is in the contest from now on, by the profit that it expects; see `Profit`."""
    if responses.entry != PROFIT:
        return True
    book = responses.books[c, m]
    return bool(book.belief >= cost * book.effort if active else book.belief >= cost + responses.asked)


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
