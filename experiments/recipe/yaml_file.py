"""YAML as people mean it: the safe subset, YAML 1.2 numbers, no duplicate keys, and the line of every key."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from experiments.data import RECIPES
from experiments.files import check_regular, find_file
from experiments.recipe.yaml_fault import explain
from policies.errors import InputError, printable

MAX_BYTES = 1_000_000
"""A recipe is a page or two; more is a mistake or an attack."""
MAX_DEPTH = 30

Key = str | int
Path_ = tuple[Key, ...]


class FileError(InputError):
    """A file cannot be read or is not what it should be."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader with the implicit types of YAML 1.2: `1e-3` is a number, `no` and `12:30` are text."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern in {
    "bool": r"true|True|TRUE|false|False|FALSE",
    "null": r"~|null|Null|NULL|",
    "int": r"[-+]?[0-9]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
}.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), None)
_Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))


class Document:
    """A parsed file: its data, and where in the text each key path begins."""

    def __init__(self, text: str, source: str) -> None:
        self.source = source  #: what errors call the file; "" for a document that the program made up
        self._lines: dict[Path_, int] = {}
        try:
            self._check(text)
            loader = _Loader(text)
            node = loader.get_single_node()
            #: plain dicts, lists, strings and numbers
            self.data: Any = None if node is None else self._plain(loader, node, ())
        except yaml.reader.ReaderError as error:
            line = text.encode()[: error.position].count(b"\n") + 1
            raise FileError(f"{source}:{line}: not YAML: {str(error).splitlines()[0]}") from None
        except yaml.YAMLError as error:
            place, said = explain(text, error)
            raise FileError(f"{source}{f':{place}' if place else ''}: not YAML: {said}") from None
        except UnicodeEncodeError:
            raise FileError(f"{source}: is not UTF-8 text") from None

    def where(self, path: Path_) -> str:
        """`file:line`, the line of the deepest key of the path that the file has."""
        for end in range(len(path), -1, -1):
            if path[:end] in self._lines:
                return f"{self.source}:{self._lines[path[:end]]}"
        return self.source

    def error(self, path: Path_, message: str) -> FileError:
        """An error that names the file, the line and the key path."""
        dotted, message = printable(".".join(map(str, path))), printable(message)
        if not self.source:  # made by the program, so that nobody knows its keys
            last = "" if not path or isinstance(path[-1], int) else f"{printable(path[-1])}: "
            return FileError(f"{last}{message}", path)
        return FileError(f"{self.where(path)}: {f'{dotted}: ' if dotted else ''}{message}", path)

    def _check(self, text: str) -> None:
        """Refuse what must not reach the composer, which recurses in C without a limit, and expands aliases."""
        depth = 0
        for event in yaml.parse(text, _Loader):
            where = f"{self.source}:{event.start_mark.line + 1}"
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise FileError(f"{where}: nested more than {MAX_DEPTH} levels deep")
            if isinstance(event, yaml.AliasEvent):
                raise FileError(f"{where}: aliases (*{event.anchor}) are not allowed; write the value out")
            if getattr(event, "tag", None):
                raise FileError(f"{where}: tags ({event.tag}) are not allowed; leave it out, and quote what is text")

    def _plain(self, loader: Any, node: Any, path: Path_) -> Any:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(loader, item, (*path, i)) for i, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            try:
                return loader.construct_object(node)
            except (yaml.YAMLError, ValueError) as error:
                raise self.error(path, f"{node.value[:40]!r}: {getattr(error, 'problem', None) or error}") from None
        out: dict[Key, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.error(path, "a key must be plain text")
            key = str(key_node.value)
            if key in out:
                first = self._lines[(*path, key)]
                raise FileError(
                    f"{self.source}:{key_node.start_mark.line + 1}: {printable('.'.join(map(str, (*path, key))))}: "
                    f"duplicate key {key!r}, first given on line {first}; remove one of the two",
                    (*path, key),
                )
            self._lines[(*path, key)] = key_node.start_mark.line + 1
            out[key] = self._plain(loader, value_node, (*path, key))
        return out


def open_recipe(given: object) -> tuple[Document, Path]:
    """A recipe, and the folder that its relative paths start from.

    Args:
        given: the name of a shipped recipe such as `races` or `predictions/h01`, a path, or a mapping made in Python.

    Raises:
        InputError: there is none, or `FileError` as `read`.
    """
    if isinstance(given, Mapping):
        document = Document("", "the recipe")
        document.data = dict(given)
        return document, Path()
    if not isinstance(given, str | Path):
        raise InputError(f"a recipe is the name of a shipped one, a path or a dict, not {given!r}")
    shipped = {path.relative_to(RECIPES).with_suffix("").as_posix(): path for path in RECIPES.rglob("*.yaml")}
    path = find_file("recipe", shipped, str(given), Path())
    return read(path), path.parent


def read(path: Path) -> Document:
    """The document in a file.

    Raises:
        FileError: the file is missing, no regular file, too large, not text, not YAML, or has duplicate keys.
    """
    try:
        check_regular(path, FileError)
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileError(f"{path}: {size:,} bytes; a recipe has at most {MAX_BYTES:,}")
        with path.open("rb") as file:
            text = file.read(MAX_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}; give the path of a recipe (YAML)") from None
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: is not UTF-8 text ({error.reason} at byte {error.start})") from None
    return Document(text, str(path))
