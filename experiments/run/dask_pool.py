"""A pool on many machines: the workers of a Dask scheduler compute, only this process writes."""

import gc
import pickle
import platform
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from experiments.run.digest import modules_of
from experiments.run.memory import check
from experiments.run.messages import silence
from experiments.run.pool import Computed, Pool, T
from experiments.run.task import Task, compute
from policies import InputError

if TYPE_CHECKING:
    from distributed import Client

PATIENCE, WORKERS_PATIENCE = 10, 60  #: seconds to wait for a scheduler that does not answer, and for its first worker
OURS = ("policies", "sim", "experiments")  #: packages that the workers have; of others the code travels with the task
LOGGERS = ("distributed", "distributed.client", "distributed.core", "distributed.comm", "distributed.batched")
"""Of Dask, silenced: a lost connection is said in one message of this program."""


class OtherVersionsError(Exception):
    """A worker has other code or libraries than this process; the message says which."""


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
            import_module("distributed")  # sets the levels of its loggers, before `silence` does
        except ImportError:
            raise InputError(
                "--scheduler needs Dask, which is not installed: pip install 'steepest[cluster]'"
            ) from None
        with self._stack as stack:
            stack.enter_context(silence(*LOGGERS))
            self._client = stack.enter_context(_client(self.address))
            _check_workers(self._client, self.address)
            self._sender = self._client.get_executor(pure=False)
            stack.callback(self._take_back)
            self._stack = stack.pop_all()
        return self

    def _take_back(self) -> None:
        if self._client.status == "running":  # a scheduler that is gone cannot be asked
            self._sender.shutdown(wait=False)

    def _submit(self, task: Task) -> Future[Computed]:
        future: Future[Computed] = self._sender.submit(_compute, _packed(task), installed())
        return future

    @property
    def workers(self) -> int:
        """Threads of all workers that are connected now."""
        return max(1, int(sum(self._client.nthreads().values())))

    def check(self, tasks: Iterable[Task]) -> None:
        """Do nothing: `_compute` checks the memory of its worker."""

    def _results(self, waiting: Any) -> Iterator[tuple[T, dict[int, Any]]]:
        from distributed import KilledWorker  # noqa: PLC0415 - a slow import

        try:
            yield from super()._results(waiting)
        except KilledWorker as error:
            raise ChildProcessError(
                "a piece of work killed one Dask worker after the other, perhaps for want of memory; give workers more "
                f"(dask worker --memory-limit) and run it again, it goes on ({str(error).splitlines()[0][:200]})"
            ) from None
        except OtherVersionsError as error:
            raise InputError(str(error)) from None
        except Exception as error:
            if self._client.status == "running" and not _is_lost(error):
                raise
            raise ChildProcessError(
                f"the scheduler {self.address} went away; start it and run the same command again, finished worlds "
                "are kept"
            ) from None


def _compute(packed: bytes, expected: tuple[tuple[str, str], ...]) -> Computed:
    """Compute a task on a worker; versions are compared again, since workers may join late."""
    from distributed import get_worker  # noqa: PLC0415 - a slow import

    worker = get_worker()
    if installed() != expected:
        raise OtherVersionsError(_difference(worker.address, installed(), expected))
    task: Task = pickle.loads(packed)  # noqa: S301 - Dask's own messages are pickles from the same sender
    check(task.scenario, task.lanes, len(task.worlds), worker.state.nthreads)
    return compute(task)


def _packed(task: Task) -> bytes:
    """A task for a worker, with the code of policies, reward rules and strategies that the worker cannot import.

    Packed here to bytes: Dask would unpack a task on its scheduler, which lacks that code too.
    """
    import cloudpickle  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with Dask

    ours = (*OURS, "__main__")  # cloudpickle sends the code of `__main__` anyhow
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
def installed() -> tuple[tuple[str, str], ...]:
    """Versions and a hash over the code, by name: results depend on them as on the task."""
    sha = sha256()
    for package in OURS:
        for file in sorted(Path(str(import_module(package).__file__)).parent.rglob("*.py")):
            sha.update(file.name.encode() + b"\0" + file.read_bytes())
    names = "numpy", "numba", "scipy", "simpy", "steepest"
    python = ".".join(platform.python_version_tuple()[:2])
    return (("code", sha.hexdigest()[:12]), ("python", python), *((name, version(name)) for name in names))


def _check_workers(client: "Client", address: str) -> None:
    """Refuse workers with other code or libraries than this process."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_PATIENCE)
    except TimeoutError:
        raise InputError(
            f"the scheduler {address} has no workers; start some: dask worker {address} --nthreads 1"
        ) from None
    try:
        client.run_on_scheduler(installed)
    except Exception as error:
        raise InputError(_difference(address, error, ())) from None
    mine = installed()
    for worker, theirs in client.run(installed, on_error="return").items():
        if theirs != mine:
            raise InputError(_difference(worker, theirs, mine))


def _difference(address: str, theirs: Any, mine: tuple[tuple[str, str], ...]) -> str:
    told = theirs
    if isinstance(theirs, tuple):
        apart = dict(sorted(set(theirs) - set(mine)))
        told = ", ".join(f"{name} {value} (here {dict(mine).get(name)})" for name, value in apart.items())
    return f"what runs at {address} is not like this process: {told}; install the same steepest and libraries there"


@contextmanager
def _client(address: str) -> Iterator["Client"]:
    from distributed import Client  # noqa: PLC0415 - a slow import

    client, reason = None, ""
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if client is None:
        gc.collect()  # closes the client that did not connect; the next client would wait for that for ever
        raise InputError(
            f"--scheduler {address} cannot be reached ({reason}); is `dask scheduler` running there, and the address "
            "like tcp://HOST:8786?"
        )
    try:
        yield client
    finally:
        client.close(timeout=PATIENCE)


def _is_lost(error: Exception) -> bool:
    """Whether the error says that tasks were cancelled because the scheduler is gone."""
    from distributed.comm import CommClosedError  # noqa: PLC0415 - a slow import

    return isinstance(error, CancelledError | CommClosedError)
