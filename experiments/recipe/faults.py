"""Validation of recipes by pydantic, whose first complaint becomes one message with the key path to the fault."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from experiments.recipe.yaml_file import Document, FileError, Path_
from policies import InputError, nearest

Kind = TypeVar("Kind")
UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")  #: pydantic's types of faults
MISSING = ("missing", "missing_argument")

GONE = {
    "device": "worlds are compiled and run on the processor, so there is nothing to choose; remove it",
}
"""Keys that recipes once had, and what to do about each."""


class Strict(BaseModel):
    """Unknown keys and wrong types are errors, and so are nan and inf; nothing changes once it is built."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


@contextmanager
def descend(*keys: str | int) -> Iterator[None]:
    """Put `keys` in front of the path of an error that the block raises."""
    try:
        yield
    except InputError as error:
        raise error.under(*keys) from None


@contextmanager
def locate(document: Document) -> Iterator[None]:
    """Put the file and the line of its key path in front of an error that the block raises."""
    try:
        yield
    except FileError:  # it has file and line already
        raise
    except InputError as error:
        raise document.error(error.path, str(error)) from None


def validate(kind: type[Kind], data: Any) -> Kind:
    """Plain data as a model or as a class of settings.

    Raises:
        InputError: the first of pydantic's complaints, with the key path.
    """
    try:
        value: Kind = _adapter(cast(Any, kind)).validate_python(data)
    except ValidationError as error:
        raise _explain(kind, data, error.errors()) from None
    return value


# Pydantic takes milliseconds to build a validator or a schema, and a recipe is validated in many pieces.
@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _schema(kind: Any) -> dict[str, Any]:
    return _adapter(kind).json_schema()


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


def _explain(kind: Any, data: Any, faults: Sequence[Any]) -> InputError:
    """The first fault in our words, with what the JSON schema says of its place."""
    # An unknown key may be why another one is missing, so it comes first.
    fault = next((each for each in faults if each["type"] in UNKNOWN), faults[0])
    code, value, path = fault["type"], fault["input"], _key_path(fault["loc"], data)
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, InputError):  # raised by a class of settings
        return cause.under(*path)
    if code in MISSING:
        path = (*path, fault["loc"][-1])
    place, options = _schema_at(kind, data, path[:-1] if code in UNKNOWN else path)
    keys = [key for option in options for key in option.get("properties", ())]
    about = place.get("description")
    given = "" if code in ("too_short", "too_long") else f", not {shorten(value)}"  # there pydantic says the length
    if code in UNKNOWN and len(path) == 1 and path[0] in GONE:
        said = f"is {value!r}, but {GONE[str(path[0])]}"
    elif code in UNKNOWN:
        said = f"unknown key {path[-1]!r}; {nearest(path[-1], keys)}"
    elif code in MISSING:
        said = f"is missing; a recipe needs it ({about or path[-1]})"
    elif code in ("union_tag_not_found", "union_tag_invalid", "model_attributes_type"):
        tag, choices = place["discriminator"]["propertyName"], " or ".join(map(repr, place["discriminator"]["mapping"]))
        if not isinstance(value, dict):
            said = f"must be a mapping with a `{tag}` and the keys that belong to it, not {shorten(value)}"
        else:
            path = (*path, tag)
            known = f"must be {choices}, not {shorten(value.get(tag))}"
            said = known if tag in value else f"is missing; a recipe needs it, {choices}"
    elif code in ("model_type", "dataclass_type"):
        said = f"must be a mapping with the keys {', '.join(keys)}{given}"
    elif code == "dict_type":
        said = f"must be a mapping{given}"
    elif len([each for each in place.get("anyOf", ()) if each != {"type": "null"}]) > 1:  # none of the types fits
        said = f"must be {about}, not {shorten(value)}"
    else:
        said = f"{fault['msg'].replace('Input should be', 'must be').replace('List should', 'must')}{given}"
    return InputError(said, path)


def _key_path(loc: Iterable[int | str], data: Any) -> Path_:
    """Pydantic's location as a path of keys that the data have; pydantic names the alternatives of unions too."""
    path: list[int | str] = []
    for key in loc:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            continue
        path.append(key)
    return tuple(path)


def _schema_at(kind: Any, data: Any, path: Path_) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The JSON schema at a key path, and what it allows there: without references, each member of a union by itself."""
    place = _schema(kind)
    for key in path:
        options = _options(kind, place, data)
        if isinstance(key, int):
            inner = [option["items"] for option in options if "items" in option]
        else:
            inner = [option.get("properties", {}).get(key, option.get("additionalProperties")) for option in options]
        place = next((each for each in inner if isinstance(each, dict)), {})
        data = None if isinstance(data, dict) and key not in data else data[key]
    return place, _options(kind, place, data)


def _options(kind: Any, place: dict[str, Any], data: Any) -> list[dict[str, Any]]:
    """A schema without references, and of a union its members, or the one that the data choose by a tag."""
    if "$ref" in place:
        place = _schema(kind)["$defs"][place["$ref"].rpartition("/")[2]]
    tagged = place.get("discriminator", {"propertyName": "", "mapping": {}})
    own = data.get(tagged["propertyName"]) if isinstance(data, dict) else None
    if isinstance(own, str) and own in tagged["mapping"]:
        return _options(kind, {"$ref": tagged["mapping"][own]}, data)
    members = place.get("oneOf") or place.get("anyOf")
    return [option for member in members for option in _options(kind, member, data)] if members else [place]
