"""A progress bar on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(name: str, things: str = "worlds") -> Iterator[Callable[..., None]]:
    """A progress bar, on a terminal's standard error or in a notebook: a function to call with (done, total) of things.

    A third argument replaces the name; a total of None is one that nobody knows.
    """
    if not (sys.stderr.isatty() or "ipykernel" in sys.modules):
        yield lambda done, total, now=name: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import, and only a terminal needs it
    from rich.progress import (  # noqa: PLC0415 - the same
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(things),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, total, now=name: progress.update(task, completed=done, total=total, description=now)
