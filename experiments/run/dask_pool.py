"""A pool on many machines: the workers of a Dask scheduler compute, only this process writes."""

import gc
import pickle
import platform
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Self

from experiments.run.digest import ROOTS, modules_of
from experiments.run.memory import check
from experiments.run.messages import silence
from experiments.run.pool import Computed, Pool, T
from experiments.run.task import Task, compute
from policies import InputError

PATIENCE, WORKERS_PATIENCE = 10, 60  #: seconds to wait for a scheduler that does not answer, and for its first worker
LOGGERS = ("distributed", "distributed.client", "distributed.core", "distributed.comm", "distributed.batched")
"""Of Dask, silenced: a lost connection is said in one message of this program."""


class DaskPool(Pool):
    """Computes on the workers of a scheduler, and leaves both running.

    The tasks of a killed worker are not lost: the scheduler gives them to another one, or waits for one to come.

    Args:
        address: of the scheduler, `tcp://HOST:PORT`, or `tls://HOST:PORT` with Dask's own settings for keys.

    Raises:
        InputError: Dask is not installed, the scheduler cannot be reached, no worker comes, or one has other
            versions than this process.
    """

    def __init__(self, address: str) -> None:
        super().__init__(1)
        self.address = address

    def __enter__(self) -> Self:
        """Connect, and compare the versions of the workers."""
        try:
            from distributed import Client  # noqa: PLC0415 - a slow import; it sets the levels of its loggers
        except ImportError:
            raise InputError(
                "--scheduler needs Dask, which is not installed: pip install 'steepest[cluster]'"
            ) from None
        with self._stack as stack:  # closes what is open if something fails below
            stack.enter_context(silence(*LOGGERS))
            try:
                self._client = Client(self.address, timeout=PATIENCE, set_as_default=False)
            except (OSError, ValueError, ImportError) as error:
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            else:
                reason = ""
            if reason:
                gc.collect()  # closes the client that did not connect; the next client would wait for that for ever
                raise InputError(
                    f"--scheduler {self.address} cannot be reached ({reason}); is `dask scheduler` running there, and "
                    "the address like tcp://HOST:8786?"
                )
            stack.callback(self._client.close, timeout=PATIENCE)
            self._check_workers()
            self._sender = self._client.get_executor(pure=False)
            stack.callback(self._take_back)
            self._stack = stack.pop_all()
        return self

    def _check_workers(self) -> None:
        """Refuse workers with other code or libraries than this process."""
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_PATIENCE)
        except TimeoutError:
            raise InputError(
                f"the scheduler {self.address} has no workers; start some: dask worker {self.address} --nthreads 1"
            ) from None
        try:
            self._client.run_on_scheduler(versions)
        except Exception as error:  # whatever its other code raises
            raise InputError(_difference(self.address, error, ())) from None
        mine = versions()
        for worker, theirs in self._client.run(versions, on_error="return").items():
            if theirs != mine:
                raise InputError(_difference(worker, theirs, mine))

    def _take_back(self) -> None:
        if self._client.status == "running":  # a scheduler that is gone cannot be asked
            self._sender.shutdown(wait=False)

    def _submit(self, task: Task) -> Future[Computed]:
        future: Future[Computed] = self._sender.submit(_compute, _pack(task), versions())
        return future

    @property
    def workers(self) -> int:
        """Threads of all workers that are connected now."""
        return max(1, int(sum(self._client.nthreads().values())))

    def check(self, tasks: Iterable[Task]) -> None:
        """Do nothing: `_compute` checks the memory of its worker."""

    def _results(self, waiting: Any) -> Iterator[tuple[T, dict[int, Any]]]:
        from distributed import KilledWorker  # noqa: PLC0415 - a slow import
        from distributed.comm import CommClosedError  # noqa: PLC0415 - the same

        try:
            yield from super()._results(waiting)
        except KilledWorker as error:
            raise ChildProcessError(
                "a piece of work killed one Dask worker after the other, perhaps for want of memory; give workers more "
                f"(dask worker --memory-limit) and run it again, it goes on ({str(error).splitlines()[0][:200]})"
            ) from None
        except InputError:
            raise
        except Exception as error:
            # a scheduler that goes away cancels tasks, sometimes before the client knows that it is gone
            if self._client.status == "running" and not isinstance(error, CancelledError | CommClosedError):
                raise
            raise ChildProcessError(
                f"the scheduler {self.address} went away; start it and run the same command again, finished worlds "
                "are kept"
            ) from None


def _compute(packed: bytes, expected: tuple[tuple[str, str], ...]) -> Computed:
    """Compute a task on a worker; versions are compared again, since workers may join late."""
    from distributed import get_worker  # noqa: PLC0415 - a slow import

    worker = get_worker()
    if versions() != expected:
        raise InputError(_difference(worker.address, versions(), expected))
    task: Task = pickle.loads(packed)  # noqa: S301 - Dask's own messages are pickles from the same sender
    check(task.scenario, task.lanes, len(task.worlds), worker.state.nthreads)
    return compute(task)


def _pack(task: Task) -> bytes:
    """A task for a worker, with the code of policies, reward rules and strategies that the worker cannot import.

    Packed here to bytes: Dask would unpack a task on its scheduler, which lacks that code too.
    """
    import cloudpickle  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with Dask

    ours = (*ROOTS, "__main__")  # workers have the packages, and cloudpickle sends the code of `__main__` anyhow
    names = {name for name in modules_of(task.lanes) if name.partition(".")[0] not in ours}
    strange = [sys.modules[name] for name in sorted(names) if name in sys.modules]
    for module in strange:
        cloudpickle.register_pickle_by_value(module)
    try:
        return bytes(cloudpickle.dumps(task))
    finally:
        for module in strange:
            cloudpickle.unregister_pickle_by_value(module)


@cache
def versions() -> tuple[tuple[str, str], ...]:
    """Versions and a hash over the code, by name: results depend on them as on the task."""
    sha = sha256()
    for package, root in ROOTS.items():
        for file in sorted((root / package).rglob("*.py")):
            sha.update(file.name.encode() + b"\0" + file.read_bytes())
    names = "numpy", "numba", "scipy", "simpy", "steepest"
    python = ".".join(platform.python_version_tuple()[:2])
    return (("code", sha.hexdigest()[:12]), ("python", python), *((name, version(name)) for name in names))


def _difference(address: str, theirs: Any, mine: tuple[tuple[str, str], ...]) -> str:
    """Say what differs at an address; `theirs` are other versions, or the error of asking for them."""
    if isinstance(theirs, tuple):
        apart = sorted(set(theirs) - set(mine))
        theirs = ", ".join(f"{name} {value} (here {dict(mine).get(name)})" for name, value in apart)
    return f"what runs at {address} is not like this process: {theirs}; install the same steepest and libraries there"
