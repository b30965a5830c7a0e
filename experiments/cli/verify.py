"""`steepest verify`: the mechanism held against recorded answers, and worlds against closed forms."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.terminal import AsJson, Workers, print_found, stoppable
from experiments.run.progress import bar

verify_app = typer.Typer(
    no_args_is_help=True,
    help="Hold the mechanism against recorded answers, and worlds against closed forms.",
    epilog="Example: steepest verify oracle --vectors ../shared/oracle",
)


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
    print_found(found, as_json, summary)
    if any(file["failed"] for file in found["files"]):
        raise typer.Exit(1)


@verify_app.command(epilog="Example: steepest verify theory --quick")
def theory(
    quick: Annotated[bool, typer.Option("--quick", help="The checks that take seconds, in fewer worlds.")] = False,
    workers: Workers = 0,
    as_json: AsJson = False,
) -> None:
    """Live through what theory knows the answer to: records, reigns, races, noise, queues and payments."""
    from experiments.run.experiment import cores
    from experiments.verification.theory.verify import summary, verify

    with stoppable(), bar("theory", "passes") as progress:
        found = verify(quick, workers or cores(), progress)
    print_found(found, as_json, summary)
    if not all(check["ok"] for check in found["checks"]):
        raise typer.Exit(1)
