"""Hypothesis without chance: the same examples on every machine, none kept in a folder."""

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
