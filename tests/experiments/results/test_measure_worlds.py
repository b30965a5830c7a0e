"""Metrics of worlds, counted by hand: what is paid beside the king and for copies, and what luck alone would give."""

from dataclasses import replace
from itertools import permutations
from math import log

import numpy as np
import pytest
from steady_world import AT_ONCE, SEED, ended, lane, steady

from experiments.results.measure import emission_shares, entropy, measure
from experiments.results.statistics import excess_rate, hhi_of_luck, pay_luck
from sim.clock import BLOCKS_PER_DAY
from sim.data.data import Data
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.scenario import Scenario
from sim.traces.laws.published import law
from sim.world import World

DAYS = 3
THIRDS = np.full(3, 1 / 3)


def lived(*days: tuple[int, np.ndarray, tuple[int, ...]]) -> dict[str, float]:
    """The metrics of a contest of three in which each day had this king, these shares and these miners with copies."""
    world = World(steady(0.0, 0.0, 0.0, days=DAYS), [lane("fixed")], SEED, [0])
    validator, record = world.validators[0], world.record
    facts = validator.models.facts[0]
    facts["loss"][:3] = 2.5
    for day, (king, paid, copied) in enumerate(days):
        facts["copied"][:3] = [miner in copied for miner in range(3)]
        record.account.sums["news"] = True
        blocks = day * BLOCKS_PER_DAY, (day + 1) * BLOCKS_PER_DAY
        payroll = world.payroll._replace(weights=np.array([paid], np.float32), kings=np.array([king]))
        record.step(*blocks, validator, payroll, world.columns.table)
    return {name: float(values[0]) for name, values in measure(world).items()}


def test_a_cycle_pays_two_thirds_beside_the_king():
    """Three that beat each other share alike, so two thirds do not go to the king; without a cycle none."""
    assert lived(*[(0, THIRDS, ())] * DAYS)["beside_king"] == pytest.approx(2 / 3, rel=1e-12)
    assert lived(*[(1, np.array([0.0, 1.0, 0.0]), ())] * DAYS)["beside_king"] == 0


def test_copies_are_paid_while_they_are_there():
    """Miner 1 has a copy on day 2 of 3, miner 2 on days 2 and 3; they are paid 3/8 then, and 3/8: 3/4 of 3."""
    shares = np.array([0.5, 0.25, 0.25]), np.array([0.625, 0.25, 0.125]), np.array([0.625, 0.0, 0.375])
    days = zip((0, 0, 0), shares, ((), (1, 2), (2,)), strict=True)
    assert lived(*days)["copied_share"] == pytest.approx((0.25 + 0.125 + 0.375) / 3, rel=1e-12)


def test_a_copycat_is_paid_for_copies():
    """A miner that has nothing but copies: the share of copies is its own; among honest miners it is 0."""
    contest = steady(0.0, 0.004, 0.0, days=2.0, noise=Scenario().noise)
    world = ended(contest, lane({"fixed": {"epsilon": 0.0002}}, "copycat"), lane({"fixed": {"epsilon": 0.0002}}))
    found, shares = measure(world)["copied_share"], emission_shares(world)
    assert shares[0, 0] > 0.001
    assert found[0] == pytest.approx(shares[0, 0], rel=1e-12)
    assert found[1] == 0


def test_the_lag_is_both_gaps():
    """G1 + G2: what is published and not crowned, and what is not published (theory B1)."""
    world = ended(steady(0.004, 0.003, 0.002, days=6.0), lane("linear", "withholder"), lane("fixed"))
    found = measure(world)
    assert found["lag"] == pytest.approx(found["eligibility_gap"] + found["withholding_gap"], rel=1e-12)
    assert (found["lag"] > 0).all()


def test_descent_of_the_excess():
    """An excess over E that halves in ten days falls at ln 2 / 10 a day."""
    first, last = np.log([2.3, 2.3]), np.log([2.05, 2.3])
    assert excess_rate(first, last, 1.8, 10.0) == pytest.approx([log(2) / 10, 0.0])


def test_the_entropy_is_the_laws():
    """E where all miners follow laws of one E and data do not matter; elsewhere there is none."""
    refined, ideas = LawProgress("refinedweb"), IdeasProgress()
    other = LawProgress("hoffmann")
    assert law("hoffmann").entropy != law("refinedweb").entropy
    assert entropy(Scenario()) == law("refinedweb").entropy
    assert (
        entropy(Scenario(progress=((refined, 0.5), (replace(refined, parameters=7e9), 0.5))))
        == law("refinedweb").entropy
    )
    assert entropy(Scenario(progress=((refined, 1.0), (ideas, 0.0)))) == law("refinedweb").entropy
    for progress in (((refined, 0.5), (other, 0.5)), ((refined, 0.5), (ideas, 0.5)), ((ideas, 1.0),)):
        assert np.isnan(entropy(Scenario(progress=progress)))
    assert np.isnan(entropy(Scenario(data=Data())))


def test_the_null_of_concentration():
    """Reigns of n equal owners without a margin are cycles of a permutation: (n + 1) / (2n) (theory D4)."""
    for n in (1, 2, 3, 5):
        orders = [_cycles(order) for order in permutations(range(n))]
        counted = np.mean([sum((length / n) ** 2 for length in cycles) for cycles in orders])
        assert hhi_of_luck(np.array([n]))[0] == pytest.approx(counted)
    assert hhi_of_luck(np.array([300]))[0] == pytest.approx(0.50167, abs=5e-6)
    assert np.isnan(hhi_of_luck(np.array([0]))[0])


def test_owners_are_those_that_committed():
    """Three publishers and nobody crowned: n is 3, the king of the beginning has all, so the excess is 1 - 4 / 6."""
    rates = (0.001, 0.001, 0.0)
    own = lane({"fixed": {"epsilon": 0.5}}, "publisher", "publisher")
    found = measure(ended(steady(*rates), own))
    assert found["hhi"] == 1
    assert found["hhi_excess"] == pytest.approx(1 - 4 / 6)
    alone = measure(ended(steady(*rates), lane({"fixed": {"epsilon": 0.5}})))
    assert alone["hhi_excess"] == 0  # only the public model's owner: (1 + 1) / 2


def test_luck_of_pay():
    """Four miners are two classes by power: alike in each, no luck; alike across them, 3 / 2; flat pay, nothing."""
    shares = np.array([[0.1, 0.4, 0.1, 0.4], [0.1, 0.1, 0.4, 0.4], [0.25] * 4]).T
    power = np.broadcast_to(np.array([[1.0, 2.0, 1.0, 2.0]]).T, shares.shape)
    found = pay_luck(shares, power, np.zeros(shares.shape, dtype=np.int64))
    assert found[0] == pytest.approx(0.0, abs=1e-15)
    assert found[1] == pytest.approx((0.09 / 2) / (0.09 / 3))
    assert np.isnan(found[2])


def test_luck_of_pay_is_one_if_nothing_explains_it():
    """Over all ways to give four shares to four miners, the mean is 1: the degrees of freedom are right."""
    shares = np.array(list(permutations((0.1, 0.2, 0.3, 0.4)))).T
    power = np.broadcast_to(np.arange(4.0)[:, None], shares.shape)
    assert pay_luck(shares, power, np.zeros(shares.shape, dtype=np.int64)).mean() == pytest.approx(1.0)


def test_strategies_are_not_luck():
    """Pay that follows the strategy is explained; so are classes of one, which leave nothing to compare."""
    shares, power = np.array([[0.4, 0.4, 0.1, 0.1]]).T, np.array([[1.0, 2.0, 3.0, 4.0]]).T
    assert pay_luck(shares, power, np.array([[0, 0, 1, 1]]).T) == pytest.approx(0.0)
    assert np.isnan(pay_luck(shares, power, np.array([[0, 1, 2, 3]]).T)[0])


@pytest.mark.parametrize(("retry_blocks", "held"), [(300, 2), (0, 1)])
def test_storage(retry_blocks, held):
    """The king is kept, and of the other only what the retry rule needs; nothing without that rule."""
    contest = steady(0.001, 0.0, days=2.0, validation=replace(AT_ONCE, retry_blocks=retry_blocks))
    slow = {"linear": {"start": 0.5, "end": 0.0001, "decay_blocks": 1_000_000}}
    own = lane(slow, "publisher", keep=1, filtered=False)
    assert measure(ended(contest, own))["storage"] == held


def _cycles(order: tuple[int, ...]) -> list[int]:
    """Lengths of the cycles of a permutation."""
    left, lengths = set(range(len(order))), []
    while left:
        at, length = left.pop(), 1
        while (at := order[at]) in left:
            left.remove(at)
            length += 1
        lengths.append(length)
    return lengths


def test_kings_per_crown_counts_miners_once():
    """Kings 0, 1, 0 are two miners in three crowns; nothing was gained in the two after the first."""
    found = lived((0, THIRDS, ()), (1, THIRDS, ()), (0, THIRDS, ()))
    assert found["kings_per_crown"] == pytest.approx(2 / 3, rel=1e-15)
    assert found["net_descent_per_crown"] == 0.0


def test_a_world_without_error_or_delay_misallocates_as_an_instant_crown():
    """Without epsilon, noise, delay or moving average the king is the best published model, and the excess is 0."""
    found = measure(ended(steady(0.001, 0.0012, 0.0015, days=12.0), lane({"fixed": {"epsilon": 0.0}})))
    assert found["crowns"][0] > 3
    assert found["misallocation_excess"][0] == pytest.approx(0.0, abs=0.02)  # steps last a fiftieth of a day


def test_dissipation_is_cost_over_prize():
    """With full effort all miners pay for every GPU day: their cost per day over the pay per day, and effort 1."""
    contest = steady(0.001, 0.0, 0.0, days=6.0)
    world = ended(contest, lane({"fixed": {"epsilon": 0.0}}))
    found, economy = measure(world), contest.economy
    looks = world.miners.looks
    trained = (looks.phase + (looks.next_look(contest.horizon) - 1) * looks.every) / BLOCKS_PER_DAY  # until the last
    spent = trained @ world.miners.hardware.usd[:, 0] + contest.miners * economy.registration_usd
    assert found["dissipation"][0] == pytest.approx(spent / (economy.usd_per_day * contest.days), rel=1e-12)
    assert found["effort"][0] == 1.0


def test_a_menu_stands_in_the_place_of_a_law():
    """The excess over a law's entropy is not defined where miners choose ideas, whatever `progress` would be."""
    ideas = (("small", IdeasProgress()), ("large", IdeasProgress(per_day=0.05)))
    assert entropy(Scenario()) == law("refinedweb").entropy
    assert np.isnan(entropy(Scenario(menu=ideas)))
    laws = (("one", LawProgress()), ("other", LawProgress(tokens=6e11)))
    assert entropy(Scenario(menu=laws)) == law("refinedweb").entropy
