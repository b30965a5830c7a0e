"""The command line: `steepest`. Every heavy import stands inside the command that needs it, so `--help` is quick."""

import atexit
import gc
import io
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.cli import laws, record, show, tune
from experiments.cli.traces import traces_app
from experiments.run.messages import say_plainly

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Which epsilon-decay policy makes a model-training contest's loss fall fastest?",
)
verify_app = typer.Typer(
    no_args_is_help=True,
    help="Hold the mechanism against recorded answers, and worlds against closed forms.",
    epilog="Example: steepest verify oracle --vectors ../shared/oracle",
)
app.add_typer(verify_app, name="verify")
app.add_typer(traces_app, name="traces")
for room in (laws, record, show):
    room.register(traces_app)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output and nothing else.")]
Runs = Annotated[Path, typer.Option("--runs", help="Folder of all results.")]
PolicyOption = Annotated[
    list[str] | None,
    typer.Option("--policy", help="A policy as inline YAML or a preset; may be repeated; replaces the panel."),
]
Worlds = Annotated[int | None, typer.Option("--worlds", help="Seeds per race, or per case of a simulated world.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of all random streams.")]
Workers = Annotated[
    int, typer.Option("--workers", min=0, help="Processes; 0 takes one per core. Never changes a result.")
]
Force = Annotated[bool, typer.Option("--force", help="Run again what is already there.")]
Explain = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--explain",
        metavar="WORLD LANE",
        help="Run nothing; print the timeline of one world (a number, or CASE:NUMBER) and lane (its name or number).",
    ),
]


@app.command("run", epilog="Example: steepest run experiments/data/recipes/races.yaml --worlds 32")
def run_command(
    recipe: Annotated[Path, typer.Argument(help="A recipe (YAML).")],
    policy: PolicyOption = None,
    worlds: Worlds = None,
    seed: Seed = None,
    workers: Workers = 0,
    runs: Runs = Path("runs"),
    force: Force = False,
    explain: Explain = None,
    as_json: AsJson = False,
) -> None:
    """Run an experiment: every policy of the panel in the same worlds; table, parquet files and an HTML report."""
    from experiments.recipe.recipe import load

    spec = load(recipe, _inline(policy), worlds=worlds, seed=seed)
    if explain is None:
        _execute(spec, runs, workers, force, as_json)
        return
    from experiments.cli.explain import explain as explained
    from policies import InputError

    if as_json:
        raise InputError("--explain prints a text; leave --json out")
    explained(spec, *explain, runs, print)


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
    as_json: AsJson = False,
) -> None:
    """Put a race of your own through the panel of `races.yaml`, or through the policies that you name."""
    from experiments.recipe.replay import spec_of

    spec = spec_of(
        files, _inline(policy), unit=unit, days_per_day=days_per_day, noise=noise, rules=rules, worlds=worlds, seed=seed
    )
    _execute(spec, runs, workers, force, as_json)


tune.register(app)


@app.command(epilog="Example: steepest check my-recipe.yaml")
def check(recipe: Annotated[Path, typer.Argument(help="A recipe (YAML).")], as_json: AsJson = False) -> None:
    """Read a recipe, also one of a study, and everything that it names, run nothing, and say what would run."""
    from experiments.recipe.recipe import describe, is_study, load

    if is_study(recipe):
        tune.check(recipe, as_json)
        return
    spec = load(recipe)
    if as_json:
        from experiments.run.digest import digest, spec_document

        _print_json({"digest": digest(spec), "spec": spec_document(spec)})
        return
    print(
        f"{recipe} is valid: {spec.recipe.name}, {len(spec.lanes)} lanes, {spec.recipe.worlds} worlds of each of: "
        + ", ".join(describe(contest) for contest in spec.contests)
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
            from policies import InputError

            raise InputError("--export needs a policy's name, e.g. steepest policies linear --export linear_epsilon.py")
        print(catalogue.as_json() if as_json else catalogue.listing())
        return
    policy = catalogue.policy_of(_parsed(name))
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


@verify_app.command(epilog="Example: steepest verify oracle --vectors ../shared/oracle")
def oracle(
    vectors: Annotated[Path, typer.Option("--vectors", help="Folder of the conformance vectors.")] = Path(
        "../shared/oracle"
    ),
    as_json: AsJson = False,
) -> None:
    """Run every conformance file that is found: each row exactly, or within the tolerance of the vectors."""
    from experiments.verification.oracle.run import summary, verify

    found = verify(vectors)
    if as_json:
        _print_json(found)
    else:
        print(summary(found))
    if any(file["failed"] for file in found["files"]):
        raise typer.Exit(1)


@verify_app.command(epilog="Example: steepest verify theory --quick")
def theory(
    quick: Annotated[bool, typer.Option("--quick", help="The checks that take seconds, in fewer worlds.")] = False,
    workers: Workers = 0,
    as_json: AsJson = False,
) -> None:
    """Live through what theory knows the answer to: records, reigns, races, noise, queues and payments."""
    from experiments.cli.progress import bar
    from experiments.run.experiment import cores
    from experiments.verification.theory.verify import summary, verify

    try:
        with bar("theory", "passes") as progress:
            found = verify(quick, workers or cores(), progress)
    except KeyboardInterrupt:  # here, because typer ends silently
        print("steepest: stopped", file=sys.stderr)
        raise typer.Exit(130) from None
    if as_json:
        _print_json(found)
    else:
        print(summary(found))
    if not all(check["ok"] for check in found["checks"]):
        raise typer.Exit(1)


@app.command(epilog="Example: steepest schema > recipe.schema.json")
def schema(
    study: Annotated[bool, typer.Option("--study", help="That of `steepest tune`'s recipes.")] = False,
) -> None:
    """Print the JSON schema of recipes, for completion in editors."""
    from experiments.recipe.recipe import Recipe
    from experiments.search.recipe import StudyRecipe

    _print_json((StudyRecipe if study else Recipe).model_json_schema())


@app.command(epilog="Example: steepest bench --json")
def bench(
    clear_cache: Annotated[
        bool, typer.Option("--clear-cache", help="Measure nothing; remove all code that was compiled and kept.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure worlds, pools and policies on this machine, beside the same by hand in SimPy; takes a minute or two."""
    if clear_cache:
        _clear_cache(as_json)
        return
    from experiments.bench.bench import measure, table

    found = measure()
    if as_json:
        _print_json(found)
    else:
        print(table(found))


@app.command(epilog="Example: steepest init my-experiment && cd my-experiment && steepest run recipe.yaml")
def init(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")]) -> None:
    """Make a folder with a recipe and a race to start from."""
    from experiments.cli.starter import make

    print(make(folder))


def _clear_cache(as_json: bool) -> None:
    from policies import InputError

    if as_json:
        raise InputError("--clear-cache measures nothing; leave --json out")
    from sim.compiler.cache import clear

    folder, count, size = clear()
    where = "" if folder is None else f" in {folder}"
    removed = f"removed all compiled code{where}: files {count}, MB {size / 1e6:.1f}"
    print(removed if count else f"there is no compiled code{where}")


def _execute(spec: Any, runs: Path, workers: int, force: bool, as_json: bool) -> None:
    from experiments.cli.headline import document, table
    from experiments.cli.progress import bar
    from experiments.play.run import run
    from experiments.report import refresh
    from experiments.results.store import Store
    from experiments.run.experiment import cores

    try:
        with bar(spec.recipe.name) as progress:
            outcome = run(spec, runs, workers or cores(), progress, force)
        store = Store(outcome.folder)
        path = refresh(store)
    except KeyboardInterrupt:  # here, because typer ends silently
        print("steepest: stopped; the worlds that are done are kept, run it again to go on", file=sys.stderr)
        raise typer.Exit(130) from None
    if as_json:
        _print_json(document(store, outcome))
    else:
        table(store, outcome, path)
    if outcome.failed:
        raise typer.Exit(1)


def _inline(texts: list[str] | None) -> list[Any] | None:
    return [_parsed(text) for text in texts] if texts else None


def _parsed(text: str) -> Any:
    from experiments.recipe.yaml_file import Document

    return Document(text, "--policy").data


def _print_json(document: Any) -> None:
    print(json.dumps(document, indent=2, allow_nan=False))


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
    except ValueError as error:
        from policies.errors import InputError, printable  # not before: even this import takes numpy along

        if not isinstance(error, InputError):
            raise
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
