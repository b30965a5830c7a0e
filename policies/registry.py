"""Plug-ins by the name of their file; listing them reads the folder and imports nothing."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Generic, TypeVar

from policies.base import Declared, Policy
from policies.errors import PolicyError, home, nearest, unloadable, unmakeable
from policies.laws import check_laws
from policies.of_age import policy_of_age
from policies.own import KINDS

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
    group: str = ""  #: of entry points, where installed packages may offer some

    def build(self, spec: object) -> Kind:
        """A plug-in from its YAML form, a name or `{name: {parameter: value}}`; or one that Python made, or its class.

        Raises:
            PolicyError: with the key path to the fault.
        """
        if isinstance(spec, FunctionType) and self.of_function is not None:
            spec = self.of_function(spec)
        if isinstance(spec, type):
            return self._make(self._of_kind(spec), {})
        if not isinstance(spec, self.kind):
            return self._named(spec)
        self._check(spec)
        return spec

    def _of_kind(self, found: type) -> type[Kind]:
        if not issubclass(found, self.kind):
            fault = f"{found.__name__} is a class, but no {self.noun}: derive it from {self.kind.__name__}"
            raise PolicyError(f"{fault}, in {home(found)}" if issubclass(found, Declared) else fault)
        return found

    def _make(self, found: type[Kind], arguments: Mapping[str, Any]) -> Kind:
        try:
            made = found(**arguments)
        except PolicyError:
            raise
        except Exception as error:
            raise unmakeable(found, error) from error
        self._check(made)
        return made

    def _check(self, made: Kind) -> None:
        if self.check is not None:
            try:
                self.check(made)
            except PolicyError:
                raise
            except Exception as error:
                raise unmakeable(type(made), error) from error

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
            return self._make(found, arguments)
        except PolicyError as error:
            raise error.under(str(name)) from error.__cause__  # the traceback of the user's own fault, not this one

    @cache  # noqa: B019 - the few registries live as long as the program
    def names(self) -> tuple[str, ...]:
        """The names of all plug-ins on the shelf, by the files of the folder."""
        stems = sorted(path.stem for path in self.folder.glob("*.py"))
        return tuple(stem.replace("_", "-") for stem in stems if stem not in self.helpers and not stem.startswith("_"))

    @cache  # noqa: B019
    def installed(self) -> dict[str, list[EntryPoint]]:
        """What installed packages offer at entry points of the group, by name."""
        found: dict[str, list[EntryPoint]] = {}
        for each in entry_points(group=self.group) if self.group else ():
            found.setdefault(each.name.replace("_", "-"), []).append(each)
        return found

    def all_names(self) -> tuple[str, ...]:
        """All names: those on the shelf, of files that were loaded, and of installed packages."""
        own = [name for name, kind in KINDS.items() if issubclass(kind, self.kind)]
        return tuple(dict.fromkeys((*self.names(), *own, *self.installed())))

    def find(self, name: str) -> type[Kind]:
        """The plug-in of that name; hyphens and underscores are the same.

        Raises:
            PolicyError: there is none, or its file cannot be loaded.
        """
        key = name.replace("_", "-")
        if found := self.shared(key):
            return found
        if key in KINDS:
            return self._of_kind(KINDS[key])
        raise PolicyError(f"there is no {self.noun} {name!r}; {nearest(name, self.all_names())}")

    def shared(self, name: str) -> type[Kind] | None:
        """The plug-in on the shelf or of an installed package, None if there is none; PolicyError as for `find`."""
        if name in self.names():
            return self._on_shelf(name)
        return self._installed(name) if name in self.installed() else None

    @cache  # noqa: B019
    def _on_shelf(self, name: str) -> type[Kind]:
        return self._only(self._load(name, f"{self.package}.{name.replace('-', '_')}", import_module))

    @cache  # noqa: B019
    def _installed(self, name: str) -> type[Kind]:
        places = self.installed()[name]
        if len(places) > 1:
            said = " and ".join(f"{each.value} of {getattr(each.dist, 'name', 'a package')}" for each in places)
            raise PolicyError(f"two installed packages have a {self.noun} {name!r}, {said}; uninstall one of them")
        found = self._load(name, places[0], EntryPoint.load)
        kind = self._of_kind(found) if isinstance(found, type) else self._only(found)
        kind.called = name
        return kind

    def _load(self, name: str, place: Any, how: Callable[[Any], Any]) -> Any:
        try:
            return how(place)
        except PolicyError:
            raise
        except (Exception, SystemExit) as error:
            raise unloadable(self.noun, name, error) from error

    def _only(self, module: ModuleType) -> type[Kind]:
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


SHELF = Registry(
    Policy, "policy", "policies.epsilon", Path(__file__).parent / "epsilon", (),
    "{linear: {start: 0.005}}", check_laws, policy_of_age, "steepest.policies",
)  # fmt: skip

names = SHELF.names
"""The names of all policies."""

find = SHELF.find
"""The policy of that name; hyphens and underscores are the same. PolicyError: there is none."""

build = SHELF.build
"""A policy from its YAML form, a name or `{name: {parameter: value}}`; or a policy, its class or a function of age.

PolicyError: with the key path to the fault; the policy breaks a law, and the message names it.
"""
