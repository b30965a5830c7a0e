"""Responses to pay: what miners do by themselves follows from public facts and their own books, as the rules say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import build
from sim.lanes import Lane
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.miners.respond import choose_course, choose_effort, draw_place, keep_books, reached, stays
from sim.miners.responses import Choosing, Fixed, Logit, Profit, Reinvest, Tullock, new_responses
from sim.scenario import Economy, Scenario
from sim.world import World

MINERS, PAY = 10, 1000.0
SMALL = IdeasProgress(per_day=0.5, gain=0.0002, law="exponential", burst=1.0)
LARGE = IdeasProgress(per_day=0.05, gain=0.004, law="exponential", burst=1.0)


def responses(**keys):
    """Those of ten miners in one column, all in the contest, who share 1,000 USD a day."""
    economy = Economy(usd_per_day=PAY, registration_usd=300.0)
    scenario = Scenario(miners=MINERS, economy=economy, **({"disruption_days": 1.0} | keys))
    found = new_responses(scenario, np.ones((1, MINERS), bool))
    records = {"books": found.books.view(np.recarray), "rules": found.rules.view(np.recarray)}
    return found._replace(**records)  # compiled, records have attributes by themselves


def effort(rule, income=100.0, cost=10.0, draw=0.5):
    """The effort of a miner of that smoothed income."""
    mine = responses(effort=rule)
    mine.books["income"] = income
    return choose_effort(mine.books[0, 0], mine.rules[0], MINERS, cost, PAY, draw, mine.levels, mine.odds)


def test_a_share_of_the_pay_is_spent():
    """`reinvest` spends the share on compute, and no more than `most` of it."""
    assert effort(Reinvest(rule="reinvest", share=0.8, most=64.0)) == pytest.approx(8.0, rel=1e-15)
    assert effort(Reinvest(rule="reinvest", share=0.8, most=3.0)) == 3.0
    assert effort(Reinvest(rule="reinvest", share=0.8, most=3.0), income=0.0) == 0.0


def test_equal_miners_spend_what_tullock_says():
    """n equal miners together spend (n - 1) / n of the pay (Tullock 1980)."""
    spent = MINERS * 10.0 * effort(Tullock(rule="tullock", most=64.0))
    assert spent == pytest.approx((MINERS - 1) / MINERS * PAY, rel=1e-12)


@given(st.floats(0.0, 1.0), st.floats(1.0, 1e4))
def test_tullocks_effort_is_the_best_reply(share, cost):
    """No other effort earns more against the others' spending that the believed share s implies: s W (1 - s) / s."""
    mine = 2.0 * (share - 0.5 / MINERS) * PAY  # the income behind that belief
    if mine <= 0.0:
        return
    found = effort(Tullock(rule="tullock", most=64.0), income=mine, cost=cost)
    if not 0.0 < found < 64.0:
        return
    belief = min(0.5 * mine / PAY + 0.5 / MINERS, 1.0)
    others = belief * (1.0 - belief) * PAY * (1.0 - belief) / belief
    tried = found * np.linspace(0.5, 2.0, 301)
    profit = PAY * tried * cost / (tried * cost + others) - tried * cost
    best = PAY * found * cost / (found * cost + others) - found * cost
    assert best >= profit.max() - 1e-6 * PAY


def test_a_cold_logit_takes_the_level_of_most_profit():
    """At a low temperature the level with the largest expected profit is taken, whatever the draw."""
    levels = [0.0, 0.5, 1.0, 2.0, 4.0, 8.0]
    odds = 0.1 / 0.9 * np.array(levels)  # a share of 0.1 at effort 1
    best = levels[int(np.argmax(PAY * odds / (1.0 + odds) - 50.0 * np.array(levels)))]
    for draw in (0.0, 0.5, 0.999):
        assert effort(Logit(rule="logit", levels=levels, temperature=1e-3), cost=50.0, draw=draw) == best


def test_a_hot_logit_takes_every_level_alike():
    """At a high temperature all levels are as likely: draws are divided evenly among them."""
    rule = Logit(rule="logit", levels=[0.0, 1.0, 2.0, 4.0], temperature=1e9)
    found = [effort(rule, draw=draw) for draw in (0.1, 0.3, 0.6, 0.9)]
    assert found == [0.0, 1.0, 2.0, 4.0]


@given(st.lists(st.floats(-5.0, 5.0), min_size=1, max_size=6), st.floats(0.0, 0.999))
def test_places_are_drawn_by_their_odds(logs, draw):
    """A place is drawn where the draw lies within its part of the whole."""
    odds = np.exp(logs)
    place = draw_place(np.array(logs), len(logs), max(logs), draw)
    edges = np.cumsum(odds) / odds.sum()
    assert edges[place] >= draw - 1e-12
    assert place == 0 or edges[place - 1] <= draw + 1e-12


def test_courses_that_pay_more_are_chosen_more():
    """Without exploration the odds of a course are e for every `temperature` of mean pay that it pays more."""
    mine = responses(menu=(("a", SMALL), ("b", LARGE)), choosing=Choosing(temperature=0.5, explore=0.0))
    mine.head_pay[0] = mine.head_days[0] * np.array([100.0, 150.0])  # mean pay is 100
    edge = 1.0 / (1.0 + np.e)
    for draw, course in ((edge - 1e-9, 0), (edge + 1e-9, 1)):
        heads, paid = mine.head_days[0], mine.head_pay[0]
        assert choose_course(heads, paid, mine.rules[0], PAY / MINERS, draw, mine.odds) == course


def test_income_fades_with_the_memory():
    """After one time constant without pay, 1/e of the income is left."""
    mine = responses(effort=Tullock(rule="tullock", most=8.0, memory_days=7.0))
    assert keep_books(mine.books[0, 3], mine.rules[0], True, 0.0, 7.0, PAY, 90.0) == 0.0
    assert mine.books["income"][0, 3] == pytest.approx(PAY / MINERS * np.exp(-1.0), rel=1e-15)
    assert mine.books["income"][0, 4] == PAY / MINERS


def test_a_miner_enters_for_more_than_it_asks_and_leaves_below_its_cost():
    """Enter above cost + reserve + fee / payback_days, leave as much below cost; between the two nothing changes."""
    mine = responses(entry=Profit(rule="profit", reserve=5.0, payback_days=30.0))
    for belief, inside, outside in (
        (84.0, False, False),
        (86.0, True, False),
        (114.0, True, False),
        (116.0, True, True),
    ):
        mine.books["belief"] = belief
        assert stays(mine.books[0, 0], mine.rules[0], True, 100.0) is inside
        assert stays(mine.books[0, 0], mine.rules[0], False, 100.0) is outside


def test_ideas_are_thinned_by_effort():
    """A miner has the ideas whose mark is below effort / most; where there are no ideas, effort multiplies work."""
    gain, mark = np.array([1.0, 2.0, 4.0]), np.array([0.1, 0.4, 0.9])
    assert reached(0, 3, 9.0, gain, mark, 4.0, 8.0) == 3.0
    assert reached(0, 3, 9.0, gain, mark, 8.0, 8.0) == 7.0
    assert reached(-1, -1, 9.0, gain, mark, 0.5, 8.0) == 4.5


CONTEST = Scenario(days=12.0, miners=12)
LANES = [Lane(str(bar), build({"fixed": {"epsilon": bar}})) for bar in (0.0, 0.002)]


def area(scenario, lanes=LANES, worlds=(0, 1)):
    """The descent areas of all columns, and the GPU days."""
    record = World(scenario, lanes, 3, worlds).run()
    return record.area, record.gpu_days


@pytest.mark.parametrize("way", [LawProgress(), IdeasProgress(per_day=2.0)])
def test_full_effort_is_the_world_without_responses(way):
    """A rule under which everybody always makes effort 1 gives the numbers of `fixed`, bit for bit."""
    contest = replace(CONTEST, progress=((way, 1.0),))
    always = replace(contest, effort=Logit(rule="logit", levels=[1.0, 0.0], temperature=1e-6),
                     economy=Economy(usd_per_day=1e9))  # fmt: skip
    np.testing.assert_array_equal(area(always), area(replace(contest, economy=Economy(usd_per_day=1e9))))


def test_half_the_effort_costs_half():
    """With `most` 0.5 a miner trains half as much, and pays half."""
    (_, half), (_, whole) = area(replace(CONTEST, effort=Fixed(most=0.5))), area(CONTEST)
    np.testing.assert_allclose(half, whole / 2, rtol=1e-12)


def test_lanes_do_not_touch_each_other():
    """With every response on, a lane gives the same numbers alone and beside another, in one world and beside more."""
    contest = replace(
        CONTEST, disruption_days=0.25, menu=(("small", SMALL), ("large", LARGE)),
        effort=Logit(rule="logit", levels=[0.0, 1.0, 4.0], temperature=50.0), entry=Profit(rule="profit"),
    )  # fmt: skip
    together = area(contest)
    for lane in range(2):
        for world in range(2):
            alone = area(contest, [LANES[lane]], (world,))
            np.testing.assert_array_equal(np.array(alone)[:, 0], np.array(together)[:, 2 * lane + world])


def test_crowns_cost_everybody_time():
    """With disruption the loss falls less, and the cost stays the same."""
    contest = replace(CONTEST, progress=((IdeasProgress(per_day=2.0), 1.0),))
    (calm, spent), (disrupted, same) = area(contest), area(replace(contest, disruption_days=2.0))
    assert (disrupted < calm).all()
    np.testing.assert_array_equal(spent, same)
