"""Public history: what counts as a crown, and that no policy sees a true loss."""

from math import inf, log

import numpy as np
import pytest
from steady_world import QUIET

from policies import build, names
from sim.backend import backend
from sim.clock import BLOCKS_PER_DAY
from sim.history import History
from sim.lanes import Columns, Lane
from sim.miners.population import Population
from sim.miners.strategies import build as strategy
from sim.models import Models
from sim.scenario import Scenario
from sim.world import World

PLACE = backend()
JUDGED = np.array([True])


class Chronicle:
    """A history of three miners in one lane, told evaluation by evaluation."""

    def __init__(self) -> None:
        columns = Columns([Lane("shield", build("descent-shield"))], 1)
        self.models, self.measured = Models(PLACE, 3, 1), np.full((4, 1), np.nan)
        self.history = History(PLACE, columns, self.models, self.measured, QUIET)

    def evaluate(self, now: int, king: int, **losses: float) -> None:
        """An evaluation in which the miners `m0`, `m1`, `m2` have these losses, and which makes `king` the king."""
        for name, loss in losses.items():
            self.measured[int(name[1:])] = loss
        self.history.judged(now, np.array([king]), JUDGED, np.array([[int(name[1:])] for name in losses]))

    def commit(self, miner: int, block: int) -> None:
        """The miner's new model is let in."""
        self.models.block[miner], self.measured[miner] = block, np.nan
        self.history.forget(np.array([miner]), np.array([0]))

    def of(self, miner: int) -> tuple[float, float, float]:
        """Block of the crown, gain, and days since the crown before, of a miner's present model."""
        history = self.history
        return float(history.crowned[miner, 0]), float(history.gain[miner, 0]), float(history.gap[miner, 0])


def test_a_crown_has_the_gain_of_one_evaluation() -> None:
    """The gain is ln(loss of the king before / loss of the new one), both from the evaluation that made the crown."""
    told = Chronicle()
    told.commit(0, 10)
    told.evaluate(100, 0, m0=3.0)
    assert told.of(0) == (100.0, 0.0, inf)
    told.commit(1, 3600)
    told.evaluate(100 + BLOCKS_PER_DAY, 1, m0=2.9, m1=2.8)
    assert told.of(1) == (100.0 + BLOCKS_PER_DAY, pytest.approx(log(2.9 / 2.8)), 1.0)


def test_a_better_model_of_the_king_is_a_crown() -> None:
    """A king who replaces his model is crowned again if the new one measures better than his old one last did."""
    told = Chronicle()
    told.commit(0, 10)
    told.evaluate(100, 0, m0=3.0)
    told.commit(0, 500)
    told.evaluate(600, 0, m0=2.9)
    assert told.of(0) == (600.0, pytest.approx(log(3.0 / 2.9)), pytest.approx(500 / BLOCKS_PER_DAY))


def test_a_worse_model_of_the_king_is_none() -> None:
    """A replacement that measures worse brings no crown, not even once a later evaluation is kind to it."""
    told = Chronicle()
    told.commit(0, 10)
    told.evaluate(100, 0, m0=3.0)
    told.commit(0, 500)
    told.evaluate(600, 0, m0=3.1)
    told.evaluate(750, 0, m0=2.9)
    assert told.of(0) == (inf, 0.0, inf)


def test_a_replacement_is_judged_once_it_is_measured() -> None:
    """As long as nobody has measured the king's new model, it is compared with nothing, and his old score stands."""
    told = Chronicle()
    told.commit(0, 10)
    told.commit(1, 20)
    told.evaluate(100, 0, m0=3.0, m1=3.5)
    told.commit(0, 500)
    told.evaluate(600, 0, m1=3.5)
    assert told.of(0) == (inf, 0.0, inf)
    told.evaluate(750, 0, m0=2.9)
    assert told.of(0)[:2] == (750.0, pytest.approx(log(3.0 / 2.9)))


def test_no_policy_sees_a_true_loss() -> None:
    """A latent loss planted into every model moves no policy's epsilon; a measured one moves those that read it."""
    lanes = [Lane(name, build(name), population=Population("all", ((strategy("honest"), 1.0),))) for name in names()]
    world = World(Scenario(days=6, miners=8), lanes, 5, [0])
    world.run()
    validator = world.validators[0]
    history, models, now = validator.history, validator.models, world.scenario.horizon
    slots = np.broadcast_to(np.arange(9)[:, None], (9, len(lanes)))

    def asked() -> list[np.ndarray]:
        """Epsilon of every model now, against each other, and after full decay; one evaluation later too."""
        plain = history.epsilon(now, now - models.block, slots)
        alike = history.each_other(slots)
        against = history.against(now, now - models.block, slots, plain, alike)
        found = [plain, against, history.floor_against(now, slots, alike)]
        history.judged(now, world.board.king, np.full(len(lanes), True), slots)
        return [*found, history.epsilon(now + 5000, now + 5000 - models.block, slots)]

    memories = list(world.columns.panel._memories)
    before = asked()
    world.columns.panel._memories[:] = memories
    for latent in (models.loss, models.base, world.miners.committed.loss, world.miners.best):
        latent[:] = 0.01
    for one, other in zip(before, asked(), strict=True):
        np.testing.assert_array_equal(one, other)
    validator.measured[:] = validator.measured * 0.5
    moved = (asked()[-1] != before[-1]).any(axis=0)
    readers = {"absolute-margin", "excess-entropy", "standard-errors", "noise-floor"}
    assert readers <= {name for name, each in zip(names(), moved, strict=True) if each}
