"""Reward rules in a world: budgets over a run, what they leave alone, and what a rule makes of known crowns."""

from dataclasses import replace

import numpy as np
import pytest
from steady_world import SEED, ended, kings, lane, steady

from experiments.results.measure import measure
from policies.rewards import build, names
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.validators.noise import NoiseLevel
from sim.world import World

CONTEST = steady(0.001, 0.003, 0.004, days=6.0)
NOISY = replace(CONTEST, noise=NoiseLevel(samples=60))
PLAIN = lane({"fixed": {"epsilon": 0.002}}, name="plain")


def paid_by(*rules: object) -> list[Lane]:
    """The plain lane once per reward rule."""
    return [replace(PLAIN, name=str(rule), reward=build(rule)) for rule in rules]


def books(world: World) -> dict[str, np.ndarray]:
    """What became of the emission, and everything that is measured, by column."""
    record, miners = world.record, world.miners
    own = {"emission": miners.emission, "share": miners.share, "weights": world.weights.T}
    own |= {"burned days": record.burned, "held days": record.held}
    return own | {k: v for k, v in measure(world).items() if k not in ("ic_gap", "ic_pay", "selfishness")}


@pytest.mark.parametrize("scenario", [CONTEST, NOISY], ids=["quiet", "noisy"])
def test_a_budget_over_a_run(scenario):
    """Under every rule what was paid, burned and is still held is what was emitted: the length of the contest."""
    world = ended(scenario, *paid_by(*names()), worlds=(0, 1))
    found = books(world)
    spent = found["emission"].sum(axis=0) + found["burned days"] + found["held days"]
    assert spent == pytest.approx(np.full(spent.shape, scenario.days), abs=1e-8)
    assert all((found[name] >= 0).all() for name in ("emission", "burned days", "held days"))


def test_a_plain_lane_does_not_notice():
    """A lane without a rule is the same to the last bit, whether or not others beside it have rules."""
    alone = books(ended(NOISY, PLAIN))
    beside = books(ended(NOISY, *paid_by("royalty", "shapley"), PLAIN, *paid_by("prize")))
    for name, values in alone.items():
        np.testing.assert_array_equal(beside[name][..., 2:3], values, err_msg=name)


def test_a_lane_with_a_rule_is_its_own():
    """So is a lane with a rule, among others and alone, in a pass of several worlds and of one."""
    both = books(ended(NOISY, PLAIN, *paid_by(*names()), worlds=(3, 0)))
    for number, rule in enumerate(names()):
        alone = books(ended(NOISY, *paid_by(rule)))
        for name, values in alone.items():
            at = 2 * (number + 1) + 1
            np.testing.assert_array_equal(both[name][..., at : at + 1], values, err_msg=f"{rule} {name}")


def test_a_rule_does_not_choose_kings():
    """The mechanism's weights decide who is king, whatever is paid: same crowns in every lane of honest miners."""
    world = ended(NOISY, PLAIN, *paid_by(*names()))
    assert len(kings(world)) > 2
    assert all(kings(world, column) == kings(world) for column in range(world.columns.width))


def test_a_royalty_of_known_crowns():
    """Without noise the royalty pays each king for the true gains of its crowns, from each crown on."""
    world = ended(CONTEST, *paid_by({"royalty": {"tau_days": 1_000_000}}))
    crowns = world.record.crowns()
    assert len(crowns.block) > 3
    until = np.append(crowns.block[1:], CONTEST.horizon)
    credit, expected = np.zeros(3), np.zeros(3)
    for miner, gain, days in zip(crowns.miner, crowns.gain, (until - crowns.block) / BLOCKS_PER_DAY, strict=True):
        credit[miner] += gain
        expected += days * credit / max(credit.sum(), 1e-300)
    assert world.miners.emission[:, 0] == pytest.approx(expected, abs=1e-4)
    assert world.record.burned[0] == pytest.approx(crowns.block[1] / BLOCKS_PER_DAY)


def test_shapley_pays_those_that_the_king_built_on():
    """Without noise, credit by lineage in the end is that of the metric: the split of the true descent."""
    world = ended(CONTEST, *paid_by({"shapley": {"tau_days": 1_000_000}}))
    credit = world.record.credit[:, 0]
    assert world.miners.share[:, 0] == pytest.approx(credit / credit.sum(), abs=1e-4)


def test_everybody_sees_what_is_paid():
    """Miners see shares as they are paid, by a rule or by the weights of one or several validators: they add up."""
    several = replace(CONTEST, validation=replace(CONTEST.validation, validators=3))
    for scenario, lanes in ((CONTEST, [*paid_by("last-kings"), PLAIN]), (several, [PLAIN])):
        world, seen = World(scenario, lanes, SEED, [0]), []
        world.run(lambda _, world=world, seen=seen: seen.append(world.miners.share.copy()))
        step = CONTEST.validation.step_blocks / BLOCKS_PER_DAY
        assert np.sum(seen, axis=0) * step == pytest.approx(world.miners.emission, abs=1e-5)
    by_rule = ended(CONTEST, *paid_by("last-kings")).miners.share
    assert (by_rule > 0.1).sum() > 1
