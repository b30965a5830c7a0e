"""The command line: `steepest`. Every heavy import stands inside the command that needs it, so `--help` is quick."""

import atexit
import gc
import io
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.cli import discover, init, laws, record, show, tune  # noqa: F401 - three add commands to `traces_app`
from experiments.cli.terminal import AsJson, Recipe, Runs, Workers, print_found, print_json, stoppable
from experiments.cli.traces import traces_app
from experiments.cli.verify import verify_app
from experiments.run.messages import say_plainly
from experiments.run.progress import bar
from policies.errors import InputError, printable

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(verify_app, name="verify")
app.add_typer(traces_app, name="traces")


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # a third of the time of --help

        print(f"steepest {version('steepest')}")
        raise typer.Exit


@app.callback()
def options(
    shown: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Which epsilon-decay policy makes a model-training contest's loss fall fastest?"""


PolicyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--policy", help="A policy as inline YAML, a preset or a Python file; may be repeated; replaces the panel."
    ),
]
Worlds = Annotated[int | None, typer.Option("--worlds", help="Seeds per race, or per case of a simulated world.")]
Days = Annotated[float | None, typer.Option("--days", help="Length of a world and all its cases.")]
Miners = Annotated[int | None, typer.Option("--miners", help="Miners of a world and all its cases.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of all random streams.")]
Force = Annotated[bool, typer.Option("--force", help="Run again what is already there.")]
Full = Annotated[
    bool,
    typer.Option(
        "--full", help="Print every lane in all columns that there is room for, or with --explain every event."
    ),
]
Explain = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--explain",
        metavar="WORLD LANE",
        help="Run nothing; print the timeline of one world (a number, or CASE:NUMBER) and lane (its name or number).",
    ),
]


Detect = Annotated[
    float | None,
    typer.Option(
        "--detect", metavar="SHARE", help="Say how many worlds it takes to see a difference of this share of A."
    ),
]


@app.command("run", epilog="Example: steepest run experiments/data/recipes/races.yaml --worlds 32")
def run_command(
    recipe: Recipe,
    policy: PolicyOption = None,
    worlds: Worlds = None,
    days: Days = None,
    miners: Miners = None,
    seed: Seed = None,
    workers: Workers = 0,
    runs: Runs = Path("runs"),
    force: Force = False,
    explain: Explain = None,
    detect: Detect = None,
    full: Full = False,
    as_json: AsJson = False,
) -> None:
    """Run an experiment: every policy of the panel in the same worlds; table, parquet files and an HTML report."""
    from experiments.recipe.recipe import load

    if detect is not None and not 0.0 < detect <= 1.0:
        raise InputError(f"--detect is {detect:g}, but must be a share of A above 0, at most 1; 0.02 is 2 %")
    spec = load(recipe, _policies(policy), worlds=worlds, days=days, miners=miners, seed=seed)
    if explain is None:
        _run(spec, runs, workers, force, as_json, full, detect)
        return
    from experiments.cli.explain import explain as explain_lane
    from experiments.cli.explain import one_screen

    if as_json:
        raise InputError("--explain prints a text; leave --json out")
    if full:
        explain_lane(spec, *explain, runs, print)
        return
    told: list[str] = []
    explain_lane(spec, *explain, runs, lambda text: told.extend(str(text).splitlines()))
    print("\n".join(one_screen(told)))


@app.command(
    epilog="Example: steepest replay my-race.csv --policy 'linear: {start: 0.005, end: 0.0001, decay_blocks: 14400}'"
)
def replay(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Submission tables (CSV or parquet), validator steps (JSON lines), or the name of a shipped race."
        ),
    ],
    policy: PolicyOption = None,
    unit: Annotated[str | None, typer.Option(help="Unit of the losses: nats, bpb or minutes.")] = None,
    days_per_day: Annotated[float, typer.Option(help="Days of the subnet per day of the race.")] = 1.0,
    noise: Annotated[float, typer.Option(help="sd of the paired difference, as a fraction of the loss.")] = 0.0005,
    rules: Annotated[str, typer.Option(help="The era whose mechanism all lanes share.")] = "sn9-2025-03",
    worlds: Worlds = None,
    seed: Seed = None,
    workers: Workers = 0,
    runs: Runs = Path("runs"),
    force: Force = False,
    full: Full = False,
    as_json: AsJson = False,
) -> None:
    """Put a race of your own through the panel of `races.yaml`, or through the policies that you name."""
    from experiments.recipe.replay import spec_of

    spec = spec_of(
        files, _policies(policy), unit=unit, days_per_day=days_per_day, noise=noise, rules=rules, worlds=worlds,
        seed=seed,
    )  # fmt: skip
    _run(spec, runs, workers, force, as_json, full)


app.command("tune", epilog="Example: steepest tune experiments/data/recipes/tune.yaml --trials 512")(tune.tune_command)

app.command("discover", epilog="Example: steepest discover experiments/data/recipes/discover.yaml --worlds 16")(
    discover.discover_command
)


@app.command(epilog="Example: steepest check my-recipe.yaml")
def check(recipe: Recipe, as_json: AsJson = False) -> None:
    """Read a recipe, also one of a study, and everything that it names, run nothing, and say what would run.

    The Python files of policies that it names are executed, though, to check the laws of epsilon.
    """
    from experiments.recipe.own_files import executed
    from experiments.recipe.recipe import describe, is_study, load

    if is_study(recipe):
        tune.check(recipe, as_json)
        return
    spec = load(recipe)
    if spec.recipe.discover is not None:
        from experiments.discover.plan import load as load_plan

        load_plan(recipe)
    if as_json:
        from experiments.run.digest import digest, spec_document

        print_json({"digest": digest(spec), "spec": spec_document(spec)})
        return
    print(
        f"{recipe} is valid: {spec.recipe.name}, {len(spec.lanes)} lanes, {spec.recipe.worlds} worlds of each of: "
        + ", ".join(describe(contest) for contest in spec.contests)
        + executed()
    )


@app.command(epilog="Example: steepest report runs/races/0123456789ab")
def report(folder: Annotated[Path, typer.Argument(help="A results folder.")]) -> None:
    """Write the HTML report of finished results again."""
    from experiments.report import build
    from experiments.results.store import Store

    print(build(Store(folder)))


@app.command("policies", epilog="Example: steepest policies linear --export linear_epsilon.py")
def policies_command(
    name: Annotated[str | None, typer.Argument(help="A policy, or a spec such as 'linear: {end: 0}'.")] = None,
    export: Annotated[Path | None, typer.Option("--export", help="Write the drop-in class to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the policies; with a name, explain one and draw epsilon against age."""
    from experiments.cli import catalogue

    if name is None:
        if export is not None:
            raise InputError("--export needs a policy's name, e.g. steepest policies linear --export linear_epsilon.py")
        print(catalogue.as_json() if as_json else catalogue.listing())
        return
    policy = catalogue.policy_of(_parse(name))
    if export is not None:
        catalogue.write_export(policy, export)
    print(catalogue.as_json(type(policy).name()) if as_json else catalogue.explanation(policy))


@app.command(epilog="Example: steepest eras 2024-10-11")
def eras(
    when: Annotated[str | None, typer.Argument(help="An era, a date or a block of SN9's history.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the named parameter sets of SN9, SN37 and SN29, or show what was in force at a date or block."""
    from experiments.cli import catalogue

    print(catalogue.eras(when, as_json))


@app.command(epilog="Example: steepest schema > recipe.schema.json")
def schema(
    study: Annotated[bool, typer.Option("--study", help="That of `steepest tune`'s recipes.")] = False,
) -> None:
    """Print the JSON schema of recipes, for completion in editors."""
    from experiments.recipe.recipe import Recipe
    from experiments.search.recipe import StudyRecipe

    print_json((StudyRecipe if study else Recipe).model_json_schema())


@app.command(epilog="Example: steepest bench --json")
def bench(
    clear_cache: Annotated[
        bool, typer.Option("--clear-cache", help="Measure nothing; remove all code that was compiled and kept.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure worlds, pools and policies on this machine, beside the same by hand in SimPy; takes a minute or two."""
    if not clear_cache:
        from experiments.bench.bench import measure, table

        print_found(measure(), as_json, table)
        return
    if as_json:
        raise InputError("--clear-cache measures nothing; leave --json out")
    from sim.compiler.cache import clear

    folder, count, size = clear()
    where = "" if folder is None else f" in {folder}"
    removed = f"removed all compiled code{where}: files {count}, MB {size / 1e6:.1f}"
    print(removed if count else f"there is no compiled code{where}")


app.command("init", epilog="Example: steepest init mine --policy && steepest run mine/recipe.yaml")(init.init_command)


def _run(
    spec: Any, runs: Path, workers: int, force: bool, as_json: bool, full: bool, detect: float | None = None
) -> None:
    """Run what is missing of an experiment, and print its result."""
    from experiments.cli.headline import document, print_result
    from experiments.play.run import run
    from experiments.report import refresh
    from experiments.results.store import Store
    from experiments.run.experiment import cores

    with stoppable("the worlds that are done are kept, run it again to go on"):
        with bar(spec.recipe.name) as progress:
            outcome = run(spec, runs, workers or cores(), progress, force)
        store = Store(outcome.folder)
        path = refresh(store)
    if as_json:
        print_json(document(store, outcome, detect))
    else:
        print_result(store, outcome, path, detect, full)
    if outcome.failed:
        raise typer.Exit(1)


def _policies(texts: list[str] | None) -> list[Any] | None:
    return [_parse(text) for text in texts] if texts else None


def _parse(text: str) -> Any:
    from experiments.recipe.yaml_file import Document

    return Document(text, "--policy").data


def main() -> None:
    """The entry point: exit code 0 done, 1 the work failed, 2 the input is wrong; never a traceback for either."""
    say_plainly()
    for stream in (sys.stdout, sys.stderr):  # a terminal that knows ASCII only, or names of files that are no text
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # a command imports and reads some 100,000 objects that stay: looking for garbage among them took a sixth of `check`
    gc.set_threshold(150_000, 20, 20)
    atexit.register(gc.freeze)  # the interpreter would look once more at its end
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # pydantic looks for plugins in all installed packages
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no matrix here is large; starting threads took a tenth
    try:
        app()
    except InputError as error:
        print(f"steepest: {printable(' '.join(str(error).splitlines()))}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone, e.g. `steepest policies | head`
        sys.exit(1)
    except ChildProcessError as error:
        print(f"steepest: {error}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        print(f"steepest: cannot read or write{where}: {error.strerror or error}", file=sys.stderr)
        sys.exit(1)
