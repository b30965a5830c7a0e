"""Measure the baselines and the candidates of a study in the same worlds of several families."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from experiments.run.evaluator import Evaluator, Group, Measured
from experiments.search import StudyFailedError
from experiments.search.kinds import Kind
from experiments.search.objective import Joint, Paired
from experiments.search.settled import Crowd, measure_settled
from experiments.search.space import Candidate, Variant
from experiments.search.spec import StudySpec


def measure(
    evaluator: Evaluator,
    spec: StudySpec,
    candidates: Sequence[Candidate],
    worlds: Sequence[int],
    kinds: Sequence[Kind] = (),
    units: Paired | None = None,
) -> Joint:
    """Measure the baselines and the candidates in the same worlds of each family.

    The baselines are a group of their own, so that they are not computed again with every generation. A candidate with
    another option of the scenario is measured in that variant of it, in worlds of the same numbers and so with the same
    miners; the baselines are measured in the scenario as it is.

    Args:
        kinds: families; those of the search when left out.
        units: the family that gives the units; None: the first of these.

    Raises:
        StudyFailedError: the worlds of the first baseline fail.
    """
    kinds = kinds or spec.searched
    places: dict[Variant, list[int]] = {}
    for i, each in enumerate(candidates):
        places.setdefault(each.variant, []).append(i)
    groups = {kind.name: list(_groups(spec, kind, candidates, places)) for kind in kinds}
    usual = [group for kind in kinds if not kind.plays for group in groups[kind.name]]
    found = iter(evaluator.measure(usual, worlds))
    parts = {}
    for kind in kinds:
        crowds: list[Crowd | None] = [None] * len(candidates)
        if kind.plays:
            settled = [measure_settled(spec, group, len(worlds), evaluator) for group in groups[kind.name]]
            base, *several = (measured for measured, _ in settled)
            for own, (_, there) in zip(places.values(), settled[1:], strict=True):
                for i, crowd in zip(own, there, strict=True):
                    crowds[i] = crowd
        else:
            base, *several = (next(found) for _ in groups[kind.name])
        if base.errors[0] is not None:
            raise StudyFailedError(f"the worlds of the first baseline fail in {kind.name}: {base.errors[0]}")
        lanes = place_lanes((several or [base])[0], zip(places.values(), several, strict=True), len(candidates))
        parts[kind.name] = Paired(spec.recipe, base, lanes, tuple(crowds))
    return Joint(spec.recipe, parts, units or parts[kinds[0].name])


def _groups(
    spec: StudySpec,
    kind: Kind,
    candidates: Sequence[Candidate],
    places: Mapping[Variant, Sequence[int]],
) -> Iterator[Group]:
    """The baselines in a family, and the candidates of each variant."""
    yield Group(spec.baselines, spec.cases(kind, spec.usual), kind.populations)
    for variant, own in places.items():
        lanes = [candidates[i].lane for i in own]
        if kind.plays:  # a run tells lanes apart by their names
            lanes = [replace(lane, name=f"candidate {i}") for i, lane in zip(own, lanes, strict=True)]
        yield Group(lanes, spec.cases(kind, variant), kind.populations)


def place_lanes(like: Measured, parts: Iterable[tuple[Sequence[int], Measured]], count: int) -> Measured:
    """The lanes of measurements in the worlds of `like`, at their places among `count`; NaN at all others."""
    values = {name: np.full((count, *value.shape[1:]), np.nan) for name, value in like.values.items()}
    errors: list[str | None] = [None] * count
    for places, part in parts:
        for name, value in part.values.items():
            values[name][places] = value
        for place, error in zip(places, part.errors, strict=True):
            errors[place] = error
    return Measured(values, like.case, like.world, tuple(errors))


def join_worlds(before: Measured, after: Measured) -> Measured:
    """Concatenate the worlds of two measurements of the same lanes."""
    values = {name: np.concatenate([value, after.values[name]], axis=-1) for name, value in before.values.items()}
    errors = tuple(one or other for one, other in zip(before.errors, after.errors, strict=True))
    case, world = np.concatenate([before.case, after.case]), np.concatenate([before.world, after.world])
    return Measured(values, case, world, errors)
