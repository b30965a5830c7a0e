"""The runner: it computes worlds, keeps them, and goes on where it was stopped; for `run` and for `tune` alike.

- A *task* (`task`) is some worlds of one contest with some lanes, simulated in one pass. `passes` says how many worlds
  a pass takes: as many as are quick, and so few that stopping the program loses seconds.
- A *pool* (`pool`, `dask_pool`) computes tasks in this process, in processes of this machine or on Dask. It hands out
  again what a killed process had, and divides a task that failed or takes too long into smaller ones.
- What comes back is kept at once by the process that asked, which is the only one that writes: a run keeps tables in
  its folder (`store`), a study the metrics of each world and lane (`experiments.run.evaluator`).
- `experiment` asks for the worlds that a run lacks and merges them; `experiments.search` asks for what a study lacks.
- `digest` names results by all that they depend on, `memory` refuses what does not fit, `files` writes files whole or
  not at all, and `compile_once` lets one process compile for all.

Results do not depend on the pool, on how worlds are divided, or on interruptions.
"""
