"""`steepest tune`: the search for schedules."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.terminal import AsJson, Runs, Workers, print_json, stoppable


def tune_command(
    recipe: Annotated[Path, typer.Argument(help="The recipe of a study (YAML), or the name of a shipped one.")],
    trials: Annotated[
        int | None, typer.Option(min=1, help="Trials of the whole study, in whole generations; not how many more.")
    ] = None,
    sampler: Annotated[
        str | None, typer.Option(help="auto, tpe, cma-es, gp, nsga2, nsga3, qmc or random; another study for each.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all random streams; another study for each.")] = None,
    workers: Workers = 0,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, tcp://HOST:PORT, whose workers are used instead.")
    ] = None,
    storage: Annotated[
        str | None, typer.Option(help="Database for the trials, as an SQLAlchemy URL; a file in the study's folder.")
    ] = None,
    runs: Runs = Path("runs"),
    as_json: AsJson = False,
) -> None:
    """Search for schedules that reward the steepest descent, and hold the best against worlds they have never seen.

    Killed at any moment, the same command goes on where it was.
    """
    from experiments.search import StudyFailedError
    from experiments.search.spec import load

    spec = load(recipe, trials=trials, sampler=sampler, seed=seed)
    try:
        with stoppable("what is done is kept, run it again to go on"):
            from experiments.report.study.run import search  # so that a mistake in it does not wait for Optuna

            found = search(spec, runs, workers, scheduler, storage)
    except StudyFailedError as error:
        print(f"steepest: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    if as_json:
        print_json(found.document())
    else:
        from experiments.search.standings import table

        table(found.verdict)
        print(
            f"{found.trials} trials, {found.resumed_from} of them from before; {found.overhead:.0%} of the time was "
            f"not simulation\nreport  {found.folder / 'report.html'}\nstudy   {found.folder}"
        )


def check(recipe: Path, as_json: bool) -> None:
    """Read a study's recipe and say what would be searched."""
    from experiments.recipe.own_files import executed
    from experiments.recipe.recipe import describe
    from experiments.search.spec import load

    spec = load(recipe)
    if as_json:
        print_json({"digest": spec.digest(), "spec": spec.plain()})
        return
    families = ", ".join(f"{family.label} ({len(family.dimensions)})" for family in spec.space.families)
    stages = ", ".join(f"{number} {stage}" for stage, number in spec.recipe.worlds.model_dump().items())
    cases = ", ".join(describe(case) for kind in spec.kinds if not kind.heldout for case in spec.cases(kind))
    print(
        f"{recipe} is valid: study {spec.recipe.name}, digest {spec.digest()}; {spec.recipe.trials} trials of "
        f"{families} in generations of {spec.recipe.generation}, beside {len(spec.baselines)} baselines; "
        f"worlds: {stages}; {cases}; held out: {', '.join(spec.recipe.heldout) or 'nothing'}" + executed()
    )
