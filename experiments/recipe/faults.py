"""What is wrong with a recipe, in our words: pydantic's complaints as one message with the key path to the fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError

from experiments.recipe.yaml_file import Document, FileError, Path_
from policies import InputError, nearest

Model = TypeVar("Model", bound=BaseModel)

GONE = {
    "device": "worlds are compiled and run on the processor, so there is nothing to choose; remove it",
}
"""Keys that recipes once had, and what to do about each."""


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


def validate(model: type[Model], data: Any) -> Model:
    """Plain data as a model.

    Raises:
        InputError: the first of pydantic's complaints, with the key path.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _explained(model, error) from None


def check_name(name: str, what: str) -> None:
    """Check what a person calls something.

    Raises:
        InputError: it is empty or long.
    """
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise InputError(f"a {what}'s name is a text of 1 to 100 characters, not {name[:120]!r}")


def _explained(model: type[BaseModel], error: ValidationError) -> InputError:
    """An unknown key may be why another one is missing, so it comes first."""
    faults = error.errors()
    first = next((fault for fault in faults if fault["type"] == "extra_forbidden"), faults[0])
    path, end, about = _followed(model, first["loc"])
    if first["type"] == "extra_forbidden" and len(path) == 1 and path[0] in GONE:
        return InputError(f"is {first['input']!r}, but {GONE[str(path[0])]}", path)
    if first["type"] in ("union_tag_not_found", "union_tag_invalid", "model_attributes_type"):
        return _kindless(path, first["input"], " or ".join(map(repr, _choices(end))))
    return InputError(_words(first["type"], first["msg"], first["input"], (path[-1], end, about)), path)


def _words(fault: str, said: str, value: Any, key: tuple[str | int, Any, str | None]) -> str:
    """A complaint about a key, of which we know its name, the type at its place, and what it is about."""
    name, end, about = key
    given = "" if isinstance(value, dict | list) else f", not {value!r}"
    if fault == "extra_forbidden":
        return f"unknown key {name!r}; {nearest(name, _keys(end))}"
    if fault == "missing":
        return f"is missing; a recipe needs it ({about or name})"
    if fault == "model_type":
        return f"must be a mapping with the keys {', '.join(_keys(end))}{given}"
    if fault == "dict_type":
        return f"must be a mapping{given or ', not a list'}"
    if end is None:  # none of several ways to read it fits
        return f"must be {about}, not {value!r}"
    return f"{said.replace('Input should be', 'must be')}{given}"


def _kindless(path: Path_, value: Any, kinds: str) -> InputError:
    """A mapping whose `kind` decides about its other keys, and is not there or unknown."""
    if not isinstance(value, dict):
        return InputError(f"must be a mapping with a `kind` and the keys that belong to it, not {value!r}", path)
    if "kind" not in value:
        return InputError(f"is missing; a recipe needs it, {kinds}", (*path, "kind"))
    return InputError(f"must be {kinds}, not {value['kind']!r}", (*path, "kind"))


def _followed(model: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[Path_, Any, str | None]:
    """Pydantic's location as a key path, without the tags of unions; the type at its end, and what the key is about.

    The type is that of the mapping for an unknown key, and None inside a union that has no tags.
    """
    path: list[str | int] = []
    here: Any = model
    about = None
    for key in loc:
        if choices := _choices(here):
            if key not in choices:
                return tuple(path), None, about
            here = choices[str(key)]
            continue
        path.append(key)
        if _is_model(here):
            if key not in here.model_fields:
                break
            about = here.model_fields[key].description
            here = _bare(here.model_fields[key].annotation)
        else:
            inner = get_args(here) or (object,)
            here = _bare(inner[-1] if get_origin(here) is dict else inner[0])
    return tuple(path), here, about


def _choices(kind: Any) -> dict[str, Any]:
    """The alternatives of a union by the tags that pydantic puts into its locations; empty for what is no union."""
    if get_origin(kind) not in (Union, UnionType):
        return {}
    found: dict[str, Any] = {}
    for each in get_args(kind):
        tags = [tag.tag for tag in getattr(each, "__metadata__", ()) if isinstance(tag, Tag)]
        if _is_model(each):
            tags += get_args(each.model_fields["kind"].annotation)
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


def _keys(model: Any) -> list[str]:
    return list(model.model_fields) if _is_model(model) else []
