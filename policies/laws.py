"""The laws of epsilon, checked on a few ages when a policy is built; `policies.testing` checks them on many."""

import math

from policies.base import Policy
from policies.errors import PolicyError, home
from policies.seen import News, Seen

AGES = (0.0, 1.0, 360.0, 1800.0, *(10 ** (3.3 + step / 10) for step in range(44)), 1e9, math.inf)
"""Blocks: up to six hours, ten to every factor of ten up to twelve years, centuries, and for ever."""

NOW = 4_050_000.0
"""A block soon after `HISTORY`."""

HISTORY = (
    News(4_000_000.0, crowned=True, loss=2.5, best=-0.01, error=1e-3),
    News(4_003_500.0, loss=2.5, best=0.002, error=1e-3),
    News(4_007_000.0, crowned=True, gain=0.004, gap=0.97, loss=2.49, best=-0.004, error=1e-3),
    News(4_042_800.0, crowned=True, gain=0.02, gap=4.97, loss=2.44, best=0.001, error=2e-3),
)
"""Three crowns and a near miss."""

FACTS: tuple[dict[str, float], ...] = (
    {"since": 7200.0, "gain": 0.02, "gap": 4.97, "loss": 2.44, "error": 2e-3, "now": NOW, "similarity": 1.0},
    {"gain": 0.004, "gap": 0.5, "loss": 2.5, "now": NOW, "similarity": 0.0, "option": 1.0},
    {"option": 2.0},
)
"""What may be known about a model; without `since` its age is the time since its crown."""


def check_laws(policy: Policy) -> None:
    """Check the laws at some fifty ages, and, for a policy that reads history, with and without one.

    Raises:
        PolicyError: it breaks one, or says nothing of itself; the message names the file, the class, the law, the age,
            and what to do.
    """
    if not (type(policy).__doc__ or "").strip():
        _refuse(policy, "has no docstring", "say below the line of its class what it does")
    if not str(getattr(policy, "formula", "")).strip():
        _refuse(policy, "has no formula", "give its class one for readers, formula = 'start * 0.5^(age / half_life)'")
    _check(policy.remembering(policy.begin()), {})
    if policy.reads:
        memory = policy.begin()
        for news in HISTORY:
            policy.remember(memory, news)
        for facts in FACTS:
            _check(policy.remembering(memory), facts)


def _check(policy: Policy, facts: dict[str, float]) -> None:
    found = [policy.advantage(age, Seen(age)._replace(**facts)) for age in AGES]
    before, at, slack = math.inf, 0.0, 4.0 * math.ulp(found[0])  # a formula may round up by a few last digits
    for age, epsilon in zip(AGES, found, strict=True):
        if not 0.0 <= epsilon < 1.0:
            said = f"epsilon is {epsilon!r} at age {age:g}, but must be at least 0 and less than 1"
            _refuse(policy, said, "bound it")
        if epsilon > before + slack:
            said = f"epsilon rises from {before!r} at age {at:g} to {epsilon!r} at age {age:g}"
            _refuse(policy, f"{said}, but may never rise with age", "let it fall, or stay")
        before, at = epsilon, age
    if before > min(found):
        said = f"epsilon is {before!r} at age inf, but {min(found)!r} at another, and age inf must give the least"
        _refuse(policy, said, "let age inf give full decay")


def _refuse(policy: Policy, said: str, remedy: str) -> None:
    kind = type(policy)
    raise PolicyError(f"{policy.name()}: {said}: {remedy}; class {kind.__name__}, {home(kind, 'shield')}")
