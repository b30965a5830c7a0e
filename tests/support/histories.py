"""Histories small enough to work out by hand, and what a policy says after them."""

from math import inf
from typing import Any

from policies import Memory, News, Policy, Seen
from sim.clock import BLOCKS_PER_DAY as DAY

LINE = {"linear": {"start": 0.005, "end": 0.0005, "decay_blocks": 7 * DAY}}

RATES = (2e-4, 5e-4, 1e-3, 2e-3)
"""How much the best attainable log loss falls in a day."""

UNKNOWN = Seen(since=inf)
"""No model was ever crowned or measured."""


def epsilon(policy: Policy, age: float, memory: Memory | None = None, **facts: float) -> float:
    """The advantage of one model; facts that are not given are unknown."""
    told = policy if memory is None else policy.remembering(memory)
    return told.advantage(age, UNKNOWN._replace(**facts))


def told(policy: Policy, *evaluations: dict[str, Any]) -> Memory:
    """What the policy remembers after evaluations; what is not given is unknown."""
    memory = policy.begin()
    for given in evaluations:
        policy.remember(memory, News(**given))
    return memory


def reign(policy: Policy, rate: float, memory: Memory | None = None, **facts: float) -> float:
    """Days until a frontier that falls at `rate` a day clears the bar: the root of rate * a = epsilon(a)."""
    low, high = 0.0, 1_000.0
    for _ in range(80):
        middle = (low + high) / 2
        holds = rate * middle < epsilon(policy, middle * DAY, memory, **facts)
        low, high = (middle, high) if holds else (low, middle)
    return low


def line_reign(start: float, end: float, rate: float, days: float = 7.0) -> float:
    """Days under a line over `days`: 1 / reign is r / start + (1 - end / start) / days while it falls."""
    falling = 1 / (rate / start + (1 - end / start) / days)
    return falling if falling <= days else end / rate
