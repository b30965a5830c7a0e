"""The plan of a discovery: a recipe, and the points at which it is simulated."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from experiments.recipe.dimension import Dimension
from experiments.recipe.discover import DiscoverKeys, check_axes, vary
from experiments.recipe.faults import descend, locate
from experiments.recipe.play import Players
from experiments.recipe.recipe import Spec, resolve
from experiments.recipe.yaml_file import Document, open_recipe
from experiments.run.digest import hash_of, spec_document
from policies import InputError
from sim.lanes import Lane
from sim.scenario import Scenario
from sim.streams import stream


@dataclass(frozen=True)
class Plan:
    """A discovery, ready to begin."""

    spec: Spec  #: the recipe as it stands
    keys: DiscoverKeys
    data: dict[str, Any]  #: the recipe as plain data
    base: Path  #: the folder that relative paths start from

    @property
    def names(self) -> tuple[str, ...]:
        """What rules call the axes."""
        return tuple(self.keys.over)

    @cached_property
    def halves(self) -> np.ndarray:
        """0 for the points that find rules, 1 for those that judge them, `[points]`."""
        return np.arange(self.keys.points) * 2 // self.keys.points

    @cached_property
    def points(self) -> np.ndarray:
        """The values of the axes, `[points, axes]`: a Latin hypercube for each half."""
        from scipy.stats.qmc import LatinHypercube  # noqa: PLC0415 - slow to import

        axes = [Dimension(name, each.low, each.high, each.scale) for name, each in self.keys.over.items()]
        units = []
        for half, count in enumerate(np.bincount(self.halves)):
            drawn = int(stream(self.spec.recipe.seed, "discover", half).integers(2**31))
            units.append(LatinHypercube(len(axes), rng=drawn).random(count))
        rows = (zip(axes, row, strict=True) for row in np.concatenate(units))
        return np.array([[axis.value(unit) for axis, unit in row] for row in rows])

    def contest(self, values: Sequence[float]) -> tuple[Scenario, tuple[Lane, ...]]:
        """The scenario and the lanes where the axes have these values.

        Raises:
            InputError: the recipe does not allow them.
        """
        document, axes = Document("", ""), list(self.keys.over.values())  # of no file, so that messages name none
        plain = [int(v) if axis.scale == "integer" else float(v) for axis, v in zip(axes, values, strict=True)]
        document.data = self.data | vary(self.data, axes, plain)
        spec = resolve(document, self.base)
        return spec.scenarios[0], spec.lanes

    def plain(self) -> dict[str, Any]:
        """All that the results depend on, as plain data."""
        return {**spec_document(self.spec), **self.keys.model_dump(mode="json"), "worlds": self.spec.recipe.worlds}

    def digest(self) -> str:
        """Twelve hex digits that name the results."""
        return hash_of(self.plain(), 12)


def load(given: object, **overrides: Any) -> Plan:
    """The plan of a recipe with the key `discover`.

    Args:
        given: see `open_recipe`.
        overrides: top-level keys that replace the recipe's, such as `worlds=32`; None leaves the recipe's.

    Raises:
        InputError: with file, line, key path, what was given and what is allowed.
    """
    document, base = open_recipe(given)
    spec = resolve(document, base, **overrides)
    data = {**document.data, **{key: value for key, value in overrides.items() if value is not None}}
    with locate(document):
        if spec.recipe.discover is None:
            raise InputError("is missing; a discovery needs it, the numbers to vary", ("discover",))
        _check_lanes(spec)
        with descend("discover"):
            check_axes(spec.recipe.discover, data)
            plan = Plan(spec, spec.recipe.discover, data, base)
            _check_points(plan)
    return plan


def _check_lanes(spec: Spec) -> None:
    if not spec.scenarios:
        raise InputError("is a race, but only numbers of a world can be varied", ("scenario", "kind"))
    if len(spec.scenarios) > 1:
        raise InputError("has cases, but a discovery draws its own; remove them", ("scenario", "cases"))
    if len(spec.populations) > 1 or isinstance(spec.populations[0], Players):
        raise InputError(
            "has a population beside the first or one that plays, but a discovery takes place in one whose shares are "
            "given",
            ("populations",),
        )
    if len(spec.lanes) < 2:
        raise InputError("has one lane, but needs one to compare with the baseline", ("panel",))


def _check_points(plan: Plan) -> None:
    """Build every scenario: first with each number at either end and the others as they stand, then the points."""
    for name, axis in plan.keys.over.items():
        alone = Plan(plan.spec, plan.keys.model_copy(update={"over": {name: axis}}), plan.data, plan.base)
        for end in ("low", "high"):
            try:
                alone.contest([getattr(axis, end)])
            except InputError as error:
                raise InputError(str(error), ("over", name, end)) from None
    for row in plan.points:
        try:
            plan.contest(row)
        except InputError as error:
            given = ", ".join(f"{name} {value:g}" for name, value in zip(plan.names, row, strict=True))
            raise InputError(f"is refused at {given}: {error}", ("over",)) from None
