"""Hypothesis without chance: the same examples on every machine, none kept in a folder. Plug-ins stay with a test."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from policies.own import KINDS

settings.register_profile(
    "steepest",
    derandomize=True,
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steepest")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a shell that runs the tests in the background has them, and all that they start, ignore Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _forget_files() -> Iterator[None]:
    """No test finds the plug-ins of another one's files."""
    yield
    KINDS.clear()
