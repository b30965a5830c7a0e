"""A bar that is higher for those that build on the king, in whole contests."""

import numpy as np

from experiments.recipe.populations import build_populations
from experiments.results.measure import measure
from policies import Policy, build
from sim.lanes import Lane
from sim.mechanism.rules import Rules
from sim.scenario import Scenario
from sim.world import World

CROWD = {"crowd": {"honest": 0.6, "copycat": 0.2, "from-scratch": 0.2}}


def ended(*policies: Policy) -> dict[str, np.ndarray]:
    """The metrics of a small contest with copycats in it."""
    (crowd,) = build_populations(CROWD, ())
    lanes = [Lane(str(i), policy, population=crowd) for i, policy in enumerate(policies)]
    world = World(Scenario(days=12, miners=30), lanes, 2, [0])
    world.run()
    return measure(world)


def test_without_tax_the_policy_inside_remains() -> None:
    """A lineage tax of 0 is, in a whole contest and to the last bit, the policy inside."""
    plain = build({"linear": {"start": 0.004}})
    found = ended(plain, build({"lineage": {"tax": 0.0, "then": {"linear": {"start": 0.004}}}}))
    del found["storage"]  # what may be worth another look depends on more than the age
    for name, value in found.items():
        assert value[0] == value[1] or np.isnan(value).all(), name


def test_a_tax_that_nobody_can_pay_leaves_the_throne_to_strangers() -> None:
    """With an advantage of 99 % against relatives only work from scratch, or on nobody, can take the crown."""
    free, taxed = ended(build("linear"), build({"lineage": {"tax": 100.0, "then": {"fixed": {"epsilon": 0.01}}}}))[
        "crowns"
    ]
    assert taxed < free


def test_champions_beside_a_taxed_lane_are_what_they_are_alone() -> None:
    """A lane whose rules compare samples, by champions or in pairs, has the same area beside a taxed one as alone."""
    (crowd,) = build_populations(CROWD, ())
    for wins in ("sample-champion", "per-sample"):
        lane = Lane("champion", build("linear"), Rules(wins=wins), crowd)
        taxed = Lane("taxed", build("lineage"), population=crowd)
        areas = []
        for lanes in ([lane], [lane, taxed]):
            world = World(Scenario(days=4, miners=12), lanes, 2, [0])
            areas.append(world.run().area[0])
        assert areas[0] == areas[1]
