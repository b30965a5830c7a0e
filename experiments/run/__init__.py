"""The runner computes worlds, stores them, and continues where it was stopped; for `run` and for `tune` alike.

- A *task* (`task`) is some worlds of one contest with some lanes, simulated in one pass: enough worlds to be fast, and
  so few that stopping the program loses only seconds.
- A *pool* (`pool`, `dask_pool`) computes tasks in this process, in processes of this machine or on Dask. It repeats
  the tasks of a killed process, and divides a task that failed or takes too long into smaller ones.
- Only the main process writes, and it writes each result at once: `experiment` the tables of a run, `evaluator` the
  metrics of each world and lane of a study (`experiments.search`).
- `digest` names results by all that they depend on, `memory` refuses what does not fit, and `compile_once` lets one
  process compile for all.

Results do not depend on the pool, on how worlds are divided, or on interruptions.
"""
