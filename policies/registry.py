"""Plug-ins by the name of their file; listing them reads the folder and imports nothing."""

from collections.abc import Callable, Collection, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Generic, TypeVar

from policies.base import Declared, Policy
from policies.errors import PolicyError, nearest, unloadable
from policies.laws import check_laws

Kind = TypeVar("Kind", bound=Declared)


class Registry(Generic[Kind]):
    """The plug-ins of one folder, one class to a file.

    Args:
        kind: their base class.
        noun: what messages call a plug-in.
        package: their package, e.g. `sim.miners.strategies`.
        folder: the folder of the package.
        rooms: modules of the package that are no plug-ins.
        example: the YAML form of a plug-in, for messages.
        check: called with every plug-in that is built; raises PolicyError.
    """

    def __init__(
        self,
        kind: type[Kind],
        noun: str,
        package: str,
        folder: Path,
        rooms: Collection[str],
        example: str,
        check: Callable[[Kind], None] | None = None,
    ) -> None:
        self._kind, self._noun, self._package = kind, noun, package
        self._folder, self._rooms, self._example = folder, rooms, example
        self._check = check
        self.names = cache(self._names)
        self.find = cache(self._find)

    def build(self, spec: object) -> Kind:
        """A plug-in from its YAML form: a name, or `{name: {parameter: value}}`.

        Raises:
            PolicyError: with the key path to the fault.
        """
        if isinstance(spec, str):
            spec = {spec: None}
        if not isinstance(spec, Mapping) or len(spec) != 1:
            raise PolicyError(f"a {self._noun} is a name or a mapping like {self._example}, not {spec!r}")
        ((name, given),) = spec.items()
        found = self.find(str(name))
        if given is None:
            given = {}
        if not isinstance(given, Mapping):
            example = self._example.partition(": ")[2][:-1]
            fault = f"{name}: parameters are a mapping such as {example}, not {given!r}"
            raise PolicyError(fault, (str(name),))
        arguments: dict[str, Any] = {str(key): value for key, value in given.items()}
        try:
            if "then" in arguments and hasattr(found, "usual"):
                arguments["then"] = self._inner(arguments["then"])
            made = found(**arguments)
            if self._check is not None:
                self._check(made)
        except PolicyError as error:
            raise error.under(str(name)) from error.__cause__  # the traceback of the user's own fault, not this one
        return made

    def _names(self) -> tuple[str, ...]:
        stems = sorted(path.stem for path in self._folder.glob("*.py"))
        return tuple(stem.replace("_", "-") for stem in stems if stem not in self._rooms and not stem.startswith("_"))

    def _find(self, name: str) -> type[Kind]:
        if name.replace("_", "-") not in self.names():
            raise PolicyError(f"there is no {self._noun} {name!r}; {nearest(name, self.names())}")
        try:
            module = import_module(f"{self._package}.{name.replace('-', '_')}")
        except PolicyError:
            raise
        except Exception as error:
            raise unloadable(self._noun, name, error) from error
        found = [
            c
            for c in vars(module).values()
            if isinstance(c, type) and issubclass(c, self._kind) and c.__module__ == module.__name__
        ]
        if len(found) != 1:
            raise PolicyError(
                f"{module.__name__} defines {len(found)} classes of {self._kind.__name__}, but a {self._noun}'s file "
                f"defines one"
            )
        return found[0]

    def _inner(self, spec: object) -> Kind:
        try:
            return self.build(spec)
        except PolicyError as error:
            raise error.under("then") from error.__cause__


_shelf = Registry(
    Policy, "policy", "policies.epsilon", Path(__file__).parent / "epsilon", (), "{linear: {start: 0.005}}", check_laws
)

names = _shelf.names
"""The names of all policies."""

find = _shelf.find
"""The policy of that name; hyphens and underscores are the same. PolicyError: there is none."""

build = _shelf.build
"""A policy from its YAML form: a name, or `{name: {parameter: value}}`.

PolicyError: with the key path to the fault; the policy breaks a law, and the message names it.
"""
