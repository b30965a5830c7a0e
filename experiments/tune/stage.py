"""Candidates beside the baselines in the worlds of a stage, whatever constants of the scenario they want."""

from collections.abc import Sequence

import numpy as np

from experiments.tune.evaluator import Evaluator, Group, Measured
from experiments.tune.space import Candidate
from experiments.tune.spec import StudySpec


def beside(
    evaluator: Evaluator, spec: StudySpec, candidates: Sequence[Candidate], worlds: Sequence[int], family: str = ""
) -> tuple[Measured, Measured]:
    """The baselines and the candidates, measured in the same worlds.

    The baselines are work of their own: what an earlier stage measured of them is there already. Candidates that want
    other constants of the scenario live in a variant of it, in worlds of the same numbers and so with the same miners;
    the baselines live in the scenario as it is.

    Args:
        evaluator: measures.
        spec: the study.
        candidates: any number.
        worlds: their numbers.
        family: a held-out family; "" is the scenario of the search.

    Returns:
        Of the baselines, and of the candidates in their order.
    """
    groups: list[Group] = [(spec.baselines, spec.cases(family, spec.usual))]
    order: list[int] = []
    for variant in dict.fromkeys(each.variant for each in candidates):
        places = [i for i, each in enumerate(candidates) if each.variant == variant]
        groups.append(([candidates[i].lane for i in places], spec.cases(family, variant)))
        order += places
    base, *parts = evaluator.measure(groups, worlds)
    return base, joined(parts).of_lanes(np.argsort(order).tolist()) if parts else base.of_lanes(())


def joined(parts: Sequence[Measured]) -> Measured:
    """Lanes of several measurements in the same worlds, one after the other."""
    values = {name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values}
    return Measured(values, parts[0].case, parts[0].world, tuple(e for part in parts for e in part.errors))


def extended(before: Measured, after: Measured) -> Measured:
    """The same lanes in the worlds of both."""
    values = {name: np.concatenate([value, after.values[name]], axis=-1) for name, value in before.values.items()}
    errors = tuple(one or other for one, other in zip(before.errors, after.errors, strict=True))
    case, world = np.concatenate([before.case, after.case]), np.concatenate([before.world, after.world])
    return Measured(values, case, world, errors)
