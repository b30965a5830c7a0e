"""Which miner follows which strategy, and what happens to a strategy that breaks the rules."""

import numpy as np
import pytest
from steady_world import SEED, ended, lane, steady

from policies import InputError, build
from sim.lanes import Columns, Lane
from sim.miners.population import Choices, Population, roles
from sim.miners.strategies import build as strategy
from sim.world import World

HONEST, COPYCAT, SNIPER = (strategy(name) for name in ("honest", "copycat", "sniper"))


def mix(*shares: float, deviants: int = 0) -> Population:
    """A population of up to three strategies, some of them deviants too."""
    kinds = (HONEST, COPYCAT, SNIPER)
    return Population("mix", tuple(zip(kinds, shares, strict=False)), kinds[:deviants])


@pytest.mark.parametrize(
    ("shares", "miners", "counts"),
    [
        ((0.5, 0.3, 0.2), 10, (5, 3, 2)),
        ((0.5, 0.3, 0.2), 7, (4, 2, 1)),  # 3.5, 2.1, 1.4: the seat left over goes to the largest remainder
        ((0.45, 0.35, 0.2), 3, (1, 1, 1)),  # 1.35, 1.05, 0.6
        ((0.9, 0.1), 4, (4, 0)),  # 3.6, 0.4
        ((0.1, 0.2, 0.7), 100, (10, 20, 70)),  # 0.1 * 100 and the like are whole numbers, whatever floats say
        ((1.0, 0.0), 5, (5, 0)),
    ],
)
def test_counts(shares: tuple[float, ...], miners: int, counts: tuple[int, ...]) -> None:
    """Each strategy has the whole part of its share, and what is left goes to the largest remainders."""
    found = np.bincount(mix(*shares).of_ranks(miners), minlength=len(shares))
    assert found.tolist() == list(counts)


def test_they_are_dealt_out_evenly() -> None:
    """Of 9 to 1 every stretch of ten ranks has one; of three equal shares every stretch of three has each once."""
    nine = mix(0.9, 0.1).of_ranks(40)
    assert [int((nine[i : i + 10] == 1).sum()) for i in range(0, 40, 10)] == [1, 1, 1, 1]
    thirds = Population("thirds", tuple((kind, 1 / 3) for kind in (HONEST, COPYCAT, SNIPER))).of_ranks(12)
    assert all(set(thirds[i : i + 3]) == {0, 1, 2} for i in range(0, 12, 3))


def test_deviants_are_first() -> None:
    """The first ranks follow the deviants, one each; the others are what they would be without them."""
    with_them, without = mix(0.5, 0.5, deviants=2).of_ranks(6), mix(0.5, 0.5).of_ranks(6)
    assert with_them[:2].tolist() == [2, 3]
    np.testing.assert_array_equal(with_them[2:], without[2:])


@pytest.mark.parametrize(
    ("make", "said", "path"),
    [
        (lambda: mix(0.5, 0.4), "sum to 0.9, but must sum to 1; they are honest 0.5, copycat 0.4", ("mix",)),
        (mix, "sum to 0, but must sum to 1", ("mix",)),
        (lambda: mix(1.5, -0.5), "the share of copycat is -0.5, but must not be negative", ("mix",)),
        (lambda: mix(float("nan")), "the share of honest is nan", ("mix",)),
        (lambda: mix(1.0, deviants=3).of_ranks(2), "has 3 deviants, but there are 2 miners", ("deviants",)),
    ],
)
def test_faults(make, said: str, path: tuple[str, ...]) -> None:
    """What is wrong is said with the numbers given, and its key."""
    with pytest.raises(InputError, match=said) as found:
        make()
    assert found.value.path == path


def test_roles() -> None:
    """Ranks are a permutation in each world, of its own, and the same whichever worlds are asked for together."""
    ranks = roles(50, 3, [0, 1, 2])
    for column in ranks.T:
        assert sorted(column) == list(range(50))
    assert len({tuple(column) for column in ranks.T}) == 3
    np.testing.assert_array_equal(roles(50, 3, [2]), ranks[:, 2:])


def test_every_role_is_equally_likely() -> None:
    """Over 2,000 worlds a miner of five has each rank in a fifth of them (z < 4)."""
    counts = np.bincount(roles(5, 11, range(2000))[0], minlength=5)
    assert (np.abs(counts - 400) < 4 * np.sqrt(2000 * 0.2 * 0.8)).all()


def test_each_follows_its_strategy_in_each_lane() -> None:
    """Deviants are the first in the order of roles, which differs between worlds; the rest follow the mix."""
    lanes = lane("linear", "copycat", "sniper"), lane("linear")
    worlds = [0, 1, 2]
    choices = Choices(Columns(lanes, len(worlds)), 5, SEED, worlds)
    names = np.array([s.name() for s in choices.strategies])[choices.code]
    for column in range(3):
        rank = choices.rank[:, column]
        assert names[rank == 0, column] == ["copycat"]
        assert names[rank == 1, column] == ["sniper"]
        assert (names[rank > 1, column] == "honest").all()
    assert (names[:, 3:] == "honest").all()
    assert len({tuple(choices.rank[:, column]) for column in range(3)}) == 3


def test_many_strategies() -> None:
    """Hundreds of variants side by side keep their places."""
    lanes = [lane("linear", {"honest": {"certainty": 0.5 + i / 1000}}) for i in range(300)]
    choices = Choices(Columns(lanes, 1), 2, SEED, [0])
    first = [choices.strategies[number].values["certainty"] for number in choices.code[0]]
    assert first == [0.5 + i / 1000 for i in range(300)]


def test_a_mix_decides_as_each_would_alone() -> None:
    """Two lanes, each with a deviant of its own, are two worlds alone: nobody decides for another lane."""
    lanes = lane("linear", "withholder"), lane("linear", "blocker")
    together = ended(steady(0.004, 0.003, 0.001), *lanes)
    for number, own in enumerate(lanes):
        alone = ended(steady(0.004, 0.003, 0.001), own)
        for name in ("submissions", "position"):
            found = getattr(together.miners, name)[:, number]
            np.testing.assert_array_equal(found, getattr(alone.miners, name)[:, 0])


def test_without_a_population_all_are_honest() -> None:
    """A lane that names nobody has honest miners."""
    world = World(steady(0.001, 0.001), [Lane("bare", build("linear"))], SEED, [0])
    assert [s.name() for s in world.miners.choices.strategies] == ["honest"]
