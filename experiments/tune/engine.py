"""Where worlds are computed: here, in processes of this machine, or on the workers of a Dask scheduler."""

from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from contextlib import ExitStack, contextmanager
from time import perf_counter
from types import TracebackType
from typing import Protocol, Self

from experiments.run.processes import processes
from experiments.tune.work import Row, Work, compute

Found = tuple[Work, dict[int, Row]]
"""A piece of work and its worlds."""

TRIES = 3
"""How often in a row a pool is made anew without any piece coming back from it."""


class Engine(Protocol):
    """Computes pieces of work; where makes no difference to a number."""

    @property
    def workers(self) -> int:
        """How many pieces it computes at a time."""

    def compute(self, work: list[Work]) -> Iterator[Found]:
        """Each piece as soon as it is done, in any order.

        Raises:
            InputError: a strategy breaks the rules.
            ChildProcessError: workers were killed again and again.
            StudyFailedError: the machine that hands out the work is gone.
        """


class Here:
    """Computes in this process, one piece after the other."""

    workers = 1

    def compute(self, work: list[Work]) -> Iterator[Found]:
        """See `Engine`."""
        for each in work:
            yield each, compute(each)


class Local:
    """Computes in processes of this machine, which live as long as the `with` block.

    Args:
        workers: how many, 2 or more.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._stack = ExitStack()
        self._pool: Executor | None = None

    def __enter__(self) -> Self:
        """Nothing is started before there is work."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the processes; at once if something went wrong."""
        self._pool = None
        self._stack.__exit__(kind, error, at)

    def compute(self, work: list[Work]) -> Iterator[Found]:
        """See `Engine`. A worker that is killed takes the pool with it: what is missing is handed out again."""
        missing = dict(enumerate(work))
        losses = 0
        while missing:
            before = len(missing)
            for place, found in self._pass(missing):
                del missing[place]
                yield work[place], found
            losses = 0 if len(missing) < before else losses + 1
            if losses == TRIES:
                raise ChildProcessError(
                    f"worker processes were killed {TRIES} times in a row, perhaps for want of memory; run it again "
                    "with fewer --workers, it goes on"
                )

    def _pass(self, missing: dict[int, Work]) -> Iterator[tuple[int, dict[int, Row]]]:
        """What comes back before a worker is killed, or all of it."""
        futures: dict[Future[dict[int, Row]], int] = {}
        try:
            pool = self._processes()
            for place, piece in missing.items():
                futures[pool.submit(compute, piece)] = place
        except BrokenExecutor:
            self._ended()
        try:
            for future in as_completed(futures):
                if not isinstance(future.exception(), BrokenExecutor):
                    yield futures[future], future.result()
                elif self._pool is not None:
                    self._ended()
        finally:
            for future in futures:  # whoever asked has gone
                future.cancel()

    def _processes(self) -> Executor:
        if self._pool is None:
            self._pool = self._stack.enter_context(processes(self.workers))
        if self._pool is None:
            raise ValueError(f"a pool has 2 workers or more, not {self.workers}; `Here` is for one")
        return self._pool

    def _ended(self) -> None:
        self._pool = None
        self._stack.close()


class Timed:
    """Another engine, with a watch.

    Attributes:
        seconds: that were spent waiting for its work.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.seconds = 0.0

    @property
    def workers(self) -> int:
        """Those of the engine."""
        return self._engine.workers

    def compute(self, work: list[Work]) -> Iterator[Found]:
        """See `Engine`."""
        found = self._engine.compute(work)
        while True:
            begun = perf_counter()
            try:
                each = next(found, None)
            finally:
                self.seconds += perf_counter() - begun
            if each is None:
                return
            yield each


@contextmanager
def engine(workers: int, scheduler: str | None = None) -> Iterator[Engine]:
    """The engine for so many processes of this machine, or for the workers of a scheduler.

    Args:
        workers: processes; one computes in this process. A scheduler has its own.
        scheduler: its address, `tcp://HOST:PORT`.

    Raises:
        InputError: the scheduler cannot be reached, or its workers are not like this process.
    """
    if scheduler is not None:
        from experiments.tune.dask_engine import Dask  # noqa: PLC0415 - a slow import

        with Dask(scheduler) as dask:
            yield dask
    elif workers > 1:
        with Local(workers) as local:
            yield local
    else:
        yield Here()
