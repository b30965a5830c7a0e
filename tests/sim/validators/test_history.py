"""Public history: what counts as a crown, and that no policy sees a true loss."""

from collections.abc import Sequence
from math import inf, log, nan

import numpy as np
import pytest
from engine_loops import reachable

from policies import build, names
from sim.clock import BLOCKS_PER_DAY
from sim.lanes import Columns, Lane
from sim.models import no_miners, no_models
from sim.scenario import Scenario
from sim.validators import history as room
from sim.validators.validator import Validator, new_history, new_validator
from sim.world import World

ADVANTAGE, FORGET, KINSHIP, REMEMBER = (
    reachable(getattr(room, name)) for name in ("advantage", "forget", "kinship", "remember")
)


def evaluated(validator: Validator, uids: Sequence[int]) -> None:
    """Let the last step of every column have evaluated these miners' models."""
    validator.state["begun"], validator.state["models"] = True, len(uids)
    validator.pools["uid"][:, : len(uids)] = uids


class Chronicle:
    """A history of three miners in one lane, told evaluation by evaluation."""

    def __init__(self) -> None:
        columns = Columns([Lane("shield", build("descent-shield"))], 1)
        self.lanes, self.history = columns.table, new_history(3, 1, 0.0, 0.0)
        self.validator = new_validator(columns, no_miners((1, 3)), no_models(3, 1), self.history, np.ones(3))

    def evaluate(self, now: int, king: int, **losses: float) -> None:
        """An evaluation in which the miners `m0`, `m1`, `m2` have these losses, and which makes `king` the king."""
        uids = [int(name[1:]) for name in losses]
        self.history.measured[0, uids] = list(losses.values())
        evaluated(self.validator, uids)
        REMEMBER(self.lanes, self.validator, 0, now, king)

    def commit(self, miner: int, block: int) -> None:
        """The miner's new model is let in."""
        self.validator.models.facts["block"][0, miner], self.history.measured[0, miner] = block, nan
        FORGET(self.history, 0, miner)

    def of(self, miner: int) -> tuple[float, float, float]:
        """Block of the crown, gain, and days since the crown before, of a miner's present model."""
        return self.history.crowns[0, miner].item()


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
    """A king that replaces its model is crowned again if the new one measures better than its old one last did."""
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
    """As long as nobody has measured the king's new model, it is compared with nothing, and its old score stands."""
    told = Chronicle()
    told.commit(0, 10)
    told.commit(1, 20)
    told.evaluate(100, 0, m0=3.0, m1=3.5)
    told.commit(0, 500)
    told.evaluate(600, 0, m1=3.5)
    assert told.of(0) == (inf, 0.0, inf)
    told.evaluate(750, 0, m0=2.9)
    assert told.of(0)[:2] == (750.0, pytest.approx(log(3.0 / 2.9)))


class Asked:
    """A contest with a lane per policy after its end, and what its policies say about it."""

    def __init__(self, miners: int) -> None:
        self.world = World(Scenario(days=6, miners=miners), [Lane(name, build(name)) for name in names()], 5, [0])
        self.world.run()
        self.lanes, self.validator = self.world.columns.table, self.world.validators[0]
        self.history, self.models = self.validator.history, self.validator.models
        evaluated(self.validator, range(miners))

    def epsilon(self, now: int) -> np.ndarray:
        """Of every model at a block, against each other, and after full decay, `[lanes, some]`."""
        every = self.world.scenario.miners
        return np.array([[x for m in range(every) for x in self._of(c, m, now)] for c in range(len(self.lanes))])

    def _of(self, c: int, m: int, now: int) -> list[float]:
        age = now - self.models.facts["block"][c, m]
        alike = [nan, *(KINSHIP(self.models, c, m, other) for other in range(self.world.scenario.miners))]
        return [
            ADVANTAGE(self.lanes, self.validator, c, m, float(now), at, like) for at in (age, inf) for like in alike
        ]

    def evaluate(self, now: int) -> None:
        """Let policies learn from one more evaluation of all models."""
        for c, king in enumerate(self.world.kings.tolist()):
            REMEMBER(self.lanes, self.validator, c, now, king)

    def state(self) -> list[np.ndarray]:
        """What policies and history remember; writing changes it."""
        memories = [made.records for made in self.world.columns._kept]
        return [*memories, self.history.crowns, self.history.thrones]


def test_no_policy_sees_a_true_loss() -> None:
    """A latent loss planted into every model moves no policy's epsilon; a measured one moves those that read it."""
    asked = Asked(8)
    now = asked.world.scenario.horizon
    began = [each.copy() for each in asked.state()]

    def told() -> list[np.ndarray]:
        """Epsilon now, and one evaluation later."""
        for each, before in zip(asked.state(), began, strict=True):
            each[...] = before
        first = asked.epsilon(now)
        asked.evaluate(now)
        return [first, asked.epsilon(now + 5000)]

    before = told()
    latent = [
        models.facts[name] for models in (asked.models, asked.world.miners.committed) for name in ("loss", "base")
    ]
    for values in (*latent, asked.world.record.best):
        values[...] = 0.01
    for one, other in zip(before, told(), strict=True):
        np.testing.assert_array_equal(one, other)
    asked.history.measured[...] *= 0.5
    moved = (told()[-1] != before[-1]).any(axis=1)
    readers = {"absolute-margin", "excess-entropy", "standard-errors", "noise-floor"}
    assert readers <= {name for name, each in zip(names(), moved, strict=True) if each}
