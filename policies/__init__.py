"""What competes: policies that say how large an earlier model's advantage is at a given age.

`names()` lists them, `find(name)` gives a class, `build(spec)` a policy from its YAML form. Importing this package
imports nothing, neither a policy nor numpy; a name is looked up when it is first used. What a policy is written with
can be imported from here too.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policies.base import Policy
    from policies.errors import InputError, PolicyError, nearest
    from policies.laws import check_laws
    from policies.nested import Nested
    from policies.numbers import floor, half_cosine, halving, known, normal_cdf, normal_quantile, power, within
    from policies.parameter import Parameter, blocks, end_epsilon, start_epsilon
    from policies.seen import Memory, News, Seen
    from policies.shelf import build, find, names

_HOMES = {
    "InputError": "errors",
    "Memory": "seen",
    "Nested": "nested",
    "News": "seen",
    "Parameter": "parameter",
    "Policy": "base",
    "PolicyError": "errors",
    "Seen": "seen",
    "blocks": "parameter",
    "build": "shelf",
    "check_laws": "laws",
    "end_epsilon": "parameter",
    "find": "shelf",
    "floor": "numbers",
    "half_cosine": "numbers",
    "halving": "numbers",
    "known": "numbers",
    "names": "shelf",
    "nearest": "errors",
    "normal_cdf": "numbers",
    "normal_quantile": "numbers",
    "power": "numbers",
    "start_epsilon": "parameter",
    "within": "numbers",
}


class _Package(ModuleType):
    """This package, in which `power` stays the function when the policy's file of that name is imported too."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


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
    "end_epsilon",
    "find",
    "floor",
    "half_cosine",
    "halving",
    "known",
    "names",
    "nearest",
    "normal_cdf",
    "normal_quantile",
    "power",
    "start_epsilon",
    "within",
]
