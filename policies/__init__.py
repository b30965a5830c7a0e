"""Policies: how large an earlier model's advantage is at a given age.

`names()` lists them, `find(name)` gives a class, `build(spec)` a policy from its YAML form. A file with a policy of
your own can import all that it needs from here. Importing this package imports no other module: a name is looked up
when it is first used, so that commands without policies start quickly.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policies.base import Decay, Parameter, Policy, blocks, end_epsilon, start_epsilon
    from policies.errors import InputError, PolicyError, nearest
    from policies.laws import check_laws
    from policies.nested import Nested
    from policies.numbers import clamp, finite_or, floor, half_cosine, halving, normal_cdf, normal_quantile, power
    from policies.registry import build, find, names
    from policies.seen import Memory, News, Seen

_HOMES = ("errors", "seen", "numbers", "base", "laws", "registry", "nested")
"""The modules that define them; each imports only modules before it."""


def __getattr__(name: str) -> Any:
    """A public name, from the module that defines it."""
    for home in _HOMES if name in __all__ else ():
        module = import_module(f"policies.{home}")
        if hasattr(module, name):
            globals()[name] = getattr(module, name)
            return globals()[name]
    raise AttributeError(f"module 'policies' has no attribute {name!r}")


__all__ = [
    "Decay",
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
