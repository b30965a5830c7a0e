"""`steepest discover`: where a policy loses."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.terminal import AsJson, Recipe, Runs, Workers, print_json, stoppable
from experiments.run.progress import bar

if TYPE_CHECKING:
    from rich.table import Table

    from experiments.discover.rules import Policy
    from experiments.discover.run import Discovery
    from experiments.results.estimate import Estimate

WIDE = 80  #: characters, where standard output is not a terminal
NOTE = (
    "A case is a point of the space that the numbers span, measured in {worlds} worlds of its own; a policy loses it "
    "where its mean descent area A is below that of {baseline}. {found} cases found the rules; all that is said of a "
    "rule, with 95 % intervals, is of the other {judged}. lost: share of the cases in there that it loses. covered: "
    "share of all that it loses. A: its difference, in percent of the baseline's. p: of as many lost in as many cases "
    "by chance, by Holm over all rules; above 0.05 it is no rule."
)


def discover_command(
    recipe: Recipe,
    worlds: Annotated[int | None, typer.Option("--worlds", help="Worlds of each point.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of all random streams.")] = None,
    workers: Workers = 0,
    runs: Runs = Path("runs"),
    as_json: AsJson = False,
) -> None:
    """Vary the numbers that nobody knows, and say in words where each policy of the panel loses to the baseline.

    Killed at any moment, the same command goes on where it was.
    """
    from experiments.discover.plan import load
    from experiments.discover.run import discover
    from experiments.report.discover import write_page
    from experiments.run.experiment import cores

    plan = load(recipe, worlds=worlds, seed=seed)
    with stoppable("the points that are done are kept, run it again to go on"), bar(plan.spec.recipe.name) as progress:
        found = discover(plan, runs, workers or cores(), progress, write_page)
    if as_json:
        print_json(found.document())
    else:
        tables(found)
    if found.failed:
        raise typer.Exit(1)


def tables(found: "Discovery") -> None:
    """Print the rules of every policy."""
    from rich.console import Console
    from rich.text import Text

    console = Console(width=None if Console().is_terminal else WIDE)
    for policy in found.policies:
        loses = f"loses {100 * policy.lost.mean:.0f} % of {policy.lost.n} cases"
        title = f"{policy.lane}: {loses}, A {_range(policy.difference, sign='+')} in all"
        console.print(Text(title, style="bold"))
        console.print(_table(policy) if policy.rules else Text("  no rule: where it loses looks like chance\n"))
    spec, judged = found.plan.spec, int(found.plan.halves.sum())
    said = {"worlds": spec.recipe.worlds, "baseline": spec.baseline, "found": len(found.area) - judged}
    console.print(Text(NOTE.format(**said, judged=judged)))
    console.print(Text(f"report  {found.folder}/report.html\ntables  {found.folder}/*.parquet"), soft_wrap=True)
    if found.failed:
        Console(stderr=True).print(
            Text(f"{found.failed} of {len(found.area)} cases failed; see the error column of cases.parquet")
        )


def _table(policy: "Policy") -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    out = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("it loses more often where", overflow="fold", ratio=1)
    for heading in ("lost", "covered", "A in\nthere", "A else-\nwhere", "p"):
        out.add_column(Text(heading), justify="right", no_wrap=True)
    for rule in policy.rules:
        shares = [_range(each, within="\n") for each in (rule.density, rule.coverage)]
        differences = [_range(each, sign="+", within="\n") for each in (rule.inside, rule.outside)]
        cells = [rule.text, *shares, *differences, f"{rule.p:.1g}"]
        out.add_row(*map(Text, cells), style="" if rule.holds else "dim")
    return out


def _range(e: "Estimate", sign: str = "", within: str = " ") -> str:
    """A share in percent with its interval."""
    if not e.n:
        return "-"
    ends = "" if e.lo != e.lo else f"{within}({100 * e.lo:{sign}.0f} to {100 * e.hi:{sign}.0f})"
    return f"{100 * e.mean:{sign}.0f} %{ends}"
