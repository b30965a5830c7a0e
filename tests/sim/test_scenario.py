"""A contest in numbers."""

import numpy as np
import pytest

from policies import InputError
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.progress.law import LawProgress
from sim.miners.script import Script
from sim.scenario import Scenario, Validation


def test_time_by_size_is_that_of_the_logs() -> None:
    """772M models took 56 to 115 s, so 14B take five times the geometric mean of that: just under 400 s."""
    small, large = Validation().effort(np.array([0.772e9, 14e9]))
    assert large / small == pytest.approx(400.0 / np.sqrt(56 * 115), rel=0.02)


def test_steps_fill_the_contest() -> None:
    """Half a day of 7,200 blocks in steps of 1,000 is four steps, the last one shorter."""
    scenario = Scenario(days=0.5, validation=Validation(step_blocks=1000))
    assert (scenario.horizon, scenario.steps) == (3600, 4)
    assert list(scenario.clock()) == [(0, 1000), (1000, 2000), (2000, 3000), (3000, 3600)]


def test_a_script_may_have_its_own_clock() -> None:
    """Where a race says when steps began, these are the steps; without lineages no owners are counted."""
    script = Script(np.array([0, 50]), np.array([0, 1]), np.array([3.0, 2.9]), starts=(10, 70))
    scenario = Scenario(days=100 / 7200, miners=2, script=script)
    assert list(scenario.clock()) == [(10, 70), (70, 100)]
    assert scenario.owners == 0
    assert Scenario(miners=3).owners == 3


@pytest.mark.parametrize(
    ("given", "said", "path"),
    [
        ({"miners": 1}, "miners is 1, but must be from 2 to 4096", ("miners",)),
        ({"days": float("nan")}, "days is nan, but must be from 0.01 to 3650", ("days",)),
        (
            {"progress": ((LawProgress(), 0.5), (IdeasProgress(), 0.4))},
            "sum to 0.9, but must sum to 1; .* law 0.5, ideas 0.4",
            ("progress",),
        ),
    ],
)
def test_faults(given: dict[str, object], said: str, path: tuple[str, ...]) -> None:
    """What is out of bounds, or does not sum to 1, is refused with its key."""
    with pytest.raises(InputError, match=said) as found:
        Scenario(**given)
    assert found.value.path == path
