"""What commands share: options, and how they print documents, progress, and that they were stopped."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

Recipe = Annotated[Path, typer.Argument(help="A recipe (YAML), or the name of a shipped one.")]
Runs = Annotated[Path, typer.Option("--runs", help="Folder of all results.")]
Workers = Annotated[
    int, typer.Option("--workers", min=0, help="Processes; 0 takes one per core. Never changes a result.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output and nothing else.")]


def print_json(document: Any) -> None:
    """Print a document; what has no number is null, for JSON has no NaN."""
    print(json.dumps(document, indent=2, allow_nan=False))


def print_found(found: dict[str, Any], as_json: bool, describe: Callable[[dict[str, Any]], str]) -> None:
    """Print a document as JSON, or in words."""
    if as_json:
        print_json(found)
    else:
        print(describe(found))


@contextmanager
def stoppable(advice: str = "") -> Iterator[None]:
    """Work that Ctrl-C ends with one line and exit code 130; by itself typer would end silently."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"steepest: stopped{advice and f'; {advice}'}", file=sys.stderr)
        raise typer.Exit(130) from None
