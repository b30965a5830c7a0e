"""Strict models of YAML, with the defaults and descriptions of the dataclasses that they end in."""

from dataclasses import MISSING, fields
from functools import cache
from inspect import getdoc
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Unknown keys and wrong types are errors, and so are nan and inf; nothing changes once it is built."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def of(kind: type, name: str, low: float | None = None, high: float | None = None) -> Any:
    """The key that becomes a field of a dataclass: default and description are the field's.

    Args:
        kind: the dataclass; its docstring describes the field.
        name: of the field.
        low, high: the numbers that a recipe may give, both included.
    """
    field = next(f for f in fields(kind) if f.name == name)
    told: dict[str, Any] = {"ge": low, "le": high, "description": _described(kind).get(name, "").rstrip(".") or None}
    if field.default_factory is not MISSING:
        return Field(default_factory=field.default_factory, **told)
    return Field(... if field.default is MISSING else field.default, **told)


@cache
def _described(kind: type) -> dict[str, str]:
    """What a docstring of Google's style says of each attribute."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in (getdoc(kind) or "").partition("Attributes:\n")[2].splitlines():
        head, colon, rest = line.strip().partition(":")
        words = [word.strip() for word in head.split(",")]
        if colon and line[4:5].strip() and all(word.isidentifier() for word in words):
            names = words
            found |= dict.fromkeys(names, rest.strip())
        elif names and line.strip():
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
    return found
