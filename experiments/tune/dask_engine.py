"""Worlds on many machines: the workers of a Dask scheduler compute, this process alone writes."""

import gc
import logging
import pickle
import platform
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from experiments.run.digest import modules_of
from experiments.tune.engine import Found
from experiments.tune.errors import StudyFailedError
from experiments.tune.work import Row, Work, compute
from policies import InputError

if TYPE_CHECKING:
    from distributed import Client

PATIENCE, WORKERS_PATIENCE = 10, 60
"""Seconds to wait for a scheduler that does not answer, and for its first worker."""
OURS = ("policies", "sim", "experiments")
"""Packages that the workers have; of others the code travels with the work."""
LOGGERS = ("distributed", "distributed.client", "distributed.core", "distributed.comm", "distributed.batched")


class OtherVersionsError(Exception):
    """A worker would compute with other code than this process; the message says which."""


class Dask:
    """Computes on the workers of a scheduler, as long as the `with` block lasts.

    A worker that is killed loses nothing: the scheduler gives its pieces to another one, or waits for one to come.

    Args:
        address: of the scheduler, `tcp://HOST:PORT`, or `tls://HOST:PORT` with Dask's own settings for keys.

    Raises:
        InputError: Dask is not installed, the scheduler cannot be reached, no worker comes, or one has other
            versions than this process.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Connect, and look at the workers."""
        _check_dask()
        with ExitStack() as stack:
            stack.enter_context(_quiet())
            self._client = stack.enter_context(_client(self.address))
            self._look()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Take back what is not done, and go; the scheduler and its workers stay."""
        self._stack.close()

    @property
    def workers(self) -> int:
        """Threads of all workers that are there now."""
        return max(1, int(sum(self._client.nthreads().values())))

    def compute(self, work: list[Work]) -> Iterator[Found]:
        """See `Engine`."""
        from distributed import KilledWorker, as_completed  # noqa: PLC0415 - a slow import

        futures = {self._client.submit(_there, _packed(piece), installed(), pure=False): piece for piece in work}
        try:
            for future in as_completed(list(futures), loop=self._client.loop):
                yield futures[future], future.result()
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
            raise StudyFailedError(
                f"the scheduler {self.address} went away; start it and run the same command again, finished worlds "
                "are kept"
            ) from None
        finally:
            if self._client.status == "running":
                self._client.cancel(list(futures), force=True)

    def _look(self) -> None:
        """Refuse workers that would compute something else."""
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_PATIENCE)
        except TimeoutError:
            raise InputError(
                f"the scheduler {self.address} has no workers; start some: dask worker {self.address} --nthreads 1"
            ) from None
        try:
            self._client.run_on_scheduler(installed)
        except Exception as error:
            raise InputError(_difference(self.address, error, ())) from None
        mine = installed()
        for address, theirs in self._client.run(installed, on_error="return").items():
            if theirs != mine:
                raise InputError(_difference(address, theirs, mine))


@cache
def installed() -> tuple[tuple[str, str], ...]:
    """What results depend on beside the work: versions, and a hash over the code, by name."""
    sha = sha256()
    for package in OURS:
        for file in sorted(Path(str(import_module(package).__file__)).parent.rglob("*.py")):
            sha.update(file.name.encode() + b"\0" + file.read_bytes())
    names = "numpy", "numba", "scipy", "simpy", "steepest"
    python = ".".join(platform.python_version_tuple()[:2])
    return (("code", sha.hexdigest()[:12]), ("python", python), *((name, version(name)) for name in names))


def _there(packed: bytes, expected: tuple[tuple[str, str], ...]) -> dict[int, Row]:
    """Runs on a worker, which may have come after the others were looked at."""
    if installed() != expected:
        from distributed import get_worker  # noqa: PLC0415 - a slow import

        raise OtherVersionsError(_difference(get_worker().address, installed(), expected))
    work: Work = pickle.loads(packed)  # noqa: S301 - Dask's own messages are pickles from the same sender
    return compute(work)


def _difference(address: str, theirs: Any, mine: tuple[tuple[str, str], ...]) -> str:
    told = theirs
    if isinstance(theirs, tuple):
        apart = dict(sorted(set(theirs) - set(mine)))
        told = ", ".join(f"{name} {value} (here {dict(mine).get(name)})" for name, value in apart.items())
    return f"what runs at {address} is not like this process: {told}; install the same steepest and libraries there"


def _check_dask() -> None:
    try:
        import_module("distributed")  # sets the levels of its loggers, before `_quiet` does
    except ImportError:
        raise InputError("--scheduler needs Dask, which is not installed: pip install 'steepest[cluster]'") from None


@contextmanager
def _client(address: str) -> Iterator["Client"]:
    from distributed import Client  # noqa: PLC0415 - a slow import

    client, reason = None, ""
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if client is None:
        # a client that never came to be closes itself when it is thrown away: now, not while the next one begins, for
        # which it would wait for ever
        gc.collect()
        raise InputError(
            f"--scheduler {address} cannot be reached ({reason}); is `dask scheduler` running there, and the address "
            "like tcp://HOST:8786?"
        )
    try:
        yield client
    finally:
        client.close(timeout=PATIENCE)


def _packed(work: Work) -> bytes:
    """Work for a worker, and with it the code of strangers' policies, reward rules and strategies.

    It is packed here, since Dask packs late and the scheduler, which knows no strangers, would unpack it.
    """
    import cloudpickle  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with Dask

    ours = (*OURS, "__main__")  # what was typed at a prompt travels anyhow
    names = {name for name in modules_of(work.lanes) if name.partition(".")[0] not in ours}
    strange = [sys.modules[name] for name in sorted(names) if name in sys.modules]
    for module in strange:
        cloudpickle.register_pickle_by_value(module)
    try:
        return bytes(cloudpickle.dumps(work))
    finally:
        for module in strange:
            cloudpickle.unregister_pickle_by_value(module)


def _is_lost(error: Exception) -> bool:
    """Whether it says that work was taken back because there is nobody to do it."""
    from distributed import CancelledError  # noqa: PLC0415 - a slow import
    from distributed.client import FutureCancelledError  # noqa: PLC0415
    from distributed.comm import CommClosedError  # noqa: PLC0415

    return isinstance(error, CancelledError | FutureCancelledError | CommClosedError)


@contextmanager
def _quiet() -> Iterator[None]:
    """A connection that is lost is one message of ours, not Dask's log."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for each, level in zip(loggers, before, strict=True):
            each.setLevel(level)
