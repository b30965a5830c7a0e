"""Games given by a matrix, against the equilibria and the regret that nashpy and Gambit name.

`matrix[i, j]` is what strategy i is paid where everybody else plays j. A crowd can rest at the symmetric equilibria of
the game of two players who are both paid so.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from small_game import crowd

from experiments.play.mixes import count_miners
from experiments.play.replicator import SETTLED, first_mix, least_share, movement, next_mix, raise_shares, settled_mix
from experiments.play.settle import games_of
from experiments.results.regret import best_gain

LEAST, ROUNDS = 1e-3, 100
DOMINATED = np.array([[3.0, 0.0, 3.0], [5.0, 1.0, 0.0], [2.0, 0.0, -1.0]])
HAWK_DOVE_IDLE = np.array([[-1.0, 4.0, 4.0], [0.0, 2.0, 4.0], [0.0, 0.0, 0.0]])

Oracle = Callable[[np.ndarray], list[np.ndarray]]


def library(name: str) -> Any:
    """An oracle; where it is missing the test is skipped."""
    return pytest.importorskip(name, reason=f"{name} is not installed (extra `dev`)")


def gambit_game(matrix: np.ndarray) -> Any:
    """The game of two."""
    return library("pygambit").StrategicGame.from_arrays(matrix, matrix.T)


def by_nashpy(matrix: np.ndarray) -> list[np.ndarray]:
    """Symmetric equilibria, by the vertices of the polytopes of best replies."""
    found = library("nashpy").Game(matrix, matrix.T).vertex_enumeration()
    return [first for first, second in found if np.allclose(first, second)]


def by_gambit(matrix: np.ndarray) -> list[np.ndarray]:
    """The same in fractions."""
    game = gambit_game(matrix)
    found = []
    for profile in library("pygambit").nash.enummixed_solve(game, rational=True).equilibria:
        first, second = ([float(profile[p][s]) for s in game.get_strategies(p)] for p in game.players)
        if first == second:
            found.append(np.array(first))
    return found


oracles = pytest.mark.parametrize("named", [by_nashpy, by_gambit])


@st.composite
def games(draw: st.DrawFn) -> np.ndarray:
    """Any game of two to four strategies in which no two replies to one strategy are paid the same."""
    size = draw(st.integers(2, 4))
    columns = [draw(st.permutations(range(-4, 5)))[:size] for _ in range(size)]
    return np.array(columns, dtype=np.float64).T


@st.composite
def stable_games(draw: st.DrawFn) -> np.ndarray:
    """A game in which (x - y) A (x - y) < 0, so it has one equilibrium (Hofbauer and Sandholm 2009); that is inside."""
    size = draw(st.integers(2, 4))
    some, other = (draw(arrays(np.float64, (size, size), elements=st.integers(-2, 2))) for _ in range(2))
    matrix = -some @ some.T / 4.0 - 2.0 * np.eye(size) + (other - other.T) / 2.0
    inside = np.array(draw(st.lists(st.integers(1, 4), min_size=size, max_size=size)), dtype=np.float64)
    return np.asarray(matrix - (matrix @ inside / inside.sum())[:, None])


def play(matrix: np.ndarray, start: np.ndarray, rounds: int = ROUNDS) -> np.ndarray:
    """The first mix and that after each round, `[rounds + 1, strategies]`."""
    mixes = [start]
    for number in range(rounds):
        mixes.append(next_mix(mixes[-1], matrix @ mixes[-1], number, LEAST))
    return np.stack(mixes)


@oracles
@given(matrix=games())
def test_a_crowd_stays_with_one_strategy_where_that_is_an_equilibrium(named: Oracle, matrix: np.ndarray) -> None:
    """Nearly all of it remain; where it is none, the strategy loses miners at once."""
    equilibria = named(matrix)
    for strategy, alone in enumerate(np.eye(len(matrix))):
        start = first_mix(len(matrix), strategy, LEAST)
        stays = play(matrix, start, 1)[-1, strategy] > start[strategy] - 1e-12
        assert stays == any(np.allclose(alone, each) for each in equilibria)


@oracles
@settings(max_examples=25)
@given(matrix=stable_games())
def test_a_stable_game_ends_in_its_only_equilibrium(named: Oracle, matrix: np.ndarray) -> None:
    """From nearly all of one strategy to the mix in which all are paid the same."""
    (expected,) = named(matrix)
    mixes = play(matrix, first_mix(len(matrix), 0, LEAST))
    assert settled_mix(mixes) == pytest.approx(expected, abs=0.02)
    assert movement(mixes) < SETTLED


@settings(max_examples=25)
@given(matrix=games())
def test_regret_is_gambits(matrix: np.ndarray) -> None:
    """What a miner of the most frequent strategy gains by the best other one, on the way and where a game settles."""
    game = gambit_game(matrix)
    mixes = play(matrix, first_mix(len(matrix), None, LEAST))
    for mix in (mixes[0], mixes[3], settled_mix(mixes)):
        usual, pay = int(np.argmax(mix)), matrix @ mix
        others = {str(k): np.full(2, pay[k] - pay[usual]) for k in range(len(pay)) if k != usual}
        (regret, _) = best_gain(others, np.array(["case"] * 2))
        theirs = game.mixed_strategy_profile([mix.tolist()] * 2).strategy_regrets["1"][str(usual + 1)]
        assert max(regret, 0.0) == pytest.approx(theirs, abs=1e-9)


@oracles
@pytest.mark.parametrize("matrix", [HAWK_DOVE_IDLE, DOMINATED])
def test_a_crowd_of_miners_settles_where_the_oracle_says(tmp_path: Path, named: Oracle, matrix: np.ndarray) -> None:
    """Of 100 miners as many follow each strategy as in an equilibrium, to one; what nobody should do keeps two."""
    (game, *_) = games_of(crowd(tmp_path, "miners: 10", "miners: 100"))
    for _ in range(60):
        game.advance(matrix @ game.mixes[-1])
    count = np.array([*count_miners(game.settled_lane(), 100).values()])
    ends = [raise_shares(each, least_share(100)) for each in named(matrix)]
    assert min(np.abs(count - 100 * each).max() for each in ends) <= 1
