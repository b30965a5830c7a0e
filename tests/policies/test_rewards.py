"""The reward rules: what they promise whatever happens, and what they pay where it can be told by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from compiled_reward import compiled_reward
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import PolicyError
from policies.rewards import Crowning, Reward, build, find, names
from policies.rewards.base import Ledger
from policies.seen import Memory
from policies.testing import same

MINERS = 4
ONE = 1.0 / 48  # a step of 30 minutes
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Event:
    """A step of a history: its length, what reigns in it, the measured gain, and whose models the king built on."""

    days: float
    king: int
    gain: float = 0.0
    line: tuple[int, ...] = ()


def crown(king: int, gain: float = 0.0, days: float = 1.0, line: tuple[int, ...] = ()) -> Event:
    """A step that begins with this king; a gain without a change of king is one over itself."""
    return Event(days, king, gain, line)


@dataclass(frozen=True)
class Life:
    """What a rule did in every step: `paid` `[steps, miners]` and `burned`, `held` `[steps]`, in days."""

    paid: np.ndarray
    burned: np.ndarray
    held: np.ndarray
    memory: Memory
    ledger: Ledger

    @property
    def earned(self) -> np.ndarray:
        """By miner."""
        return self.paid.sum(axis=0)


def told(events: Sequence[Event]) -> Iterator[tuple[np.ndarray, Crowning, float]]:
    """What a rule is told in every step: weights, news, days; lineages are shown with fresh models only."""
    before = -1
    for e in events:
        fresh = e.king != before or e.gain != 0
        line = np.array([fresh and miner in (e.line or (e.king,)) for miner in range(MINERS)])
        weights = (np.arange(MINERS) == e.king).astype(float)
        yield weights, Crowning(e.king, e.king != before, e.gain, fresh, line), e.days
        before = e.king


def live(rule: Reward, events: Sequence[Event]) -> Life:
    """Let a rule pay through a history; nothing is in `paid` before."""
    (memory, ledger), rows = rule.begin(MINERS), []
    for weights, news, days in told(events):
        paid = np.full(MINERS, np.nan)
        burned = rule.pay(memory, ledger, weights, news, days, paid)
        rows.append((paid * days, burned * days, rule.held(memory, ledger)))
    paid, burned, held = (np.array(each) for each in zip(*rows, strict=True))
    return Life(paid, burned, held, memory, ledger)


def by_steps(events: Sequence[Event], step: float = ONE) -> list[Event]:
    """The same history in short steps."""
    out = []
    for e in events:
        count = round(e.days / step)
        out += [crown(e.king, e.gain, step, e.line), *[crown(e.king, 0.0, step, e.line)] * (count - 1)]
    return out


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Gains of both signs; after the first king there is always one."""
    days = draw(st.lists(st.sampled_from([ONE, 0.5, 3.0]), min_size=1, max_size=25))
    king, gain = st.integers(0, MINERS - 1), st.floats(-0.02, 0.05)
    line = st.lists(king, max_size=MINERS, unique=True).map(tuple)
    without = draw(st.integers(0, len(days)))
    reign = [crown(draw(king), draw(st.one_of(st.just(0.0), gain)), each, draw(line)) for each in days[without:]]
    return [crown(-1, 0.0, each) for each in days[:without]] + reign


@st.composite
def rules(draw: st.DrawFn, name: str) -> Reward:
    """A rule of one kind with parameters from where a search would look."""
    kind = find(name)
    some = {key: draw(st.floats(*p.search)) for key, p in kind.parameters().items()}
    whole = {key: float(round(v)) for key, v in some.items() if kind.parameters()[key].scale == "integer"}
    return kind(**some | whole)


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
        assert same([*found[:2], *found[3]], [burned, rule.held(memory, ledger), *paid])


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


def test_royalty_of_three_crowns():
    """The royalty by hand: 0.01 four days old, 0.02 two days old and 0.01 new, with tau 2 days."""
    rule = build({"royalty": {"tau_days": 2}})
    life = live(rule, [crown(0, days=3.0), crown(1, 0.01, 2.0), crown(2, 0.02, 2.0), crown(3, 0.01, 1.0)])
    e = np.exp(-1.0)
    assert life.burned == pytest.approx([3, 0, 0, 0])
    assert life.paid[1] / 2 == pytest.approx([0, 1, 0, 0])
    assert life.paid[2] / 2 == pytest.approx([0, e / (e + 2), 2 / (e + 2), 0])
    assert life.paid[3] == pytest.approx(np.array([0, e * e, 2 * e, 1]) / (e * e + 2 * e + 1))


@given(cuts=st.lists(st.floats(0.05, 1.0), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_slices_telescope(cuts):
    """However a descent of 0.02 is sliced, its prize is b ln(L0 / L_H), and its royalty the same."""
    slices = 0.02 * np.array(cuts) / np.sum(cuts)
    events = [crown(0), *[crown(1, gain, ONE) for gain in slices], crown(2, 0.01)]
    prize = live(build({"prize": {"days_per_nat": 500}}), events)
    owed = prize.ledger.promised + prize.earned
    assert owed == pytest.approx([0, 500 * 0.02, 500 * 0.01, 0], abs=TOLERANCE)
    royalty = live(build({"royalty": {"tau_days": 1_000_000}}), events)
    assert royalty.paid[-1] == pytest.approx([0, 2 / 3, 1 / 3, 0], abs=1e-6)


def test_a_prize_is_unlocked_in_full():
    """Of a prize of 5 days, 1 - exp(-t / tau) is paid after t, whatever the steps, and all of it in the end."""
    rule = build({"prize": {"days_per_nat": 500, "unlock_days": 7}})
    events = [crown(0, days=30.0), crown(1, 0.01, 7.0), crown(1, 0.0, 300.0)]
    for history in (events, by_steps(events)):
        life = live(rule, history)
        after = np.cumsum([e.days for e in history])
        week = life.paid[after <= 37.0 + TOLERANCE].sum(axis=0)[1]
        assert week == pytest.approx(5 * (1 - np.exp(-1.0)))
        assert life.earned == pytest.approx([0, 5, 0, 0])
        assert life.held[-1] == pytest.approx(30)  # the reserve; the rest is burned


def test_a_prize_waits_for_money():
    """A promise that is larger than the fund waits, and is paid in full once enough was emitted."""
    rule = build({"prize": {"days_per_nat": 1000, "unlock_days": 0.1, "reserve_days": 0}})
    life = live(rule, by_steps([crown(0, 0.0, 1.0), crown(1, 0.01, 20.0)]))
    assert life.paid[96 : 96 + 48].sum() == pytest.approx(1)  # a day's emission on the second day of the promise
    assert life.earned == pytest.approx([0, 10, 0, 0])


def test_a_pot_goes_to_the_next_king():
    """The bounty by hand: half-lives of 1 day, nothing for good; a gain of half of g_ref takes half of the pot."""
    given = {"least": 0, "half_life_days": 1, "gain": 0.01, "unlock_days": 0.01, "burn": 0}
    life = live(build({"bounty": given}), [crown(0, days=2.0), crown(1, 0.005, 1.0), crown(2, 0.02, 1.0)])
    first, second = 0.75 / np.log(2), 0.5 / np.log(2)  # integrals of 2^-a over 2 days and over 1
    pot = 2 - first
    rest = pot / 2 + 1 - second
    assert life.earned == pytest.approx([first, second + pot / 2, second + rest, 0])
    assert life.held == pytest.approx([pot, rest, 1 - second])


def test_what_a_king_loses_may_be_burned():
    """With `burn` 1 there is no pot, and a third of the loss is burned with 1/3."""
    life = live(build({"bounty": {"least": 0, "half_life_days": 1, "burn": 1}}), [crown(0, days=2.0), crown(1, 1.0)])
    assert life.burned[0] == pytest.approx(2 - 0.75 / np.log(2))
    assert life.held[-1] == 0
    part = live(build({"bounty": {"least": 0, "half_life_days": 1, "burn": 1 / 3}}), [crown(0, days=2.0)])
    assert part.burned[0] == pytest.approx(life.burned[0] / 3)


def test_steps_do_not_change_the_decay():
    """A reign in one step and in half-hours leaves the same pot."""
    events = [crown(0, days=5.0), crown(1, 0.004, 6.0)]
    whole, fine = (live(build("bounty"), h) for h in (events, by_steps(events)))
    assert whole.earned == pytest.approx(fine.earned, abs=TOLERANCE)
    assert whole.held[-1] == pytest.approx(fine.held[-1], abs=TOLERANCE)


def test_an_increment_is_split_over_the_lineage():
    """Shapley by hand: 0.01 by m1 on m0's model, then 0.03 by m2 on both."""
    rule = build({"shapley": {"tau_days": 1_000_000}})
    life = live(rule, [crown(0), crown(1, 0.01, 1.0, (0, 1)), crown(2, 0.03, 1.0, (0, 1, 2))])
    assert life.paid[1] == pytest.approx([0.5, 0.5, 0, 0])
    assert life.paid[2] == pytest.approx(np.array([1.5, 1.5, 1, 0]) / 4, abs=1e-6)


def test_the_airport():
    """Runways of 8, 11, 13 and 18, each stretch shared by who needs it, cost 2, 3, 4 and 9."""
    steps = [crown(3, 8.0, 1.0, (0, 1, 2, 3)), crown(2, 3.0, 1.0, (1, 2, 3)), crown(3, 2.0, 1.0, (2, 3))]
    life = live(build({"shapley": {"tau_days": 1_000_000}}), [*steps, crown(3, 5.0, 1.0, (3,))])
    assert 18 * life.paid[-1] == pytest.approx([2, 3, 4, 9], abs=1e-4)


def test_the_last_kings_share():
    """1 : 1/2 : 1/4 over the last three; a king that returns moves to the front and has one place."""
    kings = [0, 1, 2, 3, 1]
    life = live(build({"last-kings": {"kings": 3, "ratio": 0.5}}), [crown(king) for king in kings])
    shares = np.array([[7, 0, 0, 0], [7 / 3, 14 / 3, 0, 0], [1, 2, 4, 0], [0, 1, 2, 4], [0, 4, 1, 2]]) / 7
    assert life.paid == pytest.approx(shares)


@given(order=st.lists(st.integers(0, MINERS - 1), min_size=1, max_size=20), places=st.integers(1, 5))
def test_the_order_of_the_last_kings(order, places):
    """Whoever was crowned last is first, and each king is counted once, however the crown goes to and fro."""
    life = live(build({"last-kings": {"kings": places, "ratio": 0.5}}), [crown(king) for king in order])
    newest_first = list(dict.fromkeys(reversed(order)))[:places]
    assert [int(king) for king in np.argsort(-life.paid[-1]) if life.paid[-1, king] > 0] == newest_first


def test_equal_shares_and_the_winner_alone():
    """A ratio of 1 pays the last kings alike, a ratio of 0 the present one only."""
    events = [crown(0), crown(1), crown(2)]
    alike = live(build({"last-kings": {"kings": 2, "ratio": 1}}), events)
    alone = live(build({"last-kings": {"kings": 2, "ratio": 0}}), events)
    assert alike.paid[-1] == pytest.approx([0, 0.5, 0.5, 0])
    assert alone.paid[-1] == pytest.approx([0, 0, 1, 0])


def test_the_best_newcomer_has_a_share():
    """A fifth for two days to the miner whose first crown had the largest gain; else all by weight."""
    rule = build({"entrant": {"share": 0.2, "window_days": 2}})
    life = live(rule, [crown(0), crown(1, 0.02), crown(2, 0.01), crown(0, 0.05), crown(0)])
    expected = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0.2, 0.8, 0], [0.8, 0, 0.2, 0], [1, 0, 0, 0]]
    assert life.paid == pytest.approx(np.array(expected))


def test_the_subnet_pays_by_weight():
    """The subnet's own rule pays the weights."""
    life = live(build("subnet"), [crown(0), crown(2, 0.1)])
    assert life.paid.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]


def test_unknown_rules_and_parameters():
    """Misspelled names are errors with the nearest spelling."""
    with pytest.raises(PolicyError, match=r"no reward rule 'roylty'.*royalty"):
        build("roylty")
    with pytest.raises(PolicyError, match=r"royalty has no parameter 'tau'.*tau_days"):
        build({"royalty": {"tau": 3}})
