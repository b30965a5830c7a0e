"""Fees for protection: what a miner gives up is burned, and by what is left the crowd chooses."""

from dataclasses import replace
from math import exp, tanh

import numpy as np
import pytest
from steady_world import SEED, ended

from experiments.results.measure import measure
from policies import build
from policies.epsilon.protection_menu import ProtectionMenu
from policies.rewards import build as reward
from policies.rewards import names
from sim.lanes import Columns, Lane
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.respond import choose_option
from sim.miners.responses import Choosing, Reinvest, new_responses
from sim.models import no_models
from sim.scenario import Economy, Scenario
from sim.validators.fees import charge, new_options
from sim.validators.pay import new_payroll

CONTEST = Scenario(
    days=20.0,
    miners=12,
    progress=((IdeasProgress(per_day=1.0, gain=0.002, law="exponential", burst=1.0), 1.0),),
    economy=Economy(usd_per_day=1200.0),
)
RESPONDING = replace(CONTEST, effort=Reinvest(rule="reinvest", share=0.8, most=8.0))
LINEAR = Lane("linear", build("linear"))
ALIKE = {"start2": 0.005, "decay2_blocks": 14_400}
"""The second option protects as the first does."""


def menu(**values):
    """A lane with a protection menu."""
    return Lane(str(values), build({"protection-menu": values}))


def books(world):
    """What became of the emission, and all that is measured, by column; what is stored aside."""
    own = {"emission": world.miners.emission, "spent": world.miners.spent, "burned days": world.record.burned}
    return own | {name: values for name, values in measure(world).items() if name != "storage"}


@pytest.mark.parametrize("scenario", [CONTEST, RESPONDING], ids=["inelastic", "responding"])
def test_one_option_for_nothing_is_the_decay(scenario):
    """A menu of one without a fee gives the numbers of `linear`, bit for bit.

    Validators keep more models, as for every policy of which they cannot know that it depends on age alone.
    """
    found = books(ended(scenario, LINEAR, menu(options=1), worlds=(0, 1)))
    for name, values in found.items():
        np.testing.assert_array_equal(values[..., 2:], values[..., :2], err_msg=name)


def test_a_fee_is_burned():
    """With one option at a fee of 30 % the crowns stay, everybody has 70 % of its pay, and the rest is burned."""
    found = books(ended(CONTEST, LINEAR, menu(options=1, fee1=0.3)))
    assert found["emission"][:, 1] == pytest.approx(0.7 * found["emission"][:, 0], rel=1e-12)
    assert found["burned"][1] == pytest.approx(0.3, rel=1e-6)
    for name in ("descent_area", "crowns", "dissipation"):
        assert found[name][1] == found[name][0]
    for name in ("misallocation", "hhi", "luck", "beside_king"):
        assert found[name][1] == pytest.approx(found[name][0], abs=1e-7)


def test_a_budget_with_fees():
    """Under every reward rule what was paid, burned and is held is what was emitted: the length of the contest."""
    lanes = [replace(menu(options=3), name=rule, reward=reward(rule)) for rule in names()]
    world = ended(RESPONDING, menu(), *lanes, worlds=(0, 1))
    spent = world.miners.emission.sum(axis=0) + world.record.burned + world.record.held
    assert spent == pytest.approx(np.full(spent.shape, CONTEST.days), abs=1e-6)
    assert (world.record.burned > 0).any()


def test_lanes_do_not_touch_each_other():
    """A menu does not change a lane beside it, and is the same alone, beside others and in one world as in two."""
    alone = [books(ended(RESPONDING, lane)) for lane in (LINEAR, menu(), menu(options=3))]
    beside = books(ended(RESPONDING, LINEAR, menu(), menu(options=3), menu(), worlds=(3, 0)))
    for lane, own in enumerate([*alone, alone[1]]):
        for name, values in own.items():
            if name not in ("ic_gap", "ic_pay", "selfishness"):
                at = 2 * lane + 1
                np.testing.assert_array_equal(beside[name][..., at : at + 1], values, err_msg=name)


def shares_chosen(*fees, explore, temperature):
    """Shares of the options among the choices of 24 equally paid miners, after a year of a model a day each."""
    lane, miners, days = Lane("menu", ProtectionMenu.unchecked(options=len(fees), **fees_by_name(fees))), 24, 1.0
    scenario = Scenario(miners=miners, choosing=Choosing(explore=explore, temperature=temperature))
    rule = new_responses(scenario, np.ones((1, miners), bool)).rules.view(np.recarray)[0]
    options, models = new_options([lane], 1, miners, 14.0), no_models(miners, 1)
    models.facts["block"] = 0.0
    models = models._replace(facts=models.facts.view(np.recarray))
    weights = np.full((1, miners), 1.0 / miners, np.float32)
    payroll, _ = new_payroll(Columns([lane], 1), weights, np.zeros(1, np.int64))
    draws = (np.arange(miners) + 0.5) / miners
    for _ in range(365):
        burned = charge(options, payroll, 0, models, False, days)
        assert payroll.paid.sum() + burned == pytest.approx(1.0, abs=1e-6)
        for miner, draw in enumerate(draws):
            models.facts["option"][0, miner] = choose_option(options, 0, rule, draw)
    found = [choose_option(options, 0, rule, draw) for draw in (np.arange(20_000) + 0.5) / 20_000]
    return np.bincount(found, minlength=len(fees)) / len(found)


def fees_by_name(fees):
    """Parameters of a menu with these fees."""
    return {f"fee{number}": fee for number, fee in enumerate(fees, start=1)}


@pytest.mark.parametrize("fee", [0.05, 0.2, 0.5])
def test_the_crowd_takes_the_cheaper_of_two_equal_options(fee):
    """Where both are paid alike the odds are exp(fee / temperature), but for what is explored."""
    explore, temperature = 0.1, 0.25
    cheap, dear = shares_chosen(0.0, fee, explore=explore, temperature=temperature)
    assert cheap - dear == pytest.approx((1.0 - explore) * tanh(fee / temperature / 2.0), abs=1e-3)


@pytest.mark.parametrize("explore", [0.1, 0.2])
def test_nobody_chooses_to_be_paid_nothing(explore):
    """An option that takes all pay is chosen by those only who try any option by lot."""
    assert shares_chosen(0.0, 1.0, explore=explore, temperature=0.05)[1] == pytest.approx(explore / 2.0, abs=1e-3)


def test_three_options_are_chosen_by_their_fees():
    """The odds of three equal options are exp(-fee / temperature) each."""
    odds = np.array([exp(-fee / 0.25) for fee in (0.0, 0.2, 0.4)])
    found = shares_chosen(0.0, 0.2, 0.4, explore=0.0, temperature=0.25)
    assert found == pytest.approx(odds / odds.sum(), abs=1e-3)


@pytest.mark.parametrize("scenario", [CONTEST, RESPONDING], ids=["inelastic", "responding"])
def test_a_world_takes_the_cheaper(scenario):
    """In a world of miners that know what options pay, nearly nobody pays nine tenths for nothing."""
    contest = replace(scenario, days=60.0, choosing=Choosing(temperature=0.05, explore=0.02))
    world = ended(contest, menu(**ALIKE, fee2=0.9), worlds=(0, 1, 2))
    options = world.validators[0].models.facts["option"][:, :-1]
    assert options.mean() < 0.1
    assert (world.record.burned < 0.1 * contest.days).all()


def test_a_race_has_the_first_option():
    """Where nobody decides all models have option 1."""
    from experiments.submissions import find, read_race
    from sim.race.race import Setting
    from sim.race.world import RaceWorld

    world = RaceWorld(read_race(find("slowrun-limited")), [LINEAR, menu()], Setting(), SEED, [0])
    world.run()
    areas = measure(world)["descent_area"]
    assert areas[0] == areas[1]
