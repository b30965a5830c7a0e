"""`discover`: numbers of a world's recipe that nobody knows, and the points of the space that they span."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Literal, cast

from pydantic import Field

from experiments.recipe.faults import Strict, check_name, descend, shorten
from policies import InputError

Scale = Literal["linear", "log", "integer"]
ROOTS = ("scenario", "populations")
"""Keys of a recipe whose numbers may be varied."""


class AxisKeys(Strict):
    """A number that is varied, evenly between two bounds that are included."""

    key: str = Field(description="the number, by the path to it in the recipe, such as `scenario.miners`")
    low: int | float = Field(description="its least value")
    high: int | float = Field(description="its greatest value")
    scale: Scale = Field("linear", description="varied evenly, evenly in the logarithm, or in whole numbers")

    @property
    def path(self) -> list[str]:
        """The key in parts."""
        return self.key.split(".")


class DiscoverKeys(Strict):
    """What `steepest discover` varies."""

    over: dict[str, AxisKeys] = Field(
        min_length=1, max_length=20, description="the numbers to vary, by the names that rules call them"
    )
    points: int = Field(
        256, ge=40, le=100_000, description="combinations of numbers; half find the rules and half judge them"
    )


def check_axes(keys: DiscoverKeys, data: Mapping[str, Any]) -> None:
    """Check the axes of a recipe, apart from what the recipe says to their values.

    Raises:
        InputError: with the key path within `discover`.
    """
    for name, axis in keys.over.items():
        with descend("over", name):
            check_name(name, "number")
            if not axis.low < axis.high:
                raise InputError(f"is {axis.low:g} to {axis.high:g}, but `low` must be below `high`")
            if axis.scale == "log" and axis.low <= 0:
                raise InputError(f"is {axis.low:g}, but must be above 0 on a scale of logarithms", ("low",))
            if axis.scale == "integer" and not float(axis.low).is_integer() & float(axis.high).is_integer():
                raise InputError(f"is {axis.low:g} to {axis.high:g}, but `scale: integer` takes whole numbers")
            if axis.path[0] not in ROOTS or not all(axis.path[1:] or [""]):
                raise InputError(f"is {axis.key!r}, but must begin with `scenario.` or `populations.`", ("key",))
            place, key = _place(deepcopy(dict(data)), axis.path)
            now = place[key] if isinstance(place, list) else place.get(key, 0)
            if type(now) not in (int, float):
                raise InputError(f"leads to {shorten(now)}, but must lead to a number", ("key",))
    paths = [axis.path for axis in keys.over.values()]
    for name, axis in keys.over.items():
        if paths.count(axis.path) > 1:
            raise InputError(f"is {axis.key!r}, as another number's; vary each once", ("over", name, "key"))


def vary(data: Mapping[str, Any], axes: Sequence[AxisKeys], values: Sequence[float]) -> dict[str, Any]:
    """The scenario and the populations of a recipe with other numbers.

    The strategies of a population that are not varied share, in their proportions, what the others leave.

    Args:
        data: the recipe as it stands in the file.
        axes, values: the numbers that differ.
    """
    out = {key: deepcopy(data[key]) for key in ROOTS if key in data}
    for axis, value in zip(axes, values, strict=True):
        place, key = _place(out, axis.path)
        place[key] = value
    for path in {tuple(axis.path[:-1]) for axis in axes if axis.path[0] == "populations"}:
        shares, _ = _place(out, [*path, ""])
        given = {axis.path[-1] for axis in axes if tuple(axis.path[:-1]) == path}
        rest = sum(share for _, share in _other_shares(shares, given))
        left = 1.0 - sum(shares[strategy] for strategy in given)
        for strategy, share in _other_shares(shares, given):
            shares[strategy] = max(left, 0.0) * share / rest if rest else 0.0
    return out


def _other_shares(shares: Mapping[str, Any], given: set[str]) -> Iterator[tuple[str, float]]:
    return ((key, share) for key, share in list(shares.items()) if key not in given and type(share) in (int, float))


def _place(data: Any, path: Sequence[str]) -> tuple[Any, Any]:
    """The mapping or list that has what a path leads to, made where it is missing, and its key in there."""
    place, key = data, cast(Any, None)
    for depth, part in enumerate(path):
        if depth:
            place = place[key] if isinstance(place, list) else place.setdefault(key, {})
        if isinstance(place, dict):
            key = part
        elif isinstance(place, list) and part.isdecimal() and int(part) < len(place):
            key = int(part)
        else:
            above = ".".join(path[:depth])
            raise InputError(f"is {'.'.join(path)!r}, but {above} has no {part!r}: it is {shorten(place)}", ("key",))
    return place, key
