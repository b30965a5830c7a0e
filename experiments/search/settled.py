"""A family in which miners play: each lane settles to its own mix, and fresh worlds measure it, as in any run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.play.replicator import SETTLED
from experiments.play.run import run
from experiments.recipe.populations import in_populations
from experiments.recipe.recipe import Recipe, Spec
from experiments.results.compare import compare
from experiments.results.estimate import Estimate
from experiments.results.metrics import METRICS
from experiments.results.store import Store
from experiments.run.evaluator import Evaluator, Group, Measured
from experiments.run.experiment import cores
from experiments.search.spec import StudySpec

NAME = "settled"  #: of the runs, and of the folder of all of them
OTHER_SEED = 2**32
"""Added to the seed of the study: a run counts its worlds from 0 on, as the search does, and none may be in both."""


@dataclass(frozen=True)
class Crowd:
    """Where the miners of a lane settled."""

    regret: Estimate  #: what the best single deviation gains, in equal shares of the emission
    settled: bool  #: whether the mix came to rest, in every case


def measure_settled(
    spec: StudySpec, group: Group, worlds: int, evaluator: Evaluator
) -> tuple[Measured, tuple[Crowd, ...]]:
    """Let the lanes of a group settle, and measure them in so many worlds; what an earlier call did is read.

    Args:
        spec: the study.
        group: its population plays.
        worlds: their number, in each case.
        evaluator: its folder is beside theirs, and its pool says how many processes of this machine there are.

    Raises:
        InputError: a world does not fit into memory, or a strategy breaks the rules.
        OSError: the results cannot be written.
        ChildProcessError: worker processes were killed again and again.
    """
    lanes = in_populations(group.lanes, group.populations)
    seed = (spec.recipe.seed + OTHER_SEED) % 2**63
    recipe = Recipe(name=NAME, scenario=spec.recipe.scenario, panel=[lanes[0].name], worlds=worlds, seed=seed, keep=[])
    whole = Spec(recipe, (), lanes, lanes[0].name, lanes[0].rules, tuple(group.cases))
    outcome = run(whole, evaluator.folder.parent, min(evaluator.pool.workers, cores()))
    evaluator.pool.seconds += outcome.seconds
    store = Store(outcome.folder)
    found, table = compare(store), store.table("metrics").to_pydict()
    shape = len(lanes), len(found.race)
    values = {name: found.values.get(name, np.full(shape, np.nan))[:, None, :] for name in METRICS}
    errors: dict[str, str] = {}
    for lane, error in zip(table["lane"], table["error"], strict=True):
        if error is not None:
            errors.setdefault(lane, error.strip().splitlines()[-1])
    measured = Measured(values, found.race, np.asarray(found.world), tuple(errors.get(lane.name) for lane in lanes))
    games: Sequence[dict[str, Any]] = store.manifest()["games"]
    crowds = []
    for lane, result in zip(lanes, found.lanes, strict=True):
        moved = [game["moved"] for game in games if game["lane"] == lane.name]
        crowds.append(Crowd(result.metrics["regret"], all(m is not None and m <= SETTLED for m in moved)))
    return measured, tuple(crowds)
