"""Which competitions run when, whose turn it is, and which submissions still count (A2, A4)."""

from collections.abc import Sequence
from typing import TypeVar

Running = TypeVar("Running")


def active(schedule: Sequence[tuple[int, Running]], block: int) -> tuple[int, Running]:
    """The entry in force at a block: the last one whose first block has come.

    Args:
        schedule: `(first block, what runs from then on)`, by rising block.
        block: the block asked for.

    Raises:
        LookupError: the block is before the first entry.
    """
    begun = [entry for entry in schedule if entry[0] <= block]
    if not begun:
        raise LookupError(f"block {block} is before the schedule's first, {schedule[0][0] if schedule else 'none'}")
    return begun[-1]


def turn(running: Sequence[Running], global_step: int) -> Running:
    """The competition that a step evaluates: round robin over those that run now."""
    return running[global_step % len(running)]


def counts(schedule: Sequence[tuple[int, Sequence[object]]], competition: object, committed: int, now: int) -> bool:
    """Whether a submission counts: its competition ran at its commit block, and runs now (P17)."""
    return competition in active(schedule, committed)[1] and competition in active(schedule, now)[1]
