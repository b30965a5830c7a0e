"""When miners look up, and the chance of each look: the world's, whatever the lanes and the company."""

from dataclasses import replace

import numpy as np
import pytest

from policies import build
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Lane
from sim.miners.looks import CHUNK, Agenda
from sim.miners.progress.course import NO_IDEAS
from sim.scenario import Scenario
from sim.validators.noise import NoiseLevel
from sim.world import World

CONTEST = Scenario(days=9.0, miners=7, wake_blocks=1000, noise=NoiseLevel(samples=50))
CHANCE = ("work", "doubt", "draw", "luck")


def looks_of(scenario: Scenario, worlds: tuple[int, ...] = (0,), steps: range | None = None) -> Agenda:
    """All looks of some steps of a contest, or of all, in their order."""
    chance = World(scenario, [Lane("own", build("linear"))], 4, worlds).miners.chance
    parts = []
    for step in range(scenario.steps) if steps is None else steps:
        agenda, first, last = chance.looks_of(step)
        parts.append([np.array([last - first]), *(each[first:last] for each in agenda[1:-1])])
    return Agenda(*(np.concatenate(part) for part in zip(*parts, strict=True)), NO_IDEAS)


def test_every_look_has_its_step() -> None:
    """A miner looks at its phase and then every 1,000 blocks, in the step that its block lies in; miners in order."""
    found, step = looks_of(CONTEST), CONTEST.validation.step_blocks
    for miner in range(CONTEST.miners):
        mine = found.block[found.miner == miner]
        assert (np.diff(mine) == 1000).all()
        assert 0 <= mine[0] < 1000
        assert CONTEST.horizon - 1000 <= mine[-1] < CONTEST.horizon
    steps = np.repeat(np.arange(CONTEST.steps), found.begins)
    np.testing.assert_array_equal(found.block // step, steps)
    assert (np.diff(steps * CONTEST.miners + found.miner) > 0).all()


def test_the_interval_before_a_look() -> None:
    """The first one lasts from the beginning, the others from look to look."""
    found = looks_of(CONTEST)
    expected = np.where(found.block < 1000, found.block, 1000.0) / BLOCKS_PER_DAY
    np.testing.assert_allclose(found.days, expected, rtol=1e-15)


def test_a_miner_looks_once_in_a_step() -> None:
    """Where a step is longer than the time between two looks, the first of them counts."""
    fine = replace(CONTEST, wake_blocks=50, days=1.0)
    found = looks_of(fine)
    assert (found.begins == CONTEST.miners).all()
    assert (found.block % fine.validation.step_blocks < 50).all()


@pytest.mark.parametrize("name", CHANCE)
def test_a_shorter_contest_has_the_first_numbers(name: str) -> None:
    """A contest that goes on longer has the same chance until then."""
    short, long = looks_of(replace(CONTEST, days=6.0)), looks_of(CONTEST)
    assert replace(CONTEST, days=6.0).steps > CHUNK
    mine = getattr(short, name)
    np.testing.assert_array_equal(mine, getattr(long, name)[: len(mine)])


@pytest.mark.parametrize("name", CHANCE)
def test_a_world_does_not_depend_on_its_company(name: str) -> None:
    """World 3 alone and after another one has the same chance, and another chance than that one."""
    alone, beside = (getattr(looks_of(CONTEST, worlds), name) for worlds in ((3,), (5, 3)))
    np.testing.assert_array_equal(alone[:, 0], beside[:, 1])
    assert (beside[:, 0] != beside[:, 1]).any()


def test_chance_has_its_laws() -> None:
    """Doubt and the luck of a seed are normal, and a draw is uniform: means and squares within 4 standard errors."""
    found = looks_of(replace(CONTEST, miners=60, days=20.0), tuple(range(5)))
    for values in (found.doubt, found.luck):
        assert abs(values.mean()) < 4 / np.sqrt(values.size)
        assert abs((values**2).mean() - 1.0) < 4 * np.sqrt(2.0 / values.size)
    assert abs(found.draw.mean() - 0.5) < 4 * np.sqrt(1.0 / 12.0 / found.draw.size)
    assert 0.0 <= found.draw.min() < found.draw.max() < 1.0
