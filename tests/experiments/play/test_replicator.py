"""The replicator ends in the equilibria of matrix games, which are known by hand, and says where it does not end.

The equilibria are derived from the payoffs: in a mixed one all strategies pay the same.
"""

from collections.abc import Callable
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.play.replicator import (
    SETTLED,
    first_mix,
    least_share,
    movement,
    next_mix,
    raise_shares,
    settled_mix,
)

Payoff = Callable[[np.ndarray], np.ndarray]

LEAST = 0.02
HAWK_DOVE = np.array([[-1.0, 4.0], [0.0, 2.0]])  # V = 4, C = 6: hawks V / C = 2/3
DILEMMA = np.array([[3.0, 0.0], [5.0, 1.0]])
STAG_HUNT = np.array([[4.0, 0.0], [3.0, 3.0]])  # both pay the same at 3/4 stags
ROCK_PAPER_SCISSORS = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])
KIND_ROCK_PAPER_SCISSORS = ROCK_PAPER_SCISSORS + np.ones((3, 3)) - np.eye(3)  # ties pay less: the middle is stable


def play(payoff: Payoff, start: np.ndarray, rounds: int = 24, least: float = LEAST) -> np.ndarray:
    """The first mix and that after each round."""
    mixes = [start]
    for number in range(rounds):
        mixes.append(next_mix(mixes[-1], payoff(mixes[-1]), number, least))
    return np.stack(mixes)


def game(matrix: np.ndarray) -> Payoff:
    """Everybody meets everybody: what a strategy earns against the mix."""
    return lambda mix: matrix @ mix


def end(matrix: np.ndarray, favourite: int | None = None, rounds: int = 24) -> np.ndarray:
    """Where a game settles."""
    return settled_mix(play(game(matrix), first_mix(len(matrix), favourite, LEAST), rounds))


@pytest.mark.parametrize("favourite", [None, 0, 1])
def test_hawks_and_doves_end_in_the_mixed_equilibrium(favourite: int | None) -> None:
    """From every start the hawks are V / C of the crowd, 2/3 for V = 4 and C = 6, to 1 %."""
    assert end(HAWK_DOVE, favourite) == pytest.approx([2 / 3, 1 / 3], abs=0.01)


@pytest.mark.parametrize("favourite", [None, 0, 1])
def test_prisoners_defect(favourite: int | None) -> None:
    """Cooperation is dominated, and keeps what every strategy keeps."""
    assert end(DILEMMA, favourite, rounds=60) == pytest.approx([LEAST, 1 - LEAST], abs=1e-6)


def test_starts_find_both_equilibria_of_a_stag_hunt() -> None:
    """Hunters of stags stay so; at equal shares, below the 3/4 at which both pay the same, all turn to hares."""
    assert end(STAG_HUNT, favourite=0) == pytest.approx([1 - LEAST, LEAST], abs=1e-6)
    assert end(STAG_HUNT, None, rounds=60) == pytest.approx([LEAST, 1 - LEAST], abs=1e-6)


def test_free_entry_ends_where_entering_pays_what_staying_out_does() -> None:
    """A prize W shared by n of N miners at a cost c each: n = W / c, here 40 % of the crowd."""

    def payoff(mix: np.ndarray) -> np.ndarray:
        return np.array([1.0 / mix[0] - 2.5, 0.0])

    for favourite in (None, 0, 1):
        mixes = play(payoff, first_mix(2, favourite, LEAST))
        assert settled_mix(mixes) == pytest.approx([0.4, 0.6], abs=0.01)
        assert movement(mixes) < SETTLED


def test_a_stable_game_of_three_ends_in_its_middle() -> None:
    """Rock, paper, scissors whose ties pay less than the mean of a win and a loss: a third each."""
    mixes = play(game(KIND_ROCK_PAPER_SCISSORS), first_mix(3, 0, LEAST), rounds=60)
    assert settled_mix(mixes) == pytest.approx([1 / 3] * 3, abs=0.01)
    assert movement(mixes) < SETTLED


def test_a_cycle_does_not_settle() -> None:
    """Rock, paper, scissors for a high stake goes round and round, and the movement of its tail says so."""
    mixes = play(game(3.0 * ROCK_PAPER_SCISSORS), first_mix(3, 0, LEAST))
    assert movement(mixes) > SETTLED


def test_a_step_is_the_formula() -> None:
    """The first round: x exp(edge), normalised; edges of more than 1 are scaled to 1."""
    mix, pay = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    grown = np.array([exp(0.5), exp(-0.5)])
    assert next_mix(mix, pay, 0, 0.0) == pytest.approx(grown / grown.sum())
    capped = np.array([exp(1.0), exp(-1.0)])
    assert next_mix(mix, 100.0 * pay, 0, 0.0) == pytest.approx(capped / capped.sum())
    later = np.array([exp(0.25), exp(-0.25)])  # 1 / sqrt(1 + 12 / 4)
    assert next_mix(mix, pay, 12, 0.0) == pytest.approx(later / later.sum())


def test_nobody_observed_counts_as_the_mean() -> None:
    """A strategy without an observation keeps its share where the others pay the same."""
    assert next_mix(np.array([0.2, 0.3, 0.5]), np.array([np.nan, 1.0, 1.0]), 0, LEAST) == pytest.approx([0.2, 0.3, 0.5])
    assert next_mix(np.array([0.4, 0.6]), np.full(2, np.nan), 0, LEAST) == pytest.approx([0.4, 0.6])


@given(
    arrays(np.float64, st.integers(2, 7), elements=st.floats(1e-6, 1.0)),
    st.floats(0.0, 1.0),
    st.integers(0, 50),
    st.floats(-50.0, 50.0),
)
def test_a_mix_stays_a_mix(raw: np.ndarray, part: float, number: int, shift: float) -> None:
    """Shares sum to 1, none is below the least, and adding the same to all pays changes nothing."""
    mix, least = raw / raw.sum(), part / len(raw)
    pay = np.linspace(-2.0, 3.0, len(mix))
    after = next_mix(mix, pay, number, least)
    assert after.sum() == pytest.approx(1.0)
    assert after.min() >= least * (1 - 1e-9)
    assert next_mix(mix, pay + shift, number, least) == pytest.approx(after, abs=1e-9)


def test_lanes_do_not_know_each_other() -> None:
    """Lanes side by side take the same steps as alone, to the bit."""
    random = np.random.default_rng(1)
    mixes, pays = random.dirichlet(np.ones(4), 33), random.normal(size=(33, 4))
    together = next_mix(mixes, pays, 3, LEAST)
    alone = np.stack([next_mix(mix, pay, 3, LEAST) for mix, pay in zip(mixes, pays, strict=True)])
    assert together.tobytes() == alone.tobytes()


def test_raised_takes_from_the_larger_shares_in_proportion() -> None:
    """0 and 0.04 are raised to 0.1, and 0.8 of the rest are left for shares of 2 to 1."""
    assert raise_shares(np.array([0.0, 0.04, 0.64, 0.32]), 0.1) == pytest.approx([0.1, 0.1, 1.6 / 3, 0.8 / 3])


@pytest.mark.parametrize(("miners", "kept"), [(8, 1), (20, 1), (64, 1.92), (256, 2), (1000, 2)])
def test_each_strategy_keeps_two_miners_or_three_percent(miners: int, kept: float) -> None:
    """Whichever is less, and at least one miner."""
    assert least_share(miners) * miners == pytest.approx(kept)


def test_starts() -> None:
    """Even, or nearly all of one strategy."""
    assert first_mix(4, None, 0.03).tolist() == [0.25] * 4
    assert first_mix(3, 1, 0.03) == pytest.approx([0.03, 0.94, 0.03])
    assert first_mix(3, 1, 0.5) == pytest.approx([1 / 3] * 3)


def test_the_tail_is_the_last_third() -> None:
    """Of 7 rounds the last 3 are averaged; of fewer than 3 averaged ones nobody knows whether they move."""
    share = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8])
    mixes = np.stack([share, 1.0 - share], axis=-1)
    assert settled_mix(mixes) == pytest.approx([1.9 / 3, 1.1 / 3])
    assert movement(mixes) == pytest.approx(0.3)
    assert np.isnan(movement(mixes[:6]))
    assert settled_mix(mixes[:2]) == pytest.approx([0.1, 0.9])
