"""Run an experiment whose populations may play: let them settle, then measure them in fresh worlds."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.files import sweep
from experiments.play.mixes import mixes
from experiments.recipe.play import Players
from experiments.recipe.recipe import Spec
from experiments.results.rounds import FILE
from experiments.results.store import Store
from experiments.run import experiment
from experiments.run.digest import digest
from experiments.run.experiment import Outcome, Progress
from sim.lanes import Lane

if TYPE_CHECKING:
    from experiments.play.settle import Game
    from experiments.run.task import TablesTask


def run(
    spec: Spec, root: Path, workers: int = 1, progress: Progress = lambda done, total: None, force: bool = False
) -> Outcome:
    """Compute the missing rounds and worlds of a spec; see `experiments.run.experiment.run`."""
    if not plays(spec):
        lanes = {case.name: spec.lanes for case in spec.scenarios}
        return experiment.run(spec, root, workers, progress, force, manifest={"mixes": mixes(spec, lanes)})
    folder = folder_of(spec, root)
    store = Store(folder)
    if not force and store.complete and store.worlds().issuperset(experiment.wanted_worlds(spec)):
        return experiment.run(spec, root, workers, progress)  # finds nothing to compute
    from experiments.play.regret import SettledTask, deviations  # noqa: PLC0415 - slow to import
    from experiments.play.settle import settle, settled_lanes  # noqa: PLC0415

    sweep(folder)
    if force:
        (folder / FILE).unlink(missing_ok=True)
    started = time.perf_counter()
    games = settle(spec, folder, workers, progress)
    seconds = time.perf_counter() - started
    by_case = settled_lanes(spec, games)

    def settle_task(task: "TablesTask") -> "TablesTask":
        lanes = by_case[task.contest.name]
        others = tuple(deviations(lanes, [game for game in games if game.case.name == task.contest.name]))
        return SettledTask(
            task.contest, (*lanes, *(each.lane for each in others)), task.seed, task.worlds, keep=task.keep,
            deviations=others,
        )  # fmt: skip

    manifest = {"mixes": mixes(spec, by_case), "games": _games(games)}
    outcome = experiment.run(spec, root, workers, progress, force, settle_task, manifest)
    return replace(outcome, seconds=outcome.seconds + seconds)


def lanes_of(spec: Spec, lane: Lane, root: Path) -> dict[str, Lane]:
    """A lane of a spec in every case; one that plays with the mix where it has settled in results under `root`.

    Raises:
        InputError: it has not played all of its rounds yet.
    """
    if not isinstance(lane.population, Players):
        return {case.name: lane for case in spec.scenarios}
    from experiments.play.settle import kept_games  # noqa: PLC0415 - slow to import

    games = kept_games(replace(spec, lanes=(lane,)), folder_of(spec, root))
    return {game.case.name: game.settled_lane() for game in games}


def plays(spec: Spec) -> bool:
    """Whether a lane plays to its own mix."""
    return any(isinstance(lane.population, Players) for lane in spec.lanes)


def folder_of(spec: Spec, root: Path) -> Path:
    """The folder of the results of a spec."""
    return root / spec.recipe.name / digest(spec)


def _games(games: Sequence["Game"]) -> list[dict[str, Any]]:
    return [
        {
            "race": game.case.name,
            "lane": game.lane.name,
            "population": game.players.game,
            "start": game.players.start,
            "rounds": game.players.rounds,
            "moved": game.moved,
        }
        for game in games
    ]
