"""What can be wrong with a race; see policies.errors for the family."""

from policies.errors import InputError


class RaceError(InputError):
    """A race does not exist, or its file breaks a rule."""


def shown(value: object) -> str:
    """A value as a message quotes it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
