"""`steepest traces inspect` and `import`: what is in training logs, and a library of their curves."""

from math import inf
from pathlib import Path
from typing import Annotated, Literal

import typer

from experiments.cli.terminal import AsJson, print_json
from experiments.run.progress import bar
from policies.errors import InputError, printable

traces_app = typer.Typer(no_args_is_help=True, help="Loss curves: read logs of any trainer, and keep what is in them.")

Paths = Annotated[list[Path], typer.Argument(help="Logs, tables, event files, libraries, or folders of them.")]
TimeUnit = Literal["ms", "s", "min", "h"]
WIDE = 150
"""Width of the table where standard output is not a terminal."""


@traces_app.command(epilog="Example: steepest traces inspect logs/ --json")
def inspect(paths: Paths, as_json: AsJson = False) -> None:
    """Say what is in each file: format, runs, points, final loss, and what is missing or damaged."""
    from experiments.curves.inspection import row, table, warnings
    from experiments.curves.library import files_of, no_curve
    from sim.traces.read import Refusal, read_file

    rows, refused, inputs = [], [], files_of(paths)
    with bar("reading", "files") as progress:
        for done, path in enumerate(inputs):
            progress(done, len(inputs))
            for found in read_file(path):
                rows.append(row(str(path), found))
                refused += [found] if isinstance(found, Refusal) else []
    empty = len(rows) == len(refused)
    if as_json:
        print_json(rows)
    elif not empty:
        from rich.console import Console
        from rich.text import Text

        console = Console(width=None if Console().is_terminal else WIDE)
        console.print(table(rows))
        console.print(Text("\n".join(warnings(rows))), soft_wrap=True)
    if empty:
        raise no_curve(refused)


@traces_app.command(
    "import", epilog="Example: steepest traces import logs/ --out library.parquet --tokens-per-step 524288"
)
def import_command(
    paths: Paths,
    out: Annotated[Path, typer.Option("--out", help="The library to write (parquet); one that is there is replaced.")],
    tokens_per_step: Annotated[float | None, typer.Option(help="Tokens of a step, for logs that count none.")] = None,
    sequence_length: Annotated[
        float | None, typer.Option(help="Tokens of a sample, for logs that count samples.")
    ] = None,
    bytes_per_token: Annotated[float | None, typer.Option(help="Turns bits per byte into nats per token.")] = None,
    time_unit: Annotated[TimeUnit | None, typer.Option(help="Unit of the times, where a log does not say it.")] = None,
    kind: Annotated[Literal["validation", "train"] | None, typer.Option(help="Which loss to take.")] = None,
    loss_column: Annotated[str | None, typer.Option(help="Which of several losses, by its column or tag.")] = None,
    dataset: Annotated[str, typer.Option(help="Data that the loss was measured on, where a log does not say.")] = "",
    hardware: Annotated[str, typer.Option(help="Hardware such as '8x H100', where a log does not say.")] = "",
    parameters: Annotated[float | None, typer.Option(help="Parameters of the model, where a log does not say.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**63 - 1, help="Seed of the run, where a log does not say.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read logs and write their curves to one library. Validation loss is taken before training loss."""
    from experiments.curves.library import make_library
    from sim.traces.tidy import Given

    given = Given(
        tokens_per_step=tokens_per_step,
        bytes_per_token=bytes_per_token,
        kind=kind,
        dataset=dataset,
        hardware=hardware,
        parameters=parameters,
        seed=seed,
        sequence_length=sequence_length,
        time_unit=time_unit,
        loss_column=loss_column,
    )
    for name in ("tokens_per_step", "sequence_length", "bytes_per_token", "parameters"):
        value = getattr(given, name)
        if value is not None and not 0 < value < inf:
            raise InputError(f"--{name.replace('_', '-')} is {value:g}, but must be a finite number above 0")
    with bar("reading", "files") as progress:
        found = make_library(paths, out, given, progress)
    if as_json:
        refused = [{"file": item.source, "reason": item.reason} for item in found.refused]
        counts = {"files": found.files, "runs": found.runs, "points": found.points}
        print_json({"library": str(out), **counts, "refused": refused})
        return
    for item in found.refused:
        print(printable(f"refused {item.source}: {item.reason}"))
    print(printable(f"{out}: {found.runs:,} runs of {found.files:,} files, {found.points:,} points; "
                    f"{len(found.refused):,} files refused"))  # fmt: skip
