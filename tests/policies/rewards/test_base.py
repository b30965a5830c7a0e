"""What every reward rule promises, whatever happens."""

import numpy as np
import pytest
from compiled_reward import compiled_reward
from hypothesis import given, settings
from hypothesis import strategies as st
from reward_life import MINERS, ONE, TOLERANCE, crown, histories, live, rules, told

from policies import PolicyError
from policies.rewards import build, names
from policies.testing import same


@pytest.mark.parametrize("name", names())
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_all_emission_is_accounted_for(name, data):
    """Paid, burned and the change of what is held make up what was emitted, in every step; nothing is negative."""
    rule, history = data.draw(rules(name)), data.draw(histories())
    life = live(rule, history)
    emitted = np.array([e.days if e.king >= 0 else 0.0 for e in history])
    held = np.diff(life.held, prepend=0.0)
    assert np.abs(life.paid.sum(axis=1) + life.burned + held - emitted).max() <= TOLERANCE
    total = life.paid.sum() + life.burned.sum() + life.held[-1]
    assert total == pytest.approx(emitted.sum(), abs=TOLERANCE)
    assert min(life.paid.min(), life.burned.min(), life.held.min()) >= 0


@pytest.mark.parametrize("name", names())
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_all_that_a_rule_knows_is_in_its_memory(name, data):
    """A rule that has lived through another history pays as a new one does, bit for bit."""
    rule, history = data.draw(rules(name)), data.draw(histories())
    first = live(rule, history)
    live(rule, data.draw(histories()))
    again = live(rule, history)
    assert np.array_equal(first.paid, again.paid)
    assert np.array_equal(first.burned, again.burned)
    assert np.array_equal(first.held, again.held)


@pytest.mark.parametrize("name", names())
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_compiled_pays_the_same(name, data):
    """Compiled, a rule pays, burns, holds back and remembers the very same numbers."""
    rule, history = data.draw(rules(name)), data.draw(histories())
    step, (memory, ledger) = compiled_reward(rule, MINERS), rule.begin(MINERS)
    for weights, news, days in told(history):
        paid = np.zeros(MINERS)
        burned = rule.pay(memory, ledger, weights, news, days, paid)
        found = step(weights, news, days)
        assert found[2] == memory
        assert same([*found[:2], *found[3]], [burned, rule.escrow(memory, ledger), *paid])


@pytest.mark.parametrize("name", names())
def test_before_the_first_king_nothing_happens(name):
    """Where nothing is emitted yet nothing is paid, burned or held."""
    life = live(build(name), [crown(-1)] * 5)
    assert not life.paid.any()
    assert not life.burned.any()
    assert not life.held.any()


@pytest.mark.parametrize("name", names())
def test_ten_thousand_crowns(name):
    """After ten thousand crowns all is still accounted for."""
    events = [crown(number % MINERS, 1e-4, ONE, tuple(range(number % MINERS + 1))) for number in range(10_000)]
    life = live(build(name), events)
    assert life.paid.sum() + life.burned.sum() + life.held[-1] == pytest.approx(10_000 * ONE, abs=1e-8)


@pytest.mark.parametrize("name", ["royalty", "prize", "shapley"])
def test_a_copy_earns_nothing(name):
    """A miner that takes the crown without any gain is paid nothing by the rules that pay for descent."""
    life = live(build(name), [crown(0), crown(1, 0.01), crown(2, 0.0), crown(1, 0.0), crown(2, 0.0)])
    assert life.earned[1] > 0
    assert life.earned[2] == 0


@pytest.mark.parametrize("name", ["royalty", "prize"])
def test_descent_that_was_lost_is_not_paid_twice(name):
    """Kings that take turns by luck, one a little better than the other, are paid for the first time only."""
    once = [crown(0), crown(1, 0.01)]
    turns = [crown(2, -0.01), crown(1, 0.01)] * 10
    life = live(build(name), once + turns)
    assert life.earned[2] == 0
    if name == "prize":
        promised = life.ledger.promised + life.earned
        assert promised == pytest.approx([0, 5, 0, 0], abs=TOLERANCE)


def test_unknown_rules_and_parameters():
    """Misspelled names are errors with the nearest spelling."""
    with pytest.raises(PolicyError, match=r"no reward rule 'roylty'.*royalty"):
        build("roylty")
    with pytest.raises(PolicyError, match=r"royalty has no parameter 'tau'.*tau_days"):
        build({"royalty": {"tau": 3}})
