"""Studies whose worlds are made up: what a lane is worth is given, and noise is added by the number of the world."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments.run.evaluator import Group, Measured
from experiments.search.select import Selection
from experiments.search.spec import StudySpec, load
from experiments.search.verdict import Verdict
from sim.lanes import Lane
from sim.streams import stream

RECIPE = """\
name: noisy
scenario:
  kind: world
  days: 2
  miners: 4
heldout:
  many: {miners: 8}
  long: {days: 3}
baselines: [{name: deployed, policy: linear}, {name: flat, policy: fixed}]
search:
  policies: [fixed, linear, half-life]
trials: 4
generation: 4
worlds: {search: 4, rerank: 4, final: 12, heldout: 12}
"""

Worth = Callable[[Lane, str], float]
"""What a lane is worth in a case, in standard deviations of the noise."""


@dataclass
class Noisy:
    """Measures without worlds, in the place of `Evaluator`.

    Attributes:
        worth: of lanes.
        sd: of the noise of each lane in each world.
        seed: of the noise.
        other: values of other metrics by name, the same in all worlds.
        broken: lanes that fail, by the name of a case.
        asked: how many lanes lived in which worlds of which case.
    """

    worth: Worth
    sd: float = 1.0
    seed: int = 0
    other: dict[str, Callable[[Lane], float]] = field(default_factory=dict)
    broken: Callable[[Lane, str], bool] = lambda lane, case: False
    asked: list[tuple[str, int, int]] = field(default_factory=list)

    def measure(self, groups: Sequence[Group], worlds: Sequence[int]) -> list[Measured]:
        """See `Evaluator.measure`."""
        return [self._measured(group.lanes, group.cases, worlds) for group in groups]

    def _measured(self, lanes: Sequence[Lane], cases: Sequence[Any], worlds: Sequence[int]) -> Measured:
        self.asked += [(case.name, worlds[0], len(lanes)) for case in cases]
        area = np.array([[self._lived(lane, case.name, worlds) for case in cases] for lane in lanes])
        shape = len(lanes), 1, len(cases) * len(worlds)
        values = {"descent_area": area.reshape(shape)}
        for name, told in self.other.items():
            values[name] = np.broadcast_to(np.array([told(lane) for lane in lanes])[:, None, None], shape).copy()
        errors = tuple("boom" if any(self.broken(lane, case.name) for case in cases) else None for lane in lanes)
        case, world = np.repeat([each.name for each in cases], len(worlds)), np.tile(worlds, len(cases))
        return Measured(values, case, world, errors)

    def _lived(self, lane: Lane, case: str, worlds: Sequence[int]) -> np.ndarray:
        if self.broken(lane, case):
            return np.full(len(worlds), np.nan)
        who = hashlib.sha256(repr((lane.policy, lane.rules)).encode()).hexdigest()
        drawn = stream(self.seed, who, case, int(worlds[0])).standard_normal(len(worlds))
        return self.worth(lane, case) + self.sd * drawn


def spec(folder: Path, old: str = "", new: str = "", **recipe: Any) -> StudySpec:
    """The study, with `old` of its text changed to `new`, and keys that name no study set afterwards."""
    assert old in RECIPE
    path = folder / "noisy.yaml"
    path.write_text(RECIPE.replace(old, new, 1), encoding="utf-8")
    found = load(path)
    return replace(found, recipe=found.recipe.model_copy(update=recipe)) if recipe else found


Told = tuple[dict[str, Any], list[float], dict[str, float]]
"""The units of a point from 0 to 1 with its choices, its values, and by how much it broke its limits."""


def trials(study_spec: StudySpec, told: Sequence[Told]) -> list[Any]:
    """Finished trials of a search."""
    from optuna import create_study

    study = create_study(directions=study_spec.recipe.directions)
    for point, values, broken in told:
        study.enqueue_trial(point)
        trial = study.ask()
        study_spec.space.suggest(trial)
        trial.set_user_attr("gains", [values[0]] * study_spec.recipe.worlds.search)
        for name, missed in broken.items():
            trial.set_constraint(name, missed)
        study.tell(trial, values)
    return list(study.get_trials())


def point(family: str, **numbers: float) -> dict[str, Any]:
    """A point of the space by the family and its own numbers."""
    return {"family": family, **{f"{family}.{key}": value for key, value in numbers.items()}}


FIXED = point("fixed", epsilon=0.001)
LINEAR = point("linear", start=0.004, end_share=0.5, decay_blocks=7200.0)
HALF_LIFE = point("half-life", start=0.004, end_share=0.5, half_life_blocks=7200.0)
ALL: list[Told] = [(FIXED, [1.0], {}), (LINEAR, [2.0], {}), (HALF_LIFE, [3.0], {})]


def verdict(study_spec: StudySpec, evaluator: Noisy, told: Sequence[Told] = ALL) -> Verdict:
    """The selection of such a study."""
    return Selection(study_spec, evaluator).verdict(trials(study_spec, told))  # type: ignore[arg-type]


def by_family(**worth: float) -> Worth:
    """What searched lanes are worth by the name of their policy; baselines are worth nothing."""

    def of(lane: Lane, case: str) -> float:
        base = lane.name in ("deployed", "flat")
        return 0.0 if base else worth.get(lane.policy.name().replace("-", "_"), 0.0)

    return of


LIMIT = ("trials: 4", "trials: 4\nconstraints: {false_dethroning: 0.05}")
"""A change of the recipe: a limit on a metric."""


def dethroning(**broken: float) -> dict[str, Callable[[Lane], float]]:
    """False dethroning of lanes by their policy; 0 where not given."""
    return {"false_dethroning": lambda lane: broken.get(lane.policy.name().replace("-", "_"), 0.0)}
