"""Settings: frozen values whose fields say once what they mean, in which unit, and within which bounds.

Python checks them when a value is made; pydantic reads the same declarations for recipes and their JSON schema.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from inspect import get_annotations
from typing import Annotated, Any, ClassVar, get_args

from policies.errors import InputError


@dataclass(frozen=True)
class About:
    """What a field means; it stands in the field's type, `Annotated[int, About("samples of an evaluation", 1, 9)]`."""

    meaning: str  #: in a few words
    low: float | None = None  #: bounds of a number, both included
    high: float | None = None
    unit: str = ""  #: of a number, where neither the name nor the meaning says it

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """The bounds, as pydantic checks them."""
        schema = handler(source)
        number = schema["schema"] if schema["type"] == "nullable" else schema
        number |= {key: value for key, value in (("ge", self.low), ("le", self.high)) if value is not None}
        return schema

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """The meaning and the unit, as the JSON schema says them."""
        return {**handler(schema), "description": self.meaning, **({"unit": self.unit} if self.unit else {})}


Share = Annotated[float, About("a share", 0, 1)]
"""A number from 0 to 1."""


class Settings:
    """What frozen dataclasses of settings derive from.

    Raises:
        InputError: a number is out of its bounds or NaN; the field's name is the path.
    """

    # pydantic's: unknown keys and wrong types are errors in a recipe, and so are nan and inf
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True, "allow_inf_nan": False}

    def __post_init__(self) -> None:
        """Check every number against its bounds."""
        kind: Any = type(self)
        for name, about in abouts(kind).items():
            value = getattr(self, name)
            if about.low is None or about.high is None or value is None:
                continue
            if not about.low <= value <= about.high:
                raise InputError(f"{name} is {value:g}, but must be from {about.low:g} to {about.high:g}", (name,))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Recipes are strict, but the value of a section is a mapping all the same."""
        schema = handler(source)
        handler.resolve_ref_schema(schema)["strict"] = False
        return schema


@cache
def abouts(kind: Any) -> Mapping[str, About]:
    """What the fields of a class of settings mean, by name."""
    hints = (item for base in reversed(kind.__mro__) for item in get_annotations(base).items())
    return {name: each for name, hint in hints for each in get_args(hint)[1:] if isinstance(each, About)}


def require_shares(what: str, shares: Iterable[tuple[str, float]], *path: str | int) -> None:
    """Check that shares, each with its name, sum to 1.

    Raises:
        InputError: they do not, or one is negative or NaN; `path` leads to them.
    """
    listed = list(shares)
    total = sum(share for _, share in listed)
    if abs(total - 1.0) > 1e-9:
        given = ", ".join(f"{name} {share:g}" for name, share in listed) or "none"
        raise InputError(f"the {what} sum to {total:.12g}, but must sum to 1; they are {given}", path)
    for name, share in listed:
        if not share >= 0.0:
            raise InputError(f"the share of {name} is {share:g}, but must not be negative", path)


def fields_of(kind: Any, value: object) -> dict[str, Any]:
    """The fields that a class of settings declares, as another value has them."""
    return {field.name: getattr(value, field.name) for field in fields(kind)}
