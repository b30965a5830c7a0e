"""Pools compute tasks: in this process, in processes of this machine, or (`dask_pool`) on a Dask cluster."""

import os
import signal
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from multiprocessing import active_children, get_context, parent_process
from time import perf_counter
from typing import Any, Self, TypeVar

from experiments.run.memory import check
from experiments.run.messages import say_plainly
from experiments.run.task import Smaller, Task, compute
from policies.own import SOURCES

T = TypeVar("T", bound=Task)
Computed = dict[int, Any] | Smaller

TRIES = 3  #: how often in a row processes may be killed without any result in between


class Pool:
    """Computes tasks; the results are the same for any number of workers.

    Args:
        workers: tasks that are computed at a time; a single one is computed in this process.
    """

    def __init__(self, workers: int) -> None:
        self._workers = max(workers, 1)
        self._stack = ExitStack()
        self._executor: Executor | None = None
        self.seconds = 0.0  #: spent waiting for results

    @property
    def workers(self) -> int:
        """How many tasks are computed at a time."""
        return self._workers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        """End the processes; at once after an error."""
        self._executor = None
        self._stack.__exit__(*error)

    def check(self, tasks: Iterable[Task]) -> None:
        """Refuse tasks that do not fit into memory, by the largest of each contest and lanes.

        Raises:
            InputError: with the estimate, what is free, and what to do.
        """
        by_size = sorted(tasks, key=lambda task: len(task.worlds))
        for task in {(id(task.contest), id(task.lanes)): task for task in by_size}.values():
            check(task.scenario, task.lanes, len(task.worlds), self.workers)

    def results(self, tasks: Iterable[T]) -> Iterator[tuple[T, dict[int, Any]]]:
        """The results of each task's worlds, by number, as soon as they are there; a task may come in several parts.

        Raises:
            InputError: a strategy breaks the rules.
            ChildProcessError: workers were killed again and again.
        """
        pending = self._results(deque(tasks))
        while True:
            began = perf_counter()
            try:
                each = next(pending, None)
            finally:
                self.seconds += perf_counter() - began
            if each is None:
                return
            yield each

    def _results(self, waiting: deque[T]) -> Iterator[tuple[T, dict[int, Any]]]:
        running: dict[Future[Computed], T] = {}
        losses = 0  # in a row
        while waiting or running:
            lost = False
            try:
                # two tasks per worker, so that none waits for the next; Dask workers may come and go meanwhile
                while waiting and len(running) < (2 * self.workers if self.workers > 1 else 1):
                    future = self._submit(waiting[0])
                    running[future] = waiting.popleft()
            except BrokenExecutor:
                lost = True
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            if lost or any(map(_is_lost, done)):  # one killed process breaks the whole executor
                lost, done = True, wait(running).done
            for future in done:
                task = running.pop(future)
                if _is_lost(future):
                    waiting.appendleft(task)
                    continue
                found = future.result()
                if isinstance(found, Smaller):
                    waiting = _divide(task, found, waiting)
                else:
                    losses = 0
                    yield task, found
            if lost:
                self._executor = None
                self._stack.close()
                losses += 1
            if losses == TRIES:
                raise ChildProcessError(
                    f"worker processes were killed {TRIES} times in a row, perhaps for want of memory; run it "
                    "again with fewer --workers, it goes on"
                )

    def _submit(self, task: Task) -> Future[Computed]:
        """Submit a task; processes are started for the first one."""
        if self._executor is None:
            self._executor = self._stack.enter_context(processes(self._workers)) or _InProcess()
        return self._executor.submit(compute, task)


def _is_lost(future: Future[Computed]) -> bool:
    return not future.cancelled() and isinstance(future.exception(), BrokenExecutor)


def _divide(task: T, smaller: Smaller, waiting: deque[T]) -> deque[T]:
    """The parts of a task, then the waiting ones; if the task was slow, those like it are divided too."""
    out = deque(task.divide(task.worlds, size=smaller.worlds))
    for each in waiting:
        alike = smaller.slow and each.contest is task.contest and each.lanes is task.lanes
        out += each.divide(each.worlds, size=smaller.worlds) if alike else [each]
    return out


class _InProcess(Executor):
    """Computes in this process, at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call the function now; the future is done."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@contextmanager
def _interrupt_deferred() -> Iterator[None]:
    """Ctrl-C waits for the end of the block, and processes that start in it are never reached by it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Processes(ProcessPoolExecutor):
    """Worker processes that Ctrl-C does not reach while they start either: each would print a traceback."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit a call, for which a process may be started."""
        with _interrupt_deferred():
            return super().submit(fn, *args, **kwargs)

    def stop_reading(self) -> None:
        """Let the reader of results see that the processes have ended, though one may have been writing a result.

        It would wait for the rest for ever, since this process could write to that pipe, too.
        """
        results: Any = self._result_queue
        results._writer.close()


def open_pool(workers: int, scheduler: str | None = None) -> Pool:
    """The pool for a `with` block: processes of this machine, or the workers of the Dask scheduler at an address."""
    if scheduler is not None:
        from experiments.run.dask_pool import DaskPool  # noqa: PLC0415 - a slow import

        return DaskPool(scheduler)
    return Pool(workers)


@contextmanager
def processes(workers: int) -> Iterator[Executor | None]:
    """Worker processes, None for one worker. They ignore Ctrl-C and end with the main process, however that ends.

    Raises:
        ChildProcessError: one of them was killed.
    """
    if workers <= 1:
        yield None
        return
    others, context = active_children(), get_context("spawn")
    with _interrupt_deferred():  # between its making and its owner a semaphore would be lost
        executor = _Processes(workers, context, _start, (context.Value("i", 0), SOURCES))
    with executor as pool:
        try:
            yield pool
        except BrokenExecutor:
            raise ChildProcessError(
                "a worker process was killed, perhaps for want of memory; run it again with fewer --workers"
            ) from None
        except KeyboardInterrupt:
            for process in set(active_children()) - set(others):  # safe: they write no files
                process.terminate()
            pool.stop_reading()
            raise
        except BaseException:
            pool.shutdown(cancel_futures=True)  # for instance the disk is full: start no more tasks
            raise


def _start(started: Any, sources: dict[str, Any]) -> None:
    """Set a worker process up, which imports users' files as they were when the main one did.

    Only the first one prints warnings, the others would repeat them.
    """
    SOURCES.update(sources)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    say_plainly()
    with started.get_lock():
        started.value += 1
        if started.value > 1:
            warnings.simplefilter("ignore", UserWarning)
    threading.Thread(target=_exit_with, args=(parent_process(),), daemon=True).start()


def _exit_with(parent: Any) -> None:
    """Wait for the end of the main process, which a killed one cannot announce, and end this one."""
    parent.join()
    os._exit(1)
