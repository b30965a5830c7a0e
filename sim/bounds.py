"""Bounds of plain numbers: what a scenario or a way of making progress allows in its fields."""

from collections.abc import Iterable

from policies.errors import InputError

Bound = tuple[str, float, float]
"""The name of a field, and the lowest and the highest value that are allowed."""


def within(thing: object, bounds: Iterable[Bound]) -> None:
    """Check the fields of a thing against their bounds, both included.

    Raises:
        InputError: a field is out of its bounds or NaN; its name is the path.
    """
    for name, low, high in bounds:
        value = getattr(thing, name)
        if not low <= value <= high:
            raise InputError(f"{name} is {value:g}, but must be from {low:g} to {high:g}", (name,))
