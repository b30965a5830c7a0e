"""Files of plug-ins in a recipe: `my.py`, `my.py:Class`, and `{file: my.py, start: 0.005}`, in the place of names."""

from collections.abc import Mapping
from inspect import getfile
from pathlib import Path
from typing import Any

from experiments.recipe.faults import descend
from policies import InputError, registry, rewards
from policies.errors import home
from policies.own import FILE, SOURCES, load
from policies.registry import Registry
from sim.miners import strategies

KEYS = ("panel", "baselines", "search", "reward", "populations", "deviations")
"""Keys of recipes in which plug-ins are named."""

FAMILIES = ("families", "heldout")
"""Keys of studies with families of worlds, which may have populations of their own."""

SHELVES: tuple[Registry[Any], ...] = (registry.SHELF, rewards.SHELF, strategies.SHELF)


def load_files(data: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """A recipe in which the names of plug-ins stand in the place of files, which are executed.

    Args:
        data: the recipe.
        base: the folder that relative paths start from.

    Raises:
        InputError: with the key path; a file cannot be loaded, or its plug-in has the name of another one.
    """
    return _Files(base).put_into(data)


def executed() -> str:
    """The files that this process has executed, as the end of a message; empty if there are none."""
    files = ", ".join(sorted(str(path) for path, _ in SOURCES.values()))
    return f"; executed {files}" if files else ""


class _Files:
    def __init__(self, base: Path) -> None:
        self._base = base
        self._kinds: dict[str, type] = {}  # by name

    def put_into(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The keys of a recipe, or of a family of worlds in a study."""
        found = dict(data)
        for key, value in data.items():
            with descend(key):
                if key in FAMILIES and isinstance(value, Mapping):
                    found[key] = {name: self._family(name, each) for name, each in value.items()}
                elif key in KEYS:
                    found[key] = self.put_names(value)
        return found

    def _family(self, name: str, family: Any) -> Any:
        with descend(name):
            return self.put_into(family) if isinstance(family, Mapping) else family

    def put_names(self, data: Any) -> Any:
        if isinstance(data, str):
            return self._name(data) if FILE.fullmatch(data) else data
        if isinstance(data, list):
            return [self._put(i, each) for i, each in enumerate(data)]
        if not isinstance(data, Mapping):
            return data
        inner = {key: value if key in ("name", "file") else self._put(key, value) for key, value in data.items()}
        if isinstance(file := inner.pop("file", None), str):
            with descend("file"):
                return {self._name(file): inner}
        return {self._put(key, key): value for key, value in inner.items()}

    def _put(self, key: Any, data: Any) -> Any:
        with descend(key):
            return self.put_names(data)

    def _name(self, text: str) -> str:
        """The name of the plug-in in a file."""
        kind = load(text, self._base)
        name = kind.name()
        shelf = next((each for each in SHELVES if issubclass(kind, each.kind)), SHELVES[0])
        there = self._kinds.setdefault(name, shelf.shared(name) or kind)
        if there is not kind and getfile(there) != getfile(kind):
            raise InputError(
                f"two plug-ins are called {name!r}, in {home(there)} and in {home(kind)}; rename the file of one"
            )
        return name
