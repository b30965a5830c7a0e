"""One progress line on standard error, and only when that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(name: str, things: str = "worlds") -> Iterator[Callable[..., None]]:
    """A function to call with (done, total) of some things; it draws nothing where standard error is no terminal.

    A third argument is a new name for what goes on; a total of None is one that nobody knows.
    """
    if not sys.stderr.isatty():
        yield lambda done, total, now=name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

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
