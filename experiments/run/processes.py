"""Worker processes: started afresh, deaf to Ctrl-C, and gone when the main process is, however it ended."""

import os
import signal
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from typing import Any

from experiments.warning import say_plainly


@contextmanager
def processes(workers: int, advice: str = "run it again with fewer --workers") -> Iterator[Executor | None]:
    """Processes, or none at all for a single worker: the serial path is the default for small work.

    Args:
        workers: how many.
        advice: what to do after one of them was killed.

    Raises:
        ChildProcessError: one of them was killed.
    """
    if workers <= 1:
        yield None
        return
    others, context = active_children(), get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, (context.Value("i", 0),)) as pool:
        try:
            yield pool
        except BrokenExecutor:
            raise ChildProcessError(f"a worker process was killed, perhaps for want of memory; {advice}") from None
        except KeyboardInterrupt:
            for process in set(active_children()) - set(others):  # a part is never half written
                process.terminate()
            raise
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # no space left: begin nothing more
            raise


def _begin(begun: Any) -> None:
    """Ctrl-C is for the main process; nobody else would tell a worker that it was killed. One of them warns for all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    say_plainly()
    with begun.get_lock():
        begun.value += 1
        if begun.value > 1:
            warnings.simplefilter("ignore", UserWarning)
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(main: object) -> None:
    main.join()  # type: ignore[attr-defined]  # a worker always has a parent
    os._exit(1)
