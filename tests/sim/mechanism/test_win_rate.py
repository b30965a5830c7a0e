"""From pairs to win rates and step weights, with the published tables."""

from math import exp

import numpy as np
import pytest
from generators import Models, flags, pools
from hypothesis import given
from hypothesis import strategies as st
from judged import rated

from sim.mechanism.judge import beats, softmax, win_rates, winner_shares
from sim.mechanism.pool import EACH_HAS_ONE


def counted(pool: np.ndarray, among: np.ndarray, alone: float = 1.0) -> np.ndarray:
    """The pool with wins and rates, of those that are `among` the competitive."""
    pool["competitive"] = among
    win_rates(pool, EACH_HAS_ONE, False, int(among.sum()), alone)
    return pool


def softened(rates: np.ndarray, temperature: float) -> np.ndarray:
    """Step weights of these win rates."""
    pool = rated(rates)
    softmax(pool, temperature)
    return np.array(pool["weight"])


@given(pool=pools(strange=True), data=st.data())
def test_wins_and_rates_are_the_double_loops(pool: Models, data: st.DataObject) -> None:
    """Wins count the competitive opponents beaten; the rate is their share, 1 for a model that is alone."""
    among = data.draw(flags(pool.size))
    rows = list(zip(*(array.tolist() for array in pool), strict=True))
    members = np.flatnonzero(among).tolist()
    expected = [bool(among[i]) * sum(beats(*rows[i], *rows[j]) for j in members if j != i) for i in range(pool.size)]
    found, opponents = counted(pool.seats(), among), len(members) - 1
    assert found["wins"].tolist() == expected
    rates = [a * (w / opponents if opponents else 1.0) for w, a in zip(expected, among.tolist(), strict=True)]
    assert found["rate"].tolist() == rates


@given(pools(strange=True))
def test_no_more_wins_than_pairs(pool: Models) -> None:
    """A pair has one winner at most, so all wins together are at most n (n - 1) / 2."""
    found = counted(pool.seats(), np.ones(pool.size, dtype=bool))
    assert found["wins"].sum() <= pool.size * (pool.size - 1) / 2


def test_alone_before_the_filter_existed() -> None:
    """Before v4.5.3 and in SN37 a model without opponents has the win rate 0."""
    alone = np.array([False, True])
    assert counted(rated([0.5, 0.5]), alone, alone=0.0)["rate"].tolist() == [0, 0]
    assert counted(rated([0.5, 0.5]), alone)["rate"].tolist() == [0, 1]


RATES = st.lists(st.integers(0, 12).map(lambda won: won / 12), min_size=1, max_size=13)


@given(rates=RATES, temperature=st.sampled_from([0.01, 0.04, 0.25, 1.0]))
def test_softmax_is_a_distribution_in_the_order_of_rates(rates: list[float], temperature: float) -> None:
    """Weights are float32, sum to 1, and follow exp(rate / T) within float32."""
    weights = softened(np.array(rates), temperature)
    raised = [exp((rate - max(rates)) / temperature) for rate in rates]
    assert weights.dtype == np.float32
    assert float(weights.sum()) == pytest.approx(1, rel=1e-6)
    assert weights.tolist() == pytest.approx([r / sum(raised) for r in raised], rel=1e-4, abs=1e-37)


@pytest.mark.parametrize(
    ("temperature", "n", "share", "digits"),
    [
        *((0.01, n, 1.0, 3) for n in (*range(2, 9), 10)),
        (0.01, 16, 0.9987, 4),
        (0.01, 25, 0.984, 3),
        (0.01, 50, 0.870, 3),
        (0.01, 64, 0.796, 3),
        (0.01, 128, 0.545, 3),
        (0.01, 256, 0.324, 3),
        (0.04, 2, 1.0, 1),
        (0.04, 8, 0.97, 2),
        (0.04, 10, 0.938, 3),
        (0.04, 16, 0.811, 3),
        (0.04, 25, 0.647, 3),
        (0.04, 50, 0.400, 3),
        (0.04, 64, 0.328, 3),
        (0.04, 128, 0.179, 3),
        (0.04, 256, 0.093, 3),
        (0.25, 2, 0.98, 2),
        (0.25, 8, 0.44, 2),
        (0.25, 10, 0.363, 3),
        (0.25, 16, 0.237, 3),
        (0.25, 25, 0.156, 3),
        (0.25, 50, 0.080, 3),
        (0.25, 64, 0.063, 3),
        (0.25, 128, 0.032, 3),
        (0.25, 256, 0.016, 3),
    ],
)
def test_winners_share_by_temperature(temperature: float, n: int, share: float, digits: int) -> None:
    """The best of n strictly ordered models gets this share, to the printed digits."""
    assert round(float(softened(ordered(n), temperature)[-1]), digits) == share


@pytest.mark.parametrize("k", [2, 3, 11, 50, 101, 256])
@pytest.mark.parametrize("temperature", [0.01, 0.04, 0.25])
def test_winners_share_in_closed_form(k: int, temperature: float) -> None:
    """The top of k ordered models weighs (1 - e^(-1 / ((k-1) T))) / (1 - e^(-k / ((k-1) T)))."""
    step = 1 / ((k - 1) * temperature)
    share = (1 - exp(-step)) / (1 - exp(-k * step))
    assert float(softened(ordered(k), temperature)[-1]) == pytest.approx(share, rel=1e-5)


@pytest.mark.parametrize(("k", "share", "digits"), [(11, 0.99995, 5), (101, 0.632, 3)])
def test_winners_share_as_published(k: int, share: float, digits: int) -> None:
    """The numbers of the theory for T = 0.01."""
    assert round(float(softened(ordered(k), 0.01)[-1]), digits) == share


@given(rates=RATES, empty=st.lists(st.booleans(), max_size=5))
def test_empty_seats_weigh_nothing(rates: list[float], empty: list[bool]) -> None:
    """Seats without a model get the weight 0 and leave the others' weights as they are, to the last bit."""
    present = np.array([True] * len(rates) + [False] * len(empty))
    for weigh in (lambda pool: softmax(pool, 0.01), winner_shares):
        some, alone = rated([*rates, *(0.7 for _ in empty)], present), rated(rates)
        weigh(some)
        weigh(alone)
        assert some["weight"].tolist() == [*alone["weight"].tolist(), *(0 for _ in empty)]


@given(RATES)
def test_the_winner_takes_all(rates: list[float]) -> None:
    """SN37: the highest win rate takes everything; a tie is shared equally."""
    best, pool = [rate == max(rates) for rate in rates], rated(rates)
    winner_shares(pool)
    assert pool["weight"].tolist() == pytest.approx([b / sum(best) for b in best], rel=1e-6)


def ordered(n: int) -> np.ndarray:
    """Win rates of n models of which each beats all before it."""
    return np.arange(n) / (n - 1)
