"""Hypothesis without chance: the same examples on every machine, none kept in a folder."""

import signal

from hypothesis import HealthCheck, settings

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
