"""Memory is estimated before anything is computed."""

import pytest

from experiments import memory
from policies import InputError
from sim.scenario import Scenario


def test_the_estimate_grows_with_miners_and_columns():
    """Twice the columns need twice the memory; 1,024 lanes of 256 miners need the 100 to 150 MB that were measured."""
    one, two = memory.needed(Scenario(), 512), memory.needed(Scenario(), 1024)
    assert two == 2 * one
    assert 100e6 < two < 150e6


def test_too_many_lanes_are_refused_with_the_estimate(monkeypatch):
    """What does not fit is refused with the need, what there is, and what to do; what fits is not."""
    monkeypatch.setattr(memory, "free", lambda: 10**9)
    memory.check(Scenario(), 1024, 1024, 1)
    with pytest.raises(InputError, match=r"world: 10000 lanes of 256 miners need about 1\.1 GB, but only 0\.8 GB"):
        memory.check(Scenario(), 10_000, 10_000, 1)
    with pytest.raises(InputError, match=r"in each of 8 processes.*--workers"):
        memory.check(Scenario(), 1024, 1024, 8)


def test_the_free_memory_is_known():
    """A machine has at least some megabytes for a new program."""
    assert memory.free() > 10**7
