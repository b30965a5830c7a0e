"""The shelf: policies found by the file they stand in; listing looks into the folder and imports nothing."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from policies.base import Policy
from policies.errors import PolicyError, nearest

ROOMS = {"arrays", "base", "contract", "errors", "export", "panel", "parameter", "shelf"}
"""Modules of this package that are no policies."""


@cache
def names() -> tuple[str, ...]:
    """The names of all policies, from the files in this folder."""
    stems = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    return tuple(stem.replace("_", "-") for stem in stems if stem not in ROOMS and not stem.startswith("_"))


@cache
def find(name: str) -> type[Policy]:
    """The policy of that name; hyphens and underscores are the same.

    Raises:
        PolicyError: no file of that name, or the file does not define exactly one policy.
    """
    if name.replace("_", "-") not in names():
        raise PolicyError(f"there is no policy {name!r}; {nearest(name, names())}")
    module = import_module(f"policies.{name.replace('-', '_')}")
    found = [
        c
        for c in vars(module).values()
        if isinstance(c, type) and issubclass(c, Policy) and c.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise PolicyError(f"{module.__name__} defines {len(found)} policies, but a policy's file defines one")
    return found[0]


def build(spec: object) -> Policy:
    """A policy from its YAML form: a name, or `{name: {parameter: value}}`.

    Raises:
        PolicyError: with the key path to the fault.
    """
    if isinstance(spec, str):
        return find(spec)()
    if not isinstance(spec, Mapping) or len(spec) != 1:
        raise PolicyError(f"a policy is a name or a mapping like {{linear: {{start: 0.005}}}}, not {spec!r}")
    ((name, given),) = spec.items()
    policy = find(str(name))
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        fault = f"{name}: parameters are a mapping such as {{start: 0.005}}, not {given!r}"
        raise PolicyError(fault, (str(name),))
    arguments: dict[str, Any] = {str(key): value for key, value in given.items()}
    try:
        if "then" in arguments and "then" in policy.__annotations__:
            arguments["then"] = _inner(arguments["then"])
        return policy(**arguments)
    except PolicyError as error:
        raise error.under(str(name)) from None


def _inner(spec: object) -> Policy:
    try:
        return build(spec)
    except PolicyError as error:
        raise error.under("then") from None
