"""Let all lanes live at every point of a plan, each in worlds of its own; what is there is not computed again."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from experiments.discover.plan import Plan
from experiments.results.store import write_table
from experiments.run.evaluator import MetricsTask, read_metrics
from experiments.run.experiment import Progress
from experiments.run.pool import open_pool


def measure(plan: Plan, folder: Path, workers: int, progress: Progress) -> pa.Table:
    """The metrics of each lane in each world of each point: `point`, `world`, `lane`, the metrics, `error`.

    Args:
        plan: what to measure.
        folder: of the results, a file for each point.
        workers: processes; the results are the same for any number.
        progress: called with the number of worlds.

    Raises:
        InputError: a world does not fit into memory, or a strategy breaks the rules.
        OSError: the results cannot be written.
        ChildProcessError: worker processes were killed again and again.
    """
    recipe = plan.spec.recipe
    paths = [folder / f"{point:06d}.parquet" for point in range(len(plan.points))]
    found = {point: table for point, path in enumerate(paths) if (table := read_metrics(path)) is not None}
    tasks: list[MetricsTask] = []
    for point in range(len(paths)):
        if point not in found:
            scenario, lanes = plan.contest(plan.points[point])
            worlds = range(point * recipe.worlds, (point + 1) * recipe.worlds)  # no two points share one
            tasks += MetricsTask(scenario, lanes, recipe.seed, (), key=str(point)).divide(worlds)
    done, total = len(found) * recipe.worlds, len(paths) * recipe.worlds
    parts: dict[int, dict[int, pa.Table]] = {}
    with open_pool(min(workers, len(tasks))) as pool:
        pool.check(tasks)
        for task, worlds_found in pool.results(tasks):
            point = int(task.key)
            mine = parts.setdefault(point, {})
            mine |= worlds_found
            done += len(worlds_found)
            if len(mine) == recipe.worlds:
                found[point] = pa.concat_tables([mine[world] for world in sorted(parts.pop(point))])
                write_table(paths[point], found[point], small=False)
            progress(done, total)
    names = np.array([lane.name for lane in plan.spec.lanes], dtype=object)
    where, world, lane = np.indices((len(paths), recipe.worlds, len(names))).reshape(3, -1)
    keys = {"point": where, "world": where * recipe.worlds + world, "lane": names[lane]}
    whole = pa.concat_tables([found[each] for each in range(len(paths))])
    return pa.table({**keys, **{name: whole[name] for name in whole.column_names}})
