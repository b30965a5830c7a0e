"""What competes: policies that say how large an earlier model's advantage is at a given age.

`names()` lists them, `find(name)` gives a class, `build(spec)` a policy from its YAML form. Importing this package
imports nothing, neither a policy nor numpy; a name is looked up when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policies.base import Policy
    from policies.errors import InputError, PolicyError, nearest
    from policies.panel import Panel
    from policies.parameter import Parameter
    from policies.seen import News, Seen
    from policies.shelf import build, find, names

_HOMES = {
    "InputError": "errors",
    "Panel": "panel",
    "Parameter": "parameter",
    "News": "seen",
    "Policy": "base",
    "PolicyError": "errors",
    "Seen": "seen",
    "build": "shelf",
    "find": "shelf",
    "names": "shelf",
    "nearest": "errors",
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
    "News",
    "Panel",
    "Parameter",
    "Policy",
    "PolicyError",
    "Seen",
    "build",
    "find",
    "names",
    "nearest",
]
