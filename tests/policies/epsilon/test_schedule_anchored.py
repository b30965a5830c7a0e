"""A margin that falls while the descent is behind its schedule."""

import pytest
from histories import epsilon, told
from policy_contracts import GraceContract

from policies import build
from policies.epsilon.schedule_anchored import ScheduleAnchored
from policies.testing import PolicyContract
from sim.clock import BLOCKS_PER_DAY as DAY


class TestScheduleAnchored(PolicyContract):
    """The contract."""

    policy = ScheduleAnchored


class TestScheduleAnchoredAfterGrace(GraceContract):
    """The contract after a grace period."""

    inner = ScheduleAnchored


@pytest.mark.parametrize(
    ("days", "gains", "times"),
    [
        (0, [], 1),
        (4, [0.004], 1),  # on schedule: the start, which is not 0
        (4, [0.001, 0.001], 1 / 4),
        (4, [0.006], 4),
        (4, [0.003, 0.002], 2),
        (100, [], 1 / 50),  # the end
        (1, [0.5], 10),  # the most
    ],
)
def test_schedule_anchored_against_the_promise(days: float, gains: list[float], times: float) -> None:
    """On schedule epsilon is its start; 2 days behind with a cut of 1/2 a quarter, 2 days ahead four times."""
    values = {"start": 0.005, "end": 0.0001, "most": 0.05, "cut": 0.5, "target": 0.001}
    policy = build({"schedule-anchored": values})
    crowns = [{"block": 900.0, "crowned": True, "gain": gain} for gain in gains]
    memory = told(policy, {"block": 900.0, "crowned": True}, *crowns)
    assert epsilon(policy, 0, memory, now=900.0 + days * DAY) == pytest.approx(0.005 * times, rel=1e-12)


def test_schedule_anchored_before_the_first_crown() -> None:
    """Nobody is behind a schedule that has not begun."""
    policy = build("schedule-anchored")
    assert epsilon(policy, 0, told(policy, {"block": 0.0}), now=1e6) == pytest.approx(0.005, rel=1e-12)
