"""The runner computes worlds, stores them, and continues where it was stopped; for `run` and for `tune` alike.

- A *task* (`task`) is some worlds of one contest with some lanes, simulated in one pass. `passes` says how many worlds
  a pass takes: as many as are quick, and so few that stopping the program loses seconds.
- A *pool* (`pool`, `dask_pool`) computes tasks in this process, in processes of this machine or on Dask. It repeats
  the tasks of a killed process, and divides a task that failed or takes too long into smaller ones.
- Only the main process writes, and it writes each result at once: a run its tables (`store`), a study the metrics of
  each world and lane (`evaluator`).
- `experiment` computes the worlds that a run lacks and merges them; `experiments.search` does the same for a study.
- `digest` names results by all that they depend on, `memory` refuses what does not fit, `files` writes files
  atomically, and `compile_once` lets one process compile for all.

Results do not depend on the pool, on how worlds are divided, or on interruptions.
"""
