"""Plug-ins by the name of their file; listing them reads the folder and imports nothing."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any, Generic, TypeVar

from policies.base import Declared, Policy
from policies.errors import PolicyError, nearest, unloadable
from policies.laws import check_laws
from policies.of_age import policy_of_age

Kind = TypeVar("Kind", bound=Declared)


@dataclass(frozen=True, eq=False)
class Registry(Generic[Kind]):
    """The plug-ins of one folder, one class to a file."""

    kind: type[Kind]  #: their base class
    noun: str  #: what messages call a plug-in
    package: str  #: their package, e.g. `sim.miners.strategies`
    folder: Path  #: the folder of the package
    helpers: Collection[str]  #: modules of the package that are no plug-ins
    example: str  #: the YAML form of a plug-in, for messages
    check: Callable[[Kind], None] | None = None  #: called with every plug-in that is built; raises PolicyError
    of_function: Callable[[FunctionType], Kind] | None = None  #: makes a plug-in of a plain function

    def build(self, spec: object) -> Kind:
        """A plug-in from its YAML form, a name or `{name: {parameter: value}}`; or one that Python made, or its class.

        Raises:
            PolicyError: with the key path to the fault.
        """
        if isinstance(spec, FunctionType) and self.of_function is not None:
            spec = self.of_function(spec)
        elif isinstance(spec, type):
            if not issubclass(spec, self.kind):
                raise PolicyError(
                    f"{spec.__name__} is a class, but no {self.noun}: derive it from {self.kind.__name__}"
                )
            spec = spec()
        if not isinstance(spec, self.kind):
            return self._named(spec)
        if self.check is not None:
            self.check(spec)
        return spec

    def _named(self, spec: object) -> Kind:
        if isinstance(spec, str):
            spec = {spec: None}
        if not isinstance(spec, Mapping) or len(spec) != 1:
            raise PolicyError(f"a {self.noun} is a name or a mapping like {self.example}, not {spec!r}")
        ((name, given),) = spec.items()
        found = self.find(str(name))
        if given is None:
            given = {}
        if not isinstance(given, Mapping):
            example = self.example.partition(": ")[2][:-1]
            fault = f"{name}: parameters are a mapping such as {example}, not {given!r}"
            raise PolicyError(fault, (str(name),))
        arguments: dict[str, Any] = {str(key): value for key, value in given.items()}
        try:
            if "then" in arguments and hasattr(found, "usual"):
                try:
                    arguments["then"] = self.build(arguments["then"])
                except PolicyError as error:
                    raise error.under("then") from error.__cause__
            made = found(**arguments)
            if self.check is not None:
                self.check(made)
        except PolicyError as error:
            raise error.under(str(name)) from error.__cause__  # the traceback of the user's own fault, not this one
        return made

    @cache  # noqa: B019 - the few registries live as long as the program
    def names(self) -> tuple[str, ...]:
        """The names of all plug-ins, by the files of the folder."""
        stems = sorted(path.stem for path in self.folder.glob("*.py"))
        return tuple(stem.replace("_", "-") for stem in stems if stem not in self.helpers and not stem.startswith("_"))

    @cache  # noqa: B019
    def find(self, name: str) -> type[Kind]:
        """The plug-in of that name; hyphens and underscores are the same.

        Raises:
            PolicyError: there is none, or its file cannot be loaded.
        """
        if name.replace("_", "-") not in self.names():
            raise PolicyError(f"there is no {self.noun} {name!r}; {nearest(name, self.names())}")
        try:
            module = import_module(f"{self.package}.{name.replace('-', '_')}")
        except PolicyError:
            raise
        except Exception as error:
            raise unloadable(self.noun, name, error) from error
        found = [
            c
            for c in vars(module).values()
            if isinstance(c, type) and issubclass(c, self.kind) and c.__module__ == module.__name__
        ]
        if len(found) != 1:
            raise PolicyError(
                f"{module.__name__} defines {len(found)} classes of {self.kind.__name__}, but a {self.noun}'s file "
                f"defines one"
            )
        return found[0]


_shelf = Registry(
    Policy, "policy", "policies.epsilon", Path(__file__).parent / "epsilon", (), "{linear: {start: 0.005}}", check_laws,
    policy_of_age,
)  # fmt: skip

names = _shelf.names
"""The names of all policies."""

find = _shelf.find
"""The policy of that name; hyphens and underscores are the same. PolicyError: there is none."""

build = _shelf.build
"""A policy from its YAML form, a name or `{name: {parameter: value}}`; or a policy, its class or a function of age.

PolicyError: with the key path to the fault; the policy breaks a law, and the message names it.
"""
