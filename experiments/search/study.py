"""A study from its recipe to its verdict: search, selection, results on disk and report."""

import json
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from optuna import Study

from experiments.files import write
from experiments.run.evaluator import Evaluator, Group
from experiments.run.experiment import Progress, provenance
from experiments.run.pool import open_pool
from experiments.search.samplers import AUTO, proposer
from experiments.search.search import Search
from experiments.search.select import Note, Selection
from experiments.search.spec import StudySpec
from experiments.search.storage import open_study
from experiments.search.verdict import Verdict

Report = Callable[[StudySpec, Study, dict[str, Any], dict[str, Any], Path], object]
"""Writes a report from the study, its trials, `results.json`, `manifest.json` and the folder."""


@dataclass(frozen=True)
class Outcome:
    """The result of a study."""

    folder: Path  #: of the study
    trials: int  #: finished
    resumed_from: int  #: finished before this run
    overhead: float  #: share of the time that was not simulation, over all finished runs
    verdict: Verdict

    def document(self) -> dict[str, Any]:
        """The document of `tune --json`."""
        facts = {"study": str(self.folder), "trials": self.trials, "resumed_from": self.resumed_from}
        return {**facts, "overhead": round(self.overhead, 4), **self.verdict.document()}


def tune(
    spec: StudySpec,
    root: Path,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    storage: str | None = None,
    progress: Progress = lambda done, wanted: None,
    note: Note = lambda text: None,
    report: Report | None = None,
) -> Outcome:
    """Search, select and report; what an earlier run has done is not done again.

    Args:
        spec: the study.
        root: the folder of all results.
        workers: processes of this machine.
        scheduler: address of a Dask scheduler, whose workers are used instead.
        storage: URL of a database for Optuna's trials; None: a journal file in the study's folder.
        progress: called with the number of trials.
        note: called with what is measured after the search.
        report: writes a report while the study is still locked.

    Raises:
        InputError: the storage holds another study of this name, another process works on it, or its sampler cannot
            search this space.
        StudyFailedError: the worlds of the baseline fail, or the database went away.
        ChildProcessError: workers were killed again and again.
        OSError: the results cannot be written.
    """
    recipe, digest = spec.recipe, spec.digest()
    folder = root / recipe.name / digest
    propose = proposer(recipe.sampler, spec.space, recipe.seed, recipe.generation, len(recipe.objectives))
    started = time.perf_counter()
    with (
        open_study(storage, folder, recipe.name, digest, recipe.directions) as study,
        open_pool(workers, scheduler) as pool,
    ):
        write(folder / "spec.yaml", str(yaml.safe_dump(spec.plain(), sort_keys=False, width=120)))
        evaluator = Evaluator(folder / "worlds", pool, recipe.seed)
        before = _finished_trials(study)
        # candidates need as much memory as baselines
        generation, finalists = ([spec.baselines[0]] * count for count in (recipe.generation, recipe.finalists))
        evaluator.check(
            [
                Group(generation if kind.searched else finalists, spec.cases(kind, spec.usual), kind.populations)
                for kind in spec.kinds
            ]
        )
        Search(spec, study, propose, evaluator).run(recipe.trials, progress)
        verdict = Selection(spec, evaluator, note).verdict(study.get_trials(deepcopy=False))
        done = _finished_trials(study)
        seconds, simulation_seconds = _earlier_seconds(folder)
        seconds = round(seconds + time.perf_counter() - started, 3)
        simulation_seconds = round(simulation_seconds + pool.seconds, 3)
        overhead = 1.0 - simulation_seconds / seconds
        manifest = {
            **provenance("optuna"),
            "cores": os.cpu_count(),
            "kind": "study",
            "digest": digest,
            "seed": recipe.seed,
            "question": recipe.question,
            "baseline": spec.baselines[0].name,
            "trials": done,
            "resumed_from": before,
            "seconds": seconds,
            "simulation_seconds": simulation_seconds,
            "overhead": round(overhead, 4),
            "workers": pool.workers,
            "storage": "journal" if storage is None else storage.split(":", 1)[0],
            "sampler": AUTO if recipe.sampler == "auto" else recipe.sampler,
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, 1),
        }
        for name, document in (("results.json", verdict.document()), ("manifest.json", manifest)):
            write(folder / name, json.dumps(document, indent=2, allow_nan=False) + "\n")
        if report is not None:
            report(spec, study, verdict.document(), manifest, folder)
    return Outcome(folder, done, before, overhead, verdict)


def _finished_trials(study: Study) -> int:
    return sum(trial.state.is_finished() for trial in study.get_trials(deepcopy=False))


def _earlier_seconds(folder: Path) -> tuple[float, float]:
    """The seconds of earlier finished runs of the study and those of simulation, from its manifest."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return float(manifest["seconds"]), float(manifest["simulation_seconds"])
    except (OSError, ValueError, KeyError, TypeError):  # there was none, or it is damaged
        return 0.0, 0.0
