"""The pool of a race: who is evaluated in which step."""

import pytest
from small_race import QUIET, lane, small_race

from sim.race.race import Setting
from sim.race.world import RaceWorld

LINEAR = {"linear": {"start": 0.005, "end": 0.0005, "decay_blocks": 50_400}}
FIXED = {"fixed": {"epsilon": 0.005}}
RACE = small_race((0, "ann", 3.0), (500, "bob", 2.9), (500, "cid", 2.8), (900, "ann", 2.7))


def pools(*rules, race=RACE, policy=FIXED, step=50, tail=0.05, one_model_per_miner=False):
    """The submissions in the pool of each evaluation, by block, of one lane per set of rules."""
    lanes = [lane(policy, str(i), **given) for i, given in enumerate(rules)]
    world = RaceWorld(race, lanes, Setting(QUIET, step, tail, "miner" if one_model_per_miner else "submission"), 1, [0])
    found = [{} for _ in lanes]

    def watch(now):
        validator = world.validators[0]
        for column in range(len(lanes)):
            if validator.state["begun"][column]:
                pool = validator.pool(column)["uid"]
                found[column][now] = validator.models.facts["twin"][column][pool].tolist()

    world.run(watch)
    return found


def test_a_model_waits_for_the_delay():
    """It is evaluated in the first step at which it is at least `delay` blocks old (250 on SN9)."""
    (found,) = pools({"delay": 250})
    assert min(found) == 250
    assert (found[250], found[700], sorted(found[750])) == ([0], [0], [0, 1, 2])


def test_lanes_have_delays_of_their_own():
    """What one lane evaluates at once another evaluates later."""
    early, late = pools({"delay": 0}, {"delay": 250})
    assert (min(early), min(late)) == (0, 250)
    assert (sorted(early[500]), late[500]) == ([0, 1, 2], [0])


def test_the_best_are_kept():
    """The first `keep` of the order stay for the next step, before the arrivals."""
    (found,) = pools({"delay": 0, "keep": 2, "alpha": 0.0, "filtered": False})
    assert found[500] == [0, 1, 2]
    assert found[550] == [2, 1]
    assert found[900] == [2, 1, 3]


def test_a_lost_step_keeps_everything():
    """Where nobody was competitive the validator has raised before it could forget anyone."""
    (found,) = pools({"delay": 0, "keep": 1}, race=small_race((0, "ann", 3.0), (0, "bob", 3.0)))
    assert set(map(tuple, found.values())) == {(0, 1)}


def test_a_dropped_better_model_comes_back_when_the_bar_has_fallen():
    """Retry iff s < W (1 - eps(age of W)): 2.7 against 2.706 of block 0 once eps < 0.006 / 2.706, and only once.

    Then it wins, and is kept alone.
    """
    race = small_race((0, "ann", 2.706), (150, "bob", 2.7))
    (found,) = pools({"delay": 0, "keep": 1, "alpha": 0.0}, race=race, policy=LINEAR, step=150, tail=7.0)
    due = (0.005 - 0.006 / 2.706) / 0.0045 * 50_400
    again = 150 * (int(due) // 150 + 1)
    assert {block for block, pool in found.items() if len(pool) > 1} == {150, again}
    assert (found[again - 150], found[again], found[again + 150]) == ([0], [0, 1], [1])


@pytest.mark.parametrize(("own", "winner"), [(2.71, 2.706), (2.706, 2.706), (2.706 * 0.9996, 2.706)])
def test_what_is_never_retried(own, winner):
    """A model that is worse than the winner, one that is as good, and one within the floor stay out."""
    race = small_race((0, "ann", winner), (150, "bob", own))
    (found,) = pools({"delay": 0, "keep": 1}, race=race, policy=LINEAR, step=150, tail=9.0)
    assert {block for block, pool in found.items() if 1 in pool} == {150}


def test_a_retried_model_is_judged_by_its_newest_evaluation():
    """Dropped again by another winner, it waits for that one's advantage to fall."""
    race = small_race((0, "ann", 2.706), (150, "bob", 2.7), (31_200, "cid", 2.69))
    (found,) = pools({"delay": 0, "keep": 1, "alpha": 0.0}, race=race, policy=LINEAR, step=150, tail=9.0)
    assert {block for block, pool in found.items() if 1 in pool} == {150, 31_200}
    assert found[31_350] == [2]


def test_one_hotkey_per_miner():
    """A miner's newer model takes the old one's place when it is old enough to be evaluated."""
    (found,) = pools({"delay": 100}, one_model_per_miner=True)
    assert sorted(found[950]) == [0, 1, 2]
    assert sorted(found[1000]) == [1, 2, 3]


def test_two_models_of_a_miner_arrive_together():
    """Of two that become due in one step only the newer one is evaluated."""
    (found,) = pools({"delay": 0}, step=1000, tail=0.2, one_model_per_miner=True)
    assert (found[0], sorted(found[1000])) == ([0], [1, 2, 3])


def test_a_model_that_is_replaced_while_it_waits_is_never_evaluated():
    """The chain knows a miner's newest commitment only: bob's first is 100 blocks old when the second comes."""
    race = small_race((0, "ann", 3.0), (0, "bob", 2.9), (100, "bob", 2.8))
    (found,) = pools({"delay": 250}, race=race, one_model_per_miner=True)
    assert (found[250], found[300], sorted(found[350])) == ([0], [0], [0, 2])


def test_a_hotkey_for_every_submission():
    """Without that rule everyone stays, under a uid of its own."""
    (found,) = pools({"delay": 0})
    assert sorted(found[900]) == [0, 1, 2, 3]


def test_a_dropped_model_is_forgotten_when_its_miner_submits():
    """What waits for a retry goes with the commitment that it belonged to."""
    race = small_race((0, "ann", 2.706), (150, "bob", 2.7), (15_000, "bob", 2.75))
    rules = {"delay": 0, "keep": 1}
    (found,) = pools(rules, race=race, policy=LINEAR, step=150, tail=7.0, one_model_per_miner=True)
    assert {block: pool for block, pool in found.items() if len(pool) > 1} == {150: [0, 1], 15_000: [0, 2]}
