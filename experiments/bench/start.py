"""How long a fresh process takes before a world runs: with nothing compiled yet, and with everything kept on disk."""

import json
import os
import subprocess
import sys
import tempfile
import time

PROGRAM = """
import json, time
from policies import build, names
from sim.lanes import Lane
from sim.scenario import Scenario
from sim.world import World

steps = []
lanes = [Lane(name, build(name)) for name in names()]
World(Scenario(days=1.1, miners=16), lanes, 0, [0]).run(lambda block: steps.append(time.time()))
print(json.dumps([steps[0], time.time()]))
"""
"""A small world over the whole shelf, long enough to come by everything that is compiled."""


def start_seconds() -> tuple[float, float]:
    """Seconds from the start of a process, imports included, with an empty cache and with a filled one.

    With an empty cache to the end of a small world, which compiles all that it needs; with a filled one to the end of
    the first step.

    Raises:
        ChildProcessError: such a process failed; the message has its last line.
    """
    with tempfile.TemporaryDirectory() as folder:
        (_, cold), (cached, _) = _lived(folder), _lived(folder)
    return cold, cached


def _lived(folder: str) -> tuple[float, float]:
    """When a fresh process was through its first step, and when through its world, in seconds since its start."""
    environment = {**os.environ, "STEEPEST_CACHE": folder}
    started = time.time()
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise ChildProcessError(f"a small world in a fresh process ended with exit code {done.returncode}: {last}")
    first, end = json.loads(done.stdout)
    return first - started, end - started
