"""Where worlds are computed: here, in processes of this machine, or on the workers of a Dask scheduler."""

from collections.abc import Iterator
from typing import Protocol

from experiments.tune.work import Row, Work, compute

Found = tuple[Work, dict[int, Row]]
"""A piece of work and its worlds."""


class Engine(Protocol):
    """Computes pieces of work.

    Attributes:
        workers: how many pieces it computes at a time.
    """

    workers: int

    def compute(self, work: list[Work]) -> Iterator[Found]:
        """Each piece as soon as it is done, in any order.

        Raises:
            ChildProcessError: workers were killed again and again.
        """


class Here:
    """Computes in this process, one piece after the other."""

    workers = 1

    def compute(self, work: list[Work]) -> Iterator[Found]:
        """See `Engine`."""
        for each in work:
            yield each, compute(each)
