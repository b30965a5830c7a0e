"""Memory is estimated before anything is computed."""

import pytest

from experiments.run import memory
from policies import InputError
from sim.scenario import Scenario, Validation


def test_the_estimate_grows_with_miners_and_columns():
    """Twice the columns need twice the memory; 1,024 lanes need what was measured, within a tenth."""
    assert memory.needed(Scenario(), 1024) == 2 * memory.needed(Scenario(), 512)
    measured = {64: 118e6, 256: 262e6, 1024: 1153e6}
    found = {miners: memory.needed(Scenario(miners=miners), 1024) for miners in measured}
    assert found == pytest.approx(measured, rel=0.1)
    three = Scenario(validation=Validation(validators=3))
    assert memory.needed(three, 1024) == pytest.approx(416e6, rel=0.1)


def test_worlds_draw_ahead():
    """16 worlds of one lane and 256 miners need the 74 MB that were measured, within a tenth: most is drawn ahead."""
    assert memory.needed(Scenario(), 16, 16) == pytest.approx(74e6, rel=0.1)


def test_too_many_lanes_are_refused_with_the_estimate(monkeypatch):
    """What does not fit is refused with the need, what there is, and what to do; what fits is not."""
    monkeypatch.setattr(memory, "free", lambda: 10**9)
    memory.check(Scenario(), 1024, 1, 1)
    with pytest.raises(InputError, match=r"world: 10000 lanes of 256 miners need about 2\.6 GB, but only 0\.8 GB"):
        memory.check(Scenario(), 10_000, 1, 1)
    with pytest.raises(InputError, match=r"in each of 8 processes.*--workers"):
        memory.check(Scenario(), 1024, 1, 8)


def test_the_free_memory_is_known():
    """A machine has at least some megabytes for a new program."""
    assert memory.free() > 10**7
