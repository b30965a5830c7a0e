"""What a study costs beside its worlds, and what its generations and workers gain; ratios of one run.

Without options: a world in passes of ever more worlds, a generation against one candidate, and two workers against one.
With `--trials 10000`: bookkeeping alone, of a search whose worlds cost nothing.

    .venv/bin/python benchmarks/study.py [--days DAYS] [--trials TRIALS --sampler SAMPLER]
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.results.metrics import METRICS
from experiments.run.evaluator import Evaluator, Group, Measured
from experiments.run.pool import Pool, open_pool
from experiments.search.samplers import proposer
from experiments.search.search import Search
from experiments.search.spec import StudySpec, load
from experiments.search.storage import open_study
from sim.lanes import Lane
from sim.scenario import Scenario
from sim.world import World

RECIPE = Path(__file__).parent.parent / "experiments" / "data" / "recipes" / "tune.yaml"
CANDIDATES, WORLDS = 64, 16
PASSES = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True)
class Free(Evaluator):
    """Worlds that cost nothing: a bowl around an epsilon, with noise that is the same for all lanes of a world."""

    def measure(self, groups: Sequence[Group], worlds: Sequence[int]) -> list[Measured]:
        """See `Evaluator`."""
        return [self._measured(lanes, cases, worlds) for lanes, cases in groups]

    def _measured(self, lanes: Sequence[Lane], cases: Sequence[Scenario], worlds: Sequence[int]) -> Measured:
        area = np.array([-((np.log(float(lane.policy.epsilon(7200.0)) + 1e-6) + 7.0) ** 2) for lane in lanes])
        noise = np.random.default_rng(list(worlds)).normal(size=(len(lanes), len(worlds)))
        values = dict.fromkeys(METRICS, np.zeros((len(lanes), len(self.populations), len(worlds))))
        values["descent_area"] = (area[:, None] + 0.1 * noise)[:, None, :]
        case = np.full(len(worlds), cases[0].name)
        return Measured(values, case, np.array(worlds), (None,) * len(lanes))


def bookkeeping(trials: int, sampler: str) -> None:
    """Milliseconds a trial around 1,000 and at the end, and the memory."""
    spec = load(RECIPE, trials=trials, sampler=sampler)
    recipe = spec.recipe
    marks: dict[int, float] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        open_study(None, Path(folder), recipe.name, "bench", recipe.directions) as study,
    ):
        evaluator = Free(Path(folder), Pool(1), spec.populations, 0)
        search = Search(spec, study, proposer(sampler, spec.space, 0, recipe.generation, 1), evaluator)
        search.run(trials, lambda done, wanted: marks.update({done: time.process_time()}))
    size = recipe.generation
    done = sorted(marks)
    for at in (size, min(done, key=lambda d: abs(d - 1000)), done[-1]):
        before = max(d for d in done if d < at)
        print(f"{sampler}: around trial {at:>6}: {1e3 * (marks[at] - marks[before]) / (at - before):8.1f} ms a trial")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")


def passes(days: float) -> None:
    """Milliseconds a world in passes of ever more worlds."""
    spec, lanes, short = _study(days)
    lanes = [*spec.baselines, *lanes]
    World(short, lanes, 0, [0]).run()  # everything is compiled
    for count in PASSES:
        started = time.perf_counter()
        World(short, lanes, 0, range(count)).run()
        each = 1e3 * (time.perf_counter() - started) / count
        step = 1e3 * each / len(lanes) / short.steps
        print(f"{count:>3} worlds of {len(lanes)} lanes in a pass: {each:.0f} ms a world, {step:.2f} us a lane-step")


def worlds(days: float) -> None:
    """A generation against one candidate, and two workers against one."""
    spec, lanes, case = _study(days)
    short, seconds = [case], {}
    for workers, count in ((1, 1), (1, CANDIDATES), (2, CANDIDATES)):
        with tempfile.TemporaryDirectory() as folder, open_pool(workers) as pool:
            evaluator = Evaluator(Path(folder), pool, spec.populations, 0)
            group = [*spec.baselines, *lanes[:count]], short
            evaluator.measure([group], range(900, 900 + workers))  # workers are there, and everything is imported
            started = time.perf_counter()
            evaluator.measure([group], range(WORLDS))
            seconds[workers, count] = time.perf_counter() - started
        print(f"{count:>3} candidates beside {len(spec.baselines)} baselines, {WORLDS} worlds of {days:g} days, "
              f"{workers} worker{'s' if workers > 1 else ''}: {seconds[workers, count]:.2f} s")  # fmt: skip
    print(f"a generation costs {seconds[1, CANDIDATES] / seconds[1, 1]:.2f} times one candidate")
    print(f"two workers are {seconds[1, CANDIDATES] / seconds[2, CANDIDATES]:.2f} times one")


def _study(days: float) -> tuple[StudySpec, list[Lane], Scenario]:
    """The study, a generation of its candidates, and its scenario with so many days."""
    spec = load(RECIPE)
    lanes = [spec.space.candidate(spec.space.fill(point)).lane for point in _points(spec)]
    return spec, lanes, StudySpec(**{**vars(spec), "raw": {**spec.raw, "days": days}, "_built": {}}).cases()[0]


def _points(spec: StudySpec) -> list[dict[str, float]]:
    random = np.random.default_rng(1)
    return [{axis.name: float(random.uniform()) for axis in spec.space.axes} for _ in range(CANDIDATES)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=0)
    parser.add_argument("--sampler", default="tpe")
    parser.add_argument("--days", type=float, default=10.0)
    given = parser.parse_args()
    if given.trials:
        bookkeeping(given.trials, given.sampler)
    else:
        passes(given.days)
        worlds(given.days)
