"""Validation of recipes, and what is wrong with one in our words: one message with the key path to the fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Tag, TypeAdapter, ValidationError

from experiments.recipe.yaml_file import Document, FileError, Path_
from policies import InputError, nearest
from sim.settings import abouts

Kind = TypeVar("Kind")

GONE = {
    "device": "worlds are compiled and run on the processor, so there is nothing to choose; remove it",
}
"""Keys that recipes once had, and what to do about each."""


class Strict(BaseModel):
    """Unknown keys and wrong types are errors, and so are nan and inf; nothing changes once it is built."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


@contextmanager
def descend(*keys: str | int) -> Iterator[None]:
    """What is wrong in here is seen from further up: `keys` lead to it."""
    try:
        yield
    except InputError as error:
        raise error.under(*keys) from None


@contextmanager
def locate(document: Document) -> Iterator[None]:
    """What is wrong in here is said with the file and the line of its key path."""
    try:
        yield
    except FileError:  # it has them
        raise
    except InputError as error:
        raise document.error(error.path, str(error)) from None


def validate(kind: type[Kind], data: Any) -> Kind:
    """Plain data as a model or as a class of settings.

    Raises:
        InputError: the first of pydantic's complaints, with the key path.
    """
    reader: TypeAdapter[Kind] = _adapter(cast(Any, kind))
    try:
        return reader.validate_python(data)
    except ValidationError as error:
        raise _explained(kind, error) from None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Pydantic's reader of a model or of a class of settings."""
    return TypeAdapter(kind)


def shorten(value: object) -> str:
    """How messages show a value that may be large."""
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."


def check_name(name: object, what: str) -> None:
    """Check what a person calls something.

    Raises:
        InputError: it is no text, empty, long, or has characters that are not printed.
    """
    if not isinstance(name, str) or not name.strip() or len(name) > 100 or not name.isprintable():
        raise InputError(f"a {what}'s name is a text of 1 to 100 printable characters, not {shorten(name)}")


def _explained(kind: type, error: ValidationError) -> InputError:
    """An unknown key may be why another one is missing, so it comes first."""
    faults = error.errors()
    unknown = ("extra_forbidden", "unexpected_keyword_argument")
    first = next((fault for fault in faults if fault["type"] in unknown), faults[0])
    path, end, about = _followed(kind, first["loc"])
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, InputError):  # of a class of settings
        return cause.under(*path)
    if first["type"] in unknown:
        if len(path) == 1 and path[0] in GONE:
            return InputError(f"is {first['input']!r}, but {GONE[str(path[0])]}", path)
        return InputError(f"unknown key {path[-1]!r}; {nearest(path[-1], _keys(end))}", path)
    if first["type"] in ("union_tag_not_found", "union_tag_invalid", "model_attributes_type"):
        tag = "rule" if any("rule" in _keys(each) for each in _choices(end).values()) else "kind"
        return _tagless(path, first["input"], tag, " or ".join(map(repr, _choices(end))))
    return InputError(_words(first["type"], first["msg"], first["input"], (path[-1:], end, about)), path)


def _words(fault: str, said: str, value: Any, key: tuple[Path_, Any, str | None]) -> str:
    """A complaint about a key, of which we know its name, the type at its place, and what it is about."""
    name, end, about = key
    given = "" if isinstance(value, dict | list) else f", not {shorten(value)}"
    if fault in ("missing", "missing_argument"):
        return f"is missing; a recipe needs it ({about or name[0]})"
    if fault in ("model_type", "dataclass_type"):
        return f"must be a mapping with the keys {', '.join(_keys(end))}{given}"
    if fault == "dict_type":
        return f"must be a mapping{given or ', not a list'}"
    if end is None:  # none of several ways to read it fits
        return f"must be {about}, not {shorten(value)}"
    return f"{said.replace('Input should be', 'must be').replace('List should', 'must')}{given}"


def _tagless(path: Path_, value: Any, tag: str, tags: str) -> InputError:
    """A mapping in which `kind` or `rule` decides about its other keys, and is not there or unknown."""
    if not isinstance(value, dict):
        return InputError(
            f"must be a mapping with a `{tag}` and the keys that belong to it, not {shorten(value)}", path
        )
    if tag not in value:
        return InputError(f"is missing; a recipe needs it, {tags}", (*path, tag))
    return InputError(f"must be {tags}, not {shorten(value[tag])}", (*path, tag))


def _followed(kind: Any, loc: tuple[int | str, ...]) -> tuple[Path_, Any, str | None]:
    """Pydantic's location as a key path, without the tags of unions; the type at its end, and what the key is about.

    The type is that of the mapping for an unknown key, and None inside a union that has no tags.
    """
    path: list[str | int] = []
    here, about = kind, None
    for key in loc:
        if choices := _choices(here):
            if key not in choices:
                return tuple(path), None, about
            here = choices[str(key)]
            continue
        path.append(key)
        if _is_model(here) or is_dataclass(here):
            if key not in _keys(here):
                break
            about = meaning(here, str(key))
            here = _bare(get_type_hints(here, include_extras=True)[str(key)])
        else:
            inner = get_args(here) or (object,)
            here = _bare(inner[-1] if len(inner) == 2 else inner[0])
    return tuple(path), here, about


def meaning(kind: Any, key: str) -> str | None:
    """What a key of a model or of a class of settings means."""
    if _is_model(kind):
        described: str | None = kind.model_fields[key].description
        return described
    return abouts(kind)[key].meaning if key in abouts(kind) else None


def _choices(kind: Any) -> dict[str, Any]:
    """The alternatives of a union by the tags that pydantic puts into its locations; empty for what is no union."""
    if get_origin(kind) not in (Union, UnionType):
        return {}
    found: dict[str, Any] = {}
    for each in get_args(kind):
        tags = [tag.tag for tag in getattr(each, "__metadata__", ()) if isinstance(tag, Tag)]
        for tag in {"kind", "rule"} & {*_keys(each)}:  # by which pydantic tells classes of settings apart
            tags += get_args(get_type_hints(each)[tag])
        found |= dict.fromkeys(tags, _bare(each))
    return found or {"": None}


def _bare(kind: Any) -> Any:
    """A type without its annotations, and without None."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        left = [each for each in get_args(kind) if each is not NoneType]
        return _bare(left[0]) if len(left) == 1 else kind
    return kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _keys(kind: Any) -> list[str]:
    if _is_model(kind):
        return list(kind.model_fields)
    return list(kind.__dataclass_fields__) if is_dataclass(kind) else []
