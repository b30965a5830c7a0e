"""What competes: policies that say how large an earlier model's advantage is at a given age.

`names()` lists them, `find(name)` gives a class, `build(spec)` a policy from its YAML form. Importing this package
imports nothing, neither a policy nor numpy; a name is looked up when it is first used. What a policy is written with
can be imported from here too.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policies.base import Parameter, Policy, blocks, end_epsilon, start_epsilon
    from policies.errors import InputError, PolicyError, nearest
    from policies.laws import check_laws
    from policies.nested import Nested
    from policies.numbers import clamp, finite_or, floor, half_cosine, halving, normal_cdf, normal_quantile, power
    from policies.registry import build, find, names
    from policies.seen import Memory, News, Seen

_HOMES = {
    "InputError": "errors",
    "Memory": "seen",
    "Nested": "nested",
    "News": "seen",
    "Parameter": "base",
    "Policy": "base",
    "PolicyError": "errors",
    "Seen": "seen",
    "blocks": "base",
    "build": "registry",
    "check_laws": "laws",
    "end_epsilon": "base",
    "find": "registry",
    "floor": "numbers",
    "half_cosine": "numbers",
    "halving": "numbers",
    "finite_or": "numbers",
    "names": "registry",
    "nearest": "errors",
    "normal_cdf": "numbers",
    "normal_quantile": "numbers",
    "power": "numbers",
    "start_epsilon": "base",
    "clamp": "numbers",
}


def __getattr__(name: str) -> Any:
    """The public names, from the modules that define them."""
    if name not in _HOMES:
        raise AttributeError(f"module 'policies' has no attribute {name!r}")
    value = getattr(import_module(f"policies.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


__all__ = [
    "InputError",
    "Memory",
    "Nested",
    "News",
    "Parameter",
    "Policy",
    "PolicyError",
    "Seen",
    "blocks",
    "build",
    "check_laws",
    "clamp",
    "end_epsilon",
    "find",
    "finite_or",
    "floor",
    "half_cosine",
    "halving",
    "names",
    "nearest",
    "normal_cdf",
    "normal_quantile",
    "power",
    "start_epsilon",
]
