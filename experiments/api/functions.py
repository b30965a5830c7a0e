"""The functions of `import steepest`."""

import pickle
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from experiments.api.result import Result
from experiments.api.study import Study
from experiments.recipe.recipe import Spec, load
from experiments.run.progress import bar
from policies import InputError

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.lanes import Lane

PathLike = str | Path


def run(
    recipe: PathLike | dict[str, Any],
    policies: Any = None,
    *,
    worlds: int | None = None,
    days: float | None = None,
    miners: int | None = None,
    seed: int | None = None,
    runs: PathLike = "runs",
    workers: int = 1,
    force: bool = False,
) -> Result:
    """Run a recipe: every policy in the same worlds; worlds that are in `runs` already are not run again.

    Args:
        recipe: the name of a shipped recipe such as `world`, the path of one, or the same as a dict.
        policies: what competes in place of the recipe's panel, the baseline first; one or a list of: a policy's name
            (`linear`), a preset (`sn9-2025-03`), an entry of a panel as a dict (`{"linear": {"end": 0.001}}`), and of
            your own a file (`my.py`, `my.py:Class`), a class derived from `Policy`, an instance, or a function of a
            model's age in blocks.
        worlds: seeds per race, or per case of a world.
        days, miners: the length and the size of a world and all its cases.
        seed: of all random streams.
        runs: the folder of all results, that of the command line too.
        workers: processes; 1 computes in this one, 0 takes one per core. Never changes a result. A script that asks
            for several needs `if __name__ == "__main__":` around its calls.
        force: run again what is already there.

    Raises:
        InputError: a recipe or policy does not exist or is wrong; the message says where, and the rule.

    >>> import steepest
    >>> result = steepest.run("world", ["sn9-2025-03", "half-life"], worlds=2, days=2, miners=16)
    >>> result.lanes.index.tolist()
    ['sn9-2025-03 | honest', 'half-life | honest', 'sn9-2025-03 | mixed', 'half-life | mixed']
    """
    spec = load(recipe, _panel(policies), "policies", worlds=worlds, days=days, miners=miners, seed=seed)
    return _run(spec, runs, workers, force)


def replay(
    race: PathLike | Sequence[PathLike],
    policies: Any = None,
    *,
    unit: str | None = None,
    days_per_day: float = 1.0,
    noise: float = 0.0005,
    rules: str = "sn9-2025-03",
    worlds: int | None = None,
    seed: int | None = None,
    runs: PathLike = "runs",
    workers: int = 1,
    force: bool = False,
) -> Result:
    """Put races through the policies: who would have been king when, had these models been submitted?

    Args:
        race: the name of a shipped race, a table of submissions, or several of either.
        policies: see `run`; the panel of the recipe `races` when left out.
        unit: of the losses, nats, bpb or minutes, where a table does not say it.
        days_per_day: days of the subnet per day of the race.
        noise: standard deviation of the paired difference of two models, as a fraction of the loss.
        rules: the era whose mechanism all lanes share.
        worlds, seed, runs, workers, force: see `run`.

    Raises:
        InputError: a race or policy does not exist or is wrong; the message says where, and the rule.

    >>> import steepest
    >>> result = steepest.replay("slowrun-tiny", ["sn9-2025-03", lambda age: 0.001], worlds=2)
    >>> result.lanes["crowns", "n"].to_dict()
    {'sn9-2025-03': 2, 'lambda': 2}
    """
    from experiments.recipe.replay import spec_of

    files = [race] if isinstance(race, str | Path) else list(race)
    spec = spec_of(
        [str(file) for file in files], _panel(policies), unit=unit, days_per_day=days_per_day, noise=noise, rules=rules,
        worlds=worlds, seed=seed, option="policies",
    )  # fmt: skip
    return _run(spec, runs, workers, force)


def tune(
    recipe: PathLike | dict[str, Any],
    *,
    trials: int | None = None,
    sampler: str | None = None,
    seed: int | None = None,
    runs: PathLike = "runs",
    workers: int = 1,
    storage: str | None = None,
    scheduler: str | None = None,
) -> Study:
    """Search for schedules, and hold the best against worlds that the search has not seen; goes on where it stopped.

    Args:
        recipe: that of a study: the name of a shipped one such as `tune`, a path, or a dict.
        trials: of the whole study, not how many more.
        sampler: auto, tpe, cma-es, gp, nsga2, nsga3, qmc or random.
        seed, runs, workers: see `run`.
        storage: database for the trials, as an SQLAlchemy URL; a file in the study's folder when left out.
        scheduler: address of a Dask scheduler whose workers are used instead.

    Raises:
        InputError: the recipe does not exist or is wrong.
        StudyFailedError: the worlds of the baseline fail, or the database went away.

    >>> import steepest
    >>> recipe = {
    ...     "name": "small", "scenario": {"kind": "world", "days": 2, "miners": 6}, "baselines": ["sn9-2025-03"],
    ...     "search": {"policies": ["fixed"]}, "trials": 8, "generation": 8, "rerank": 2, "finalists": 1,
    ...     "worlds": {"search": 2, "rerank": 2, "final": 2, "heldout": 2},
    ... }
    >>> steepest.tune(recipe).best.policy.tolist()
    ['fixed']
    """
    from experiments.report.study.run import search
    from experiments.search.spec import load as load_study

    spec = load_study(recipe, trials=trials, sampler=sampler, seed=seed)
    return Study(search(spec, Path(runs), workers, scheduler, storage).folder)


def open(folder: PathLike) -> Result | Study:
    """The results in a folder, of a run or a study.

    Raises:
        InputError: it holds no complete results, or those of another version.

    >>> import steepest
    >>> result = steepest.run("world", ["sn9-2025-03", "half-life"], worlds=2, days=2, miners=16)
    >>> steepest.open(result.folder).answer == result.answer
    True
    """
    return Study(folder) if (Path(folder) / "results.json").exists() else Result(folder)


def verify(
    what: Literal["theory", "oracle"] = "theory",
    *,
    quick: bool = True,
    vectors: PathLike = "../shared/oracle",
    workers: int = 1,
) -> "DataFrame":
    """Hold simulated worlds against closed forms, or the mechanism against recorded answers of the validators.

    Args:
        what: `theory`, the closed forms, or `oracle`, the recorded answers.
        quick: of the closed forms those that take seconds, in fewer worlds.
        vectors: folder of the recorded answers.
        workers: see `run`.

    Returns:
        A row per closed form (`id`, `what`, `expected`, `simulated`, `se`, `z`, `ok`), or per file of recorded answers
        (`file`, `rows`, `exact`, `within_tolerance`, `failed`, `skipped`, `failures`).

    Raises:
        InputError: there are no recorded answers.

    >>> import steepest
    >>> bool(steepest.verify("theory").ok.all())  # takes half a minute
    True
    """
    from pandas import DataFrame

    from experiments.run.experiment import cores
    from experiments.verification.oracle import run as oracle
    from experiments.verification.theory import verify as theory

    if what == "oracle":
        return DataFrame(oracle.verify(Path(vectors))["files"])
    with bar("theory", "passes") as progress:
        return DataFrame(theory.verify(quick, workers or cores(), progress)["checks"])


def policies() -> "DataFrame":
    """The shelf: a row per policy, by name, with `class`, `formula`, `source`, `fails`, `parameters` and others.

    >>> import steepest
    >>> steepest.policies().loc["fixed", "formula"]
    'epsilon'
    """
    from pandas import DataFrame

    from experiments.recipe.shelf import entries

    return DataFrame(entries()).set_index("name")


def _panel(policies: Any) -> list[Any] | None:
    return policies if policies is None or isinstance(policies, list) else [policies]


def _run(spec: Spec, runs: PathLike, workers: int, force: bool) -> Result:
    from experiments.play.run import run as compute
    from experiments.run.experiment import cores

    if workers != 1:
        for lane in spec.lanes:
            _check_portable(lane)
    with bar(spec.recipe.name) as progress:
        outcome = compute(spec, Path(runs), workers or cores(), progress, force)
    if outcome.failed:
        warnings.warn(
            f"{outcome.failed} of {outcome.worlds} worlds failed; .worlds has the error of each", stacklevel=3
        )
    return Result(outcome.folder)


def _check_portable(lane: "Lane") -> None:
    """Refuse what another process cannot import."""
    module = type(lane.policy).__module__
    try:
        pickle.dumps(lane.policy)
        portable = module != "__main__" or hasattr(sys.modules[module], "__file__")
    except (pickle.PicklingError, AttributeError, TypeError):
        portable = False
    if not portable:
        raise InputError(
            f"policies: {lane.name!r} was made in a notebook or at a prompt, where other processes cannot import it; "
            "leave out workers, or put it into a file"
        )
